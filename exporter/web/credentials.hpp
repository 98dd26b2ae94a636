// SPDX-License-Identifier: Apache-2.0
// PasswordGate: the gate that checks passwords against bcrypt hashes.
//
//   auto started = PasswordGate::start(security.users);
//   if (auto* why = std::get_if<std::string>(&started)) ...   // print it and exit
//
// Checks run one at a time on a thread of its own, with all signals blocked, and origins take
// turns. Verdicts are remembered by a keyed digest of name, hash and password: those of users whose
// hash changed are never found again. A password is kept no longer than its check, in memory that
// is wiped. A name that nobody has costs as much as the dearest of the users' hashes.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "web/bcrypt.hpp"
#include "web/gate.hpp"

namespace upslink::web {

class PasswordGate final : public Gate {
 public:
  struct Bounds {
    std::size_t waiting = 256;  ///< questions that wait for their check
    std::size_t waiting_of_origin = 16;
    std::size_t granted = 128;  ///< verdicts that are remembered
    std::size_t denied = 1024;
  };
  using Check = std::function<bool(const std::string& hash, const char* password)>;

  /// On failure a sentence for the operator.
  static std::variant<std::unique_ptr<PasswordGate>, std::string> start(
      std::map<std::string, std::string> users, const Bounds& bounds, Check check);
  static std::variant<std::unique_ptr<PasswordGate>, std::string> start(
      std::map<std::string, std::string> users) {
    return start(std::move(users), Bounds(), bcrypt_matches);
  }
  /// Waits for the check under way, if there is one. What waits is told nothing.
  ~PasswordGate() override;

  void admit(std::map<std::string, std::string> users) override;
  std::optional<Verdict> known(const Credentials& credentials) override;
  void judge(const Credentials& credentials, const Origin& origin, Tell tell) override;

 private:
  class Desk;

  explicit PasswordGate(std::unique_ptr<Desk> desk);

  std::unique_ptr<Desk> desk_;
};

}  // namespace upslink::web
