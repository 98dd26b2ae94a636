// SPDX-License-Identifier: Apache-2.0
// Gate: whether a name and a password may pass. The server asks it before anything else is said
// about a request, also whether its path exists. A password takes a tenth of a second to check, so
// there are two questions: known(), which never waits, and judge(), which answers later.
//
//   if (const auto verdict = gate.known(credentials)) return *verdict;
//   gate.judge(credentials, origin, [](Verdict verdict) { ... });   // the request waits meanwhile
//
// A gate without users is never asked.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "web/origin.hpp"

namespace upslink::web {

enum class Verdict : std::uint8_t {
  granted,
  denied,  ///< no such user or another password; which of them is told to nobody
  crowded  ///< not judged: too much is waiting, of this origin or altogether
};

struct Credentials {
  std::string_view name;
  std::string_view password;
};

class Gate {
 public:
  using Tell = std::function<void(Verdict)>;

  virtual ~Gate() = default;
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  /// From now on these users (name to bcrypt hash) and no others, also for what waits: a verdict is
  /// that of the users in force when it is told. Any thread; does not wait for a check under way.
  virtual void admit(std::map<std::string, std::string> users) = 0;

  /// The verdict if it costs nothing because it was reached before. The server's thread, for every
  /// request: no allocation, no waiting.
  virtual std::optional<Verdict> known(const Credentials& credentials) = 0;

  /// Checks, and calls `tell` exactly once, unless the gate is destroyed first: from within this
  /// call (`crowded`, or a verdict that is known by now) or later from a thread of the gate, with
  /// no lock held. What waits is bounded, for each origin and altogether, and origins take turns.
  /// The texts of `credentials` live as long as this call. `tell` returns at once and does not
  /// throw. The server's thread.
  virtual void judge(const Credentials& credentials, const Origin& origin, Tell tell) = 0;

 protected:
  Gate() = default;
};

}  // namespace upslink::web
