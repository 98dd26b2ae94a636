// SPDX-License-Identifier: Apache-2.0
#include "web/credentials.hpp"

#include <pthread.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "web/keyed_digest.hpp"
#include "web/question_queue.hpp"
#include "web/recent_digests.hpp"
#include "web/signals_blocked.hpp"

namespace upslink::web {
namespace {

using Users = std::map<std::string, std::string, std::less<>>;

constexpr unsigned usual_cost = 10;

/// What stands for the hash of a name that nobody has.
std::string hash_of_nobody(const Users& users) {
  unsigned highest = 0;
  for (const auto& [name, hash] : users) {
    highest = std::max(highest, bcrypt_cost(hash).value_or(0));
  }
  return placeholder_hash(highest == 0 ? usual_cost : highest);
}

/// libxcrypt takes C strings, so it would see no more than what stands before a zero.
bool can_be_right(std::string_view password) {
  return password.size() <= longest_password && password.find('\0') == std::string_view::npos;
}

}  // namespace

class PasswordGate::Desk {
 public:
  Desk(std::map<std::string, std::string> users, const Bounds& bounds, Check check)
      : check_(std::move(check)),
        granted_(bounds.granted),
        denied_(bounds.denied),
        waiting_(bounds.waiting, bounds.waiting_of_origin) {
    admit(std::move(users));
    const SignalsBlocked blocked;
    thread_ = std::thread([this] { run(); });
  }
  ~Desk() {
    {
      const std::lock_guard lock(mutex_);
      is_closing_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  void admit(std::map<std::string, std::string> users) {
    Users admitted(std::make_move_iterator(users.begin()), std::make_move_iterator(users.end()));
    std::string nobody = hash_of_nobody(admitted);
    const std::lock_guard lock(mutex_);
    users_.swap(admitted);
    nobody_.swap(nobody);
    waiting_.each([this](Question& question) {
      question.digest = digest_of({question.name, question.password.text()});
    });
  }

  std::optional<Verdict> known(const Credentials& credentials) {
    if (!can_be_right(credentials.password)) return Verdict::denied;
    const std::lock_guard lock(mutex_);
    return recall(digest_of(credentials));
  }

  void judge(const Credentials& credentials, const Origin& origin, Tell tell) {
    if (const auto verdict = known(credentials)) return tell(*verdict);
    Question question{.name = std::string(credentials.name),
                      .password = Password(credentials.password),
                      .origin = origin,
                      .digest = {},
                      .tell = std::move(tell)};
    std::optional<Question> turned_away;
    {
      const std::lock_guard lock(mutex_);
      question.digest = digest_of(credentials);
      turned_away = waiting_.push(std::move(question));
      if (turned_away && turned_away->origin != origin) {  // another request: not from this call
        outdone_.push_back(std::move(*turned_away));
        turned_away.reset();
      }
    }
    if (turned_away) return turned_away->tell(Verdict::crowded);
    wake_.notify_one();
  }

 private:
  void run() {
    ::pthread_setname_np(::pthread_self(), "passwords");
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [this] { return is_closing_ || !waiting_.empty() || !outdone_.empty(); });
      if (is_closing_) return;
      if (!outdone_.empty()) {
        Question last = std::move(outdone_.back());
        outdone_.pop_back();
        tell(std::move(last), Verdict::crowded, lock);
        continue;
      }
      Question next = waiting_.pop();
      if (const auto verdict = verdict_of(next, lock)) tell(std::move(next), *verdict, lock);
    }
  }

  /// That of the users in force when it returns, which is a known one if an equal question was
  /// answered meanwhile; nothing if the gate closes.
  std::optional<Verdict> verdict_of(Question& question, std::unique_lock<std::mutex>& lock) {
    while (true) {
      if (const auto verdict = recall(question.digest)) return verdict;
      const Digest asked = question.digest;
      const bool is_user = users_.contains(question.name);
      const std::string hash(hash_of(question.name));
      lock.unlock();
      const bool matches = check_(hash, question.password.text());
      lock.lock();
      if (is_closing_) return std::nullopt;
      (matches && is_user ? granted_ : denied_).insert(asked);
      question.digest = digest_of({question.name, question.password.text()});
    }
  }

  static void tell(Question question, Verdict verdict, std::unique_lock<std::mutex>& lock) {
    lock.unlock();
    question.tell(verdict);
    lock.lock();
  }

  std::string_view hash_of(std::string_view name) const {
    const auto user = users_.find(name);
    return user == users_.end() ? std::string_view(nobody_) : std::string_view(user->second);
  }

  Digest digest_of(const Credentials& credentials) const {
    const std::string_view kind = users_.contains(credentials.name) ? "user" : "nobody";
    const std::array<std::string_view, 4> texts{kind, credentials.name, hash_of(credentials.name),
                                                credentials.password};
    return digest_.of(texts);
  }

  std::optional<Verdict> recall(const Digest& digest) {
    if (granted_.contains(digest)) return Verdict::granted;
    if (denied_.contains(digest)) return Verdict::denied;
    return std::nullopt;
  }

  const Check check_;
  const KeyedDigest digest_;
  std::mutex mutex_;  // for what follows; held for microseconds
  std::condition_variable wake_;
  Users users_;
  std::string nobody_;
  RecentDigests granted_;
  RecentDigests denied_;
  QuestionQueue waiting_;
  std::vector<Question> outdone_;  // had a place and lost it; have to be told
  bool is_closing_ = false;
  std::thread thread_;
};

PasswordGate::PasswordGate(std::unique_ptr<Desk> desk) : desk_(std::move(desk)) {}
PasswordGate::~PasswordGate() = default;

std::variant<std::unique_ptr<PasswordGate>, std::string> PasswordGate::start(
    std::map<std::string, std::string> users, const Bounds& bounds, Check check) {
  try {
    auto desk = std::make_unique<Desk>(std::move(users), bounds, std::move(check));
    return std::unique_ptr<PasswordGate>(new PasswordGate(std::move(desk)));
  } catch (const std::system_error& error) {
    return "the check of passwords cannot start (" + error.code().message() +
           "); raise the limit of threads";
  }
}

void PasswordGate::admit(std::map<std::string, std::string> users) {
  desk_->admit(std::move(users));
}

std::optional<Verdict> PasswordGate::known(const Credentials& credentials) {
  return desk_->known(credentials);
}

void PasswordGate::judge(const Credentials& credentials, const Origin& origin, Tell tell) {
  desk_->judge(credentials, origin, std::move(tell));
}

}  // namespace upslink::web
