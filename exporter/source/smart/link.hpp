// SPDX-License-Identifier: Apache-2.0
// A byte pipe to a UPS: tty, any other device path, or TCP. One thread owns a link. send() refuses
// every byte outside the read-only set, whatever the caller believes: this is the last gate before
// the wire.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "model/log.hpp"
#include "model/value.hpp"
#include "source/source.hpp"

namespace upslink::smart {

enum class Arrival : std::uint8_t { bytes, nothing, gone, interrupted };

struct Received {
  Arrival what = Arrival::nothing;
  std::size_t count = 0;  ///< bytes put into the buffer
};

class Link {
 public:
  explicit Link(Log log) : log_(std::move(log)) {}
  virtual ~Link() = default;
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  virtual std::string_view kind() const = 0;
  virtual std::string_view address() const = 0;

  /// Opens and locks it: 2400 8N1, no flow control, no echo, DTR on, RTS off; old input is dropped.
  virtual std::optional<SourceProblem> open() = 0;
  virtual void close() = 0;

  /// Sends one byte of the read-only set; any other is refused, loudly. False when the link is
  /// gone.
  bool send(char byte);

  /// Waits until there are bytes, at the longest until then.
  virtual Received receive(std::span<char> buffer, TimePoint until) = 0;

  /// Lets bytes gather until then; only the interrupt ends it sooner.
  virtual void rest(TimePoint until) = 0;

  /// Whether the address now leads to another device than the one that is open.
  virtual bool replaced() const = 0;

  /// While closed: waits until the device may be back. True if it may be.
  virtual bool await_return(TimePoint until) = 0;

  virtual TimePoint now() const { return Clock::now(); }

  std::uint64_t bytes_sent() const { return bytes_sent_; }

 protected:
  virtual bool transmit(char byte) = 0;
  const Log& log() const { return log_; }

 private:
  Log log_;
  std::uint64_t bytes_sent_ = 0;
};

}  // namespace upslink::smart
