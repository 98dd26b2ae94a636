// SPDX-License-Identifier: Apache-2.0
// The interface by which a UPS is read, whatever the way. A Source belongs to one thread; every
// call may block for as long as it says and ends early when the source's Interrupt is raised.
//
// Open it, then ask one command at a time and listen in between; both report alert characters
// through the sink given to on_alert(), on the calling thread, at the moment they arrive.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "catalogue/quantities.hpp"
#include "model/failure.hpp"
#include "model/result.hpp"
#include "model/value.hpp"

namespace upslink {

/// Why a UPS cannot be reached, in one sentence that says what to do.
struct SourceProblem {
  enum class Kind : std::uint8_t {
    absent,   ///< the device path does not exist (yet)
    busy,     ///< another program holds it
    denied,   ///< permission is missing
    refused,  ///< the other end does not take the connection
    unusable  ///< everything else
  };
  Kind kind = Kind::unusable;
  std::string sentence;
};

/// What the unit's own list of commands says about one of them.
enum class Expectation : std::uint8_t { unknown, listed, unlisted };

/// What ended a time of listening.
enum class Heard : std::uint8_t { nothing, alert, link_lost, interrupted };

/// Counts since the source was made.
struct SourceCounts {
  std::uint64_t requests = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_received = 0;
};

class Source {
 public:
  using AlertSink = std::function<void(std::size_t alert)>;  ///< an index into `alerts`

  virtual ~Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  virtual std::string_view kind() const = 0;     ///< label of the link: tty, tcp
  virtual std::string_view address() const = 0;  ///< as configured
  virtual void on_alert(AlertSink sink) = 0;

  /// Opens the link; nothing is sent yet.
  virtual std::optional<SourceProblem> open() = 0;
  virtual void close() = 0;

  /// Brings the unit into step with us (handshake) and proves it; at most about a second.
  /// Failure::timeout when nothing answers, desync when something else does, link when it is gone.
  virtual std::optional<Failure> synchronise() = 0;
  virtual bool in_step() const = 0;

  /// Asks one command and returns its reply, which is in the form of the command's rows; or why
  /// there is none. Only to be called in step; after a failure other than not_available the source
  /// is out of step.
  virtual Result<std::string, Failure> ask(const Command& command) = 0;

  /// Listens for alerts until then, or until the first one.
  virtual Heard listen(TimePoint until) = 0;

  /// What the unit's own list says; unknown until the list was asked for and answered.
  virtual Expectation expects(const Command& command) const = 0;

  /// While closed: waits until the device may be back, at the longest until then. True if it may
  /// be.
  virtual bool await_return(TimePoint until) = 0;

  virtual SourceCounts counts() const = 0;
  virtual TimePoint now() const { return Clock::now(); }  ///< a fake may have its own time

 protected:
  Source() = default;
};

}  // namespace upslink
