// SPDX-License-Identifier: Apache-2.0
// What all real links share once they are open: bytes through one file descriptor, waits that an
// Interrupt ends, and an owner of the descriptor.
#pragma once

#include "source/interrupt.hpp"
#include "source/smart/link.hpp"

namespace upslink::smart {

class StreamLink : public Link {
 public:
  /// The interrupt must outlive the link.
  StreamLink(std::string address, const Interrupt& interrupt, Log log)
      : Link(std::move(log)), address_(std::move(address)), interrupt_(interrupt) {}
  ~StreamLink() override { StreamLink::close(); }

  std::string_view address() const override { return address_; }
  void close() override;
  Received receive(std::span<char> buffer, TimePoint until) override;
  void rest(TimePoint until) override;
  bool replaced() const override { return false; }
  bool await_return(TimePoint until) override;

 protected:
  bool transmit(char byte) override;
  void adopt(int descriptor);  ///< takes ownership; non-blocking from here on
  int descriptor() const { return fd_; }
  const Interrupt& interrupt() const { return interrupt_; }
  const std::string& target() const { return address_; }

 private:
  std::string address_;
  const Interrupt& interrupt_;
  int fd_ = -1;
};

/// Waits until a descriptor has one of the events or the interrupt is raised, at the longest until
/// then; -1 for no descriptor. Returns the descriptor's events, 0 for none.
short wait_for(int descriptor, short events, const Interrupt& interrupt, TimePoint until);

}  // namespace upslink::smart
