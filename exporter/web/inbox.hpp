// SPDX-License-Identifier: Apache-2.0
// Inbox: what other threads have for the server's thread: verdicts of the gate and late answers for
// requests that wait, new rules, and the word to stop. Any thread puts in, at any time, also when
// the server has gone; the server's thread takes out whenever descriptor() is readable.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "web/descriptor.hpp"
#include "web/security.hpp"
#include "web/tls.hpp"
#include "web/visit.hpp"

namespace upslink::web {

struct Letter {
  Ticket ticket;
  std::variant<Verdict, Response> content;
};

/// Security as the server obeys it.
struct Rules {
  std::shared_ptr<const TlsContext> tls{};
  std::map<std::string, std::string> users{};
  std::vector<std::pair<std::string, std::string>> headers{};
  std::optional<RateLimit> rate_limit{};
};

class Inbox {
 public:
  struct Contents {
    std::vector<Letter> letters{};
    std::optional<Rules> rules{};
    bool stop = false;
  };

  Inbox();

  /// Negative if the system had no descriptor left.
  int descriptor() const { return bell_.number(); }

  void put(Letter letter);
  /// Waits until the server's thread says that it obeys these rules, or newer ones, or is closed.
  void put(Rules rules);
  void put_stop();
  /// Whether the server's thread has taken out since the last call; has it take out again.
  bool was_looked_into();

  /// The server's thread: everything that has come since the last time.
  Contents take();
  /// The server's thread: the rules that take() returned are in force.
  void say_obeyed();
  /// The server's thread: nothing is taken out any more, and what comes is thrown away.
  void close();

 private:
  void ring() const;

  const Descriptor bell_;  // an eventfd
  std::mutex mutex_;
  std::condition_variable changed_;
  Contents contents_;
  std::uint64_t rules_put_ = 0;  // how many rules have been put in, taken out, obeyed
  std::uint64_t rules_taken_ = 0;
  std::uint64_t rules_obeyed_ = 0;
  bool is_looked_into_ = true;
  bool is_closed_ = false;
};

}  // namespace upslink::web
