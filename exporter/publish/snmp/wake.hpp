// SPDX-License-Identifier: Apache-2.0
// Wakes a thread that waits in poll(): any thread raises, the one that waits clears. What was done
// before a raise is seen after the clear() that follows it.
#pragma once

#include <atomic>

namespace upslink::snmp {

class Wake {
 public:
  Wake();  ///< throws std::system_error if the system has no descriptor left
  ~Wake();
  Wake(const Wake&) = delete;
  Wake& operator=(const Wake&) = delete;

  void raise() noexcept;
  void clear() noexcept;
  bool raised() const noexcept { return raised_; }
  int descriptor() const { return descriptor_; }  ///< readable while raised

 private:
  int descriptor_;
  std::atomic<bool> raised_{false};
};

}  // namespace upslink::snmp
