// SPDX-License-Identifier: Apache-2.0
// Ends every wait of one UPS's thread from another thread. The owner of the thread owns the
// Interrupt; raising it is final.
#pragma once

#include <atomic>

namespace upslink {

class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  void raise() const;  ///< from any thread, or a signal handler
  bool raised() const { return raised_; }
  int descriptor() const { return fd_; }  ///< readable once raised

 private:
  int fd_;
  mutable std::atomic<bool> raised_{false};  // asked far more often than waited for
};

}  // namespace upslink
