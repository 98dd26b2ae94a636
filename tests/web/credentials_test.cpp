// SPDX-License-Identifier: Apache-2.0
#include "web/credentials.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "web/question_queue.hpp"
#include "web/recent_digests.hpp"

namespace upslink::web {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;
using testing::UnorderedElementsAre;

constexpr auto patience = 20s;  // never waited for when the test passes

// Made with `htpasswd -nbBC 4 "" hunter2`.
const std::string hash_of_hunter2 = "$2y$04$TMbbSPb5CLCiLX9sV8Ni2umCdv/I8qVqPXDU6E2bFEaUxZ9.cHrG2";

TEST(Bcrypt, TheCostIsReadFromEveryVersion) {
  const std::string rest(53, 'a');
  EXPECT_THAT(bcrypt_cost("$2a$04$" + rest), Optional(4U));
  EXPECT_THAT(bcrypt_cost("$2b$10$" + rest), Optional(10U));
  EXPECT_THAT(bcrypt_cost("$2y$31$" + rest), Optional(31U));
  EXPECT_THAT(bcrypt_cost(placeholder_hash(12)), Optional(12U));
}

TEST(Bcrypt, WhatIsNoHashHasNoCost) {
  const std::string rest(53, 'a');
  for (const std::string& text :
       {std::string(), std::string("secret"), "$2x$10$" + rest, "$2$10$" + rest, "$2y$03$" + rest,
        "$2y$32$" + rest, "$2y$1a$" + rest, "$2y$10." + rest, "$2y$10$" + rest + "a",
        "$2y$10$" + rest.substr(1), "$2y$10$" + rest.substr(1) + "_",
        "$2y$10$" + rest.substr(1) + '\0', "$6$" + rest}) {
    EXPECT_EQ(bcrypt_cost(text), std::nullopt) << text;
    EXPECT_FALSE(bcrypt_matches(text, "secret")) << text;
  }
}

TEST(Bcrypt, TheRightPasswordMatchesAndNoOther) {
  EXPECT_TRUE(bcrypt_matches(hash_of_hunter2, "hunter2"));
  EXPECT_FALSE(bcrypt_matches(hash_of_hunter2, "hunter3"));
  EXPECT_FALSE(bcrypt_matches(hash_of_hunter2, ""));
  EXPECT_FALSE(bcrypt_matches(hash_of_hunter2, hash_of_hunter2.c_str()));
  EXPECT_FALSE(bcrypt_matches(placeholder_hash(4), "hunter2"));
}

/// Base64 gives 22 characters four bits more than a salt has; some tools leave them set.
TEST(Bcrypt, UnusedBitsOfTheSaltDoNotMatter) {
  std::string hash = hash_of_hunter2;
  ASSERT_EQ(hash[28], 'u') << "choose a hash whose salt ends in a u, the neighbour of v";
  hash[28] = 'v';
  EXPECT_TRUE(bcrypt_matches(hash, "hunter2"));
}

Digest digest(int first) {
  return {static_cast<std::uint8_t>(first)};
}

TEST(KeyedDigest, IsOfTheTextsAndOfTheKey) {
  const KeyedDigest one;
  const KeyedDigest other;
  const auto of = [](const KeyedDigest& key, std::vector<std::string_view> texts) {
    return key.of(texts);
  };
  EXPECT_EQ(of(one, {"ab", "c"}), of(one, {"ab", "c"}));
  EXPECT_NE(of(one, {"ab", "c"}), of(one, {"a", "bc"}));
  EXPECT_NE(of(one, {"ab", ""}), of(one, {"ab"}));
  EXPECT_NE(of(one, {"ab", "c"}), of(other, {"ab", "c"}));
}

TEST(RecentDigests, TheOneThatNobodyAskedForMakesRoom) {
  RecentDigests recent(3);
  for (int i = 1; i <= 3; ++i) recent.insert(digest(i));
  EXPECT_TRUE(recent.contains(digest(1)));
  recent.insert(digest(4));
  EXPECT_FALSE(recent.contains(digest(2)));
  EXPECT_TRUE(recent.contains(digest(1)));
  recent.insert(digest(3));  // there already
  EXPECT_TRUE(recent.contains(digest(4)));
}

Origin origin_of(int number) {
  return {static_cast<std::uint8_t>(number)};
}

Question question(int origin, int number) {
  return {.name = std::to_string(number),
          .password = Password(std::to_string(number)),
          .origin = origin_of(origin),
          .digest = digest(number),
          .tell = {}};
}

std::vector<std::string> drained(QuestionQueue& queue) {
  std::vector<std::string> names;
  while (!queue.empty()) names.push_back(queue.pop().name);
  return names;
}

TEST(QuestionQueue, OriginsTakeTurns) {
  QuestionQueue queue(10, 5);
  for (const int number : {1, 2, 3}) EXPECT_FALSE(queue.push(question(1, number)));
  EXPECT_FALSE(queue.push(question(2, 20)));
  EXPECT_FALSE(queue.push(question(3, 30)));
  EXPECT_EQ(queue.pop().name, "1");
  EXPECT_FALSE(queue.push(question(2, 21)));
  EXPECT_THAT(drained(queue), ElementsAre("20", "30", "2", "21", "3"));
}

TEST(QuestionQueue, AnOriginHasABoundOfItsOwn) {
  QuestionQueue queue(10, 2);
  for (const int number : {1, 2}) EXPECT_FALSE(queue.push(question(1, number)));
  const auto turned_away = queue.push(question(1, 3));
  ASSERT_TRUE(turned_away);
  EXPECT_EQ(turned_away->name, "3");
  EXPECT_FALSE(queue.push(question(2, 20)));
  EXPECT_THAT(drained(queue), ElementsAre("1", "20", "2"));
}

TEST(QuestionQueue, WhoHasMuchMakesRoomForWhoHasLittle) {
  QuestionQueue queue(4, 3);
  for (const int number : {1, 2, 3}) EXPECT_FALSE(queue.push(question(1, number)));
  EXPECT_FALSE(queue.push(question(2, 20)));
  const auto outdone = queue.push(question(3, 30));
  ASSERT_TRUE(outdone);
  EXPECT_EQ(outdone->name, "3");
  for (const int origin : {2, 3}) {  // now two, one and one: another would only swap them
    const auto turned_away = queue.push(question(origin, 40));
    ASSERT_TRUE(turned_away);
    EXPECT_EQ(turned_away->name, "40");
  }
  EXPECT_THAT(drained(queue), ElementsAre("1", "20", "30", "2"));
}

/// Counts checks instead of hashing, and stops them while it is closed. A password is right if it
/// is what stands after the last $ of the "hash".
class Checks {
 public:
  PasswordGate::Check check() {
    return [this](const std::string& hash, const char* password) {
      std::unique_lock lock(mutex_);
      asked_.push_back(hash + " " + password);
      changed_.notify_all();
      EXPECT_TRUE(changed_.wait_for(lock, patience, [this] { return is_open_; }));
      return hash.substr(hash.rfind('$') + 1).starts_with(std::string(password) + "...");
    };
  }
  void close() { set_open(false); }
  void open() { set_open(true); }
  void wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, patience, [&] { return asked_.size() >= count; }));
  }
  std::vector<std::string> asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  void set_open(bool open) {
    const std::lock_guard lock(mutex_);
    is_open_ = open;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_open_ = true;
  std::vector<std::string> asked_;
};

/// A hash of the form of bcrypt's that Checks takes `password` for.
std::string hash_of(const std::string& password, unsigned cost = 10) {
  std::string hash = placeholder_hash(cost);
  return hash.replace(hash.rfind('$') + 1, password.size(), password);
}

class PasswordGateTest : public testing::Test {
 protected:
  using Told = std::pair<std::string, Verdict>;

  void start(std::map<std::string, std::string> users, const PasswordGate::Bounds& bounds = {}) {
    auto started = PasswordGate::start(std::move(users), bounds, checks_.check());
    ASSERT_TRUE(std::holds_alternative<std::unique_ptr<PasswordGate>>(started));
    gate_ = std::get<std::unique_ptr<PasswordGate>>(std::move(started));
  }
  void TearDown() override { checks_.open(); }

  void ask(const std::string& name, const std::string& password, int origin = 1) {
    gate_->judge({name, password}, origin_of(origin), [this, name](Verdict verdict) {
      const std::lock_guard lock(mutex_);
      told_.emplace_back(name, verdict);
      changed_.notify_all();
    });
  }
  std::vector<Told> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, patience, [&] { return told_.size() >= count; }));
    return std::exchange(told_, {});
  }
  Verdict verdict(const std::string& name, const std::string& password) {
    ask(name, password);
    const auto told = wait_for(1);
    return told.empty() ? Verdict::crowded : told.front().second;
  }

  Checks checks_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Told> told_;
  std::unique_ptr<PasswordGate> gate_;  // ends first
};

TEST_F(PasswordGateTest, AVerdictIsReachedOnceAndThenKnown) {
  start({{"alice", hash_of("right")}});
  EXPECT_EQ(gate_->known({"alice", "right"}), std::nullopt);
  EXPECT_EQ(verdict("alice", "right"), Verdict::granted);
  EXPECT_EQ(verdict("alice", "wrong"), Verdict::denied);
  EXPECT_THAT(gate_->known({"alice", "right"}), Optional(Verdict::granted));
  EXPECT_THAT(gate_->known({"alice", "wrong"}), Optional(Verdict::denied));
  EXPECT_EQ(verdict("alice", "right"), Verdict::granted);
  EXPECT_EQ(verdict("alice", "wrong"), Verdict::denied);
  EXPECT_EQ(checks_.asked().size(), 2U);
  EXPECT_EQ(gate_->known({"bob", "right"}), std::nullopt);
}

TEST_F(PasswordGateTest, ANameThatNobodyHasCostsAsMuchAsTheDearestUser) {
  start({{"alice", hash_of("right", 5)}, {"bob", hash_of("other", 11)}});
  EXPECT_EQ(verdict("mallory", "guess"), Verdict::denied);
  EXPECT_EQ(verdict("", ""), Verdict::denied);
  EXPECT_THAT(checks_.asked(),
              ElementsAre(placeholder_hash(11) + " guess", placeholder_hash(11) + " "));
  EXPECT_THAT(gate_->known({"mallory", "guess"}), Optional(Verdict::denied));
}

TEST_F(PasswordGateTest, WhatStandsForNobodysHashOpensNothing) {
  start({{"alice", hash_of("right")}});
  auto always = PasswordGate::start({{"alice", hash_of("right")}}, {},
                                    [](const std::string&, const char*) { return true; });
  gate_ = std::get<std::unique_ptr<PasswordGate>>(std::move(always));
  EXPECT_EQ(verdict("mallory", "guess"), Verdict::denied);
  EXPECT_EQ(verdict("alice", "guess"), Verdict::granted);
}

TEST_F(PasswordGateTest, WhatCanBeNoPasswordIsDeniedAtOnceForEverybody) {
  start({{"alice", hash_of("right")}});
  using namespace std::string_literals;
  for (const std::string& password : {"right\0"s, "right\0x"s, "\0"s, std::string(512, 'a')}) {
    EXPECT_THAT(gate_->known({"alice", password}), Optional(Verdict::denied));
    EXPECT_EQ(verdict("alice", password), Verdict::denied);
    EXPECT_EQ(verdict("mallory", password), Verdict::denied);
  }
  EXPECT_THAT(checks_.asked(), IsEmpty());
  EXPECT_EQ(verdict("alice", std::string(511, 'a')), Verdict::denied);
  EXPECT_EQ(checks_.asked().size(), 1U);
}

TEST_F(PasswordGateTest, EqualQuestionsAreCheckedOnce) {
  start({{"alice", hash_of("right")}});
  checks_.close();
  for (const int origin : {1, 1, 2, 3}) ask("alice", "right", origin);
  checks_.wait_for(1);
  ask("alice", "right", 4);
  checks_.open();
  for (const auto& [name, verdict] : wait_for(5)) EXPECT_EQ(verdict, Verdict::granted);
  EXPECT_EQ(checks_.asked().size(), 1U);
}

TEST_F(PasswordGateTest, ManyGuessesOfOneOriginDoNotHoldUpAnother) {
  start({{"alice", hash_of("right")}}, {.waiting_of_origin = 8});
  checks_.close();
  for (int i = 0; i < 9; ++i) ask("alice", "guess" + std::to_string(i), 1);  // one is taken up
  checks_.wait_for(1);
  ask("alice", "guess9", 1);
  ask("alice", "right", 2);
  checks_.open();
  const auto told = wait_for(11);
  ASSERT_EQ(told.size(), 11U);
  const auto granted = std::ranges::find(told, Verdict::granted, &Told::second) - told.begin();
  EXPECT_LE(granted, 4) << "after what was refused, what was under way and one guess";
  EXPECT_GE(std::ranges::count(told, Verdict::crowded, &Told::second), 1);
}

TEST_F(PasswordGateTest, WhoLostHisPlaceIsToldByTheGatesThread) {
  start({{"alice", hash_of("right")}}, {.waiting = 2, .waiting_of_origin = 2});
  checks_.close();
  ask("first", "", 1);
  checks_.wait_for(1);
  ask("kept", "", 1);
  ask("outdone", "", 1);
  ask("alice", "right", 2);
  {
    const std::lock_guard lock(mutex_);
    EXPECT_THAT(told_, IsEmpty());
  }
  checks_.open();
  EXPECT_THAT(wait_for(4), UnorderedElementsAre(
                               Told("first", Verdict::denied), Told("kept", Verdict::denied),
                               Told("outdone", Verdict::crowded), Told("alice", Verdict::granted)));
}

TEST_F(PasswordGateTest, GuessesDoNotPushOutWhatWasGranted) {
  start({{"alice", hash_of("right")}}, {.granted = 1, .denied = 2});
  EXPECT_EQ(verdict("alice", "right"), Verdict::granted);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(verdict("alice", "guess" + std::to_string(i)), Verdict::denied);
  }
  EXPECT_THAT(gate_->known({"alice", "right"}), Optional(Verdict::granted));
  EXPECT_THAT(gate_->known({"alice", "guess4"}), Optional(Verdict::denied));
  EXPECT_EQ(gate_->known({"alice", "guess0"}), std::nullopt);
}

TEST_F(PasswordGateTest, NewUsersDropTheVerdictsOfThoseWhoChanged) {
  start({{"alice", hash_of("right")}, {"bob", hash_of("bobs")}, {"carol", hash_of("carols")}});
  EXPECT_EQ(verdict("alice", "right"), Verdict::granted);
  EXPECT_EQ(verdict("bob", "bobs"), Verdict::granted);
  EXPECT_EQ(verdict("carol", "carols"), Verdict::granted);
  EXPECT_EQ(verdict("dave", "daves"), Verdict::denied);
  gate_->admit({{"alice", hash_of("new")}, {"bob", hash_of("bobs")}, {"dave", hash_of("daves")}});
  EXPECT_EQ(gate_->known({"alice", "right"}), std::nullopt);
  EXPECT_THAT(gate_->known({"bob", "bobs"}), Optional(Verdict::granted));
  EXPECT_EQ(gate_->known({"carol", "carols"}), std::nullopt);
  EXPECT_EQ(gate_->known({"dave", "daves"}), std::nullopt);
  EXPECT_EQ(verdict("alice", "right"), Verdict::denied);
  EXPECT_EQ(verdict("alice", "new"), Verdict::granted);
  EXPECT_EQ(verdict("carol", "carols"), Verdict::denied);
  EXPECT_EQ(verdict("dave", "daves"), Verdict::granted);
}

TEST_F(PasswordGateTest, WhatWaitsIsJudgedByTheUsersInForce) {
  start({{"alice", hash_of("right")}, {"bob", hash_of("bobs")}});
  checks_.close();
  ask("alice", "right");
  checks_.wait_for(1);  // this check is under way while the users change
  ask("bob", "bobs");
  ask("bob", "new");
  gate_->admit({{"alice", hash_of("changed")}, {"bob", hash_of("new")}});
  checks_.open();
  EXPECT_THAT(wait_for(3), ElementsAre(Told("alice", Verdict::denied), Told("bob", Verdict::denied),
                                       Told("bob", Verdict::granted)));
  EXPECT_THAT(checks_.asked(),
              ElementsAre(hash_of("right") + " right", hash_of("changed") + " right",
                          hash_of("new") + " bobs", hash_of("new") + " new"));
}

TEST_F(PasswordGateTest, WithoutUsersNobodyPasses) {
  start({{"alice", hash_of("right")}});
  EXPECT_EQ(verdict("alice", "right"), Verdict::granted);
  gate_->admit({});
  EXPECT_EQ(verdict("alice", "right"), Verdict::denied);
}

TEST_F(PasswordGateTest, ItEndsWithoutTellingWhatWaits) {
  start({{"alice", hash_of("right")}});
  checks_.close();
  ask("alice", "right");
  checks_.wait_for(1);
  for (int i = 0; i < 5; ++i) ask("alice", std::to_string(i), 2);
  checks_.open();
  gate_.reset();
  EXPECT_LE(told_.size(), 6U);  // no lock: the gate's thread is gone
}

TEST_F(PasswordGateTest, ItsThreadTakesNoSignals) {
  sigset_t seen{};
  auto started = PasswordGate::start({{"alice", hash_of("right")}}, {},
                                     [&seen](const std::string&, const char*) {
                                       pthread_sigmask(SIG_BLOCK, nullptr, &seen);
                                       return true;
                                     });
  gate_ = std::get<std::unique_ptr<PasswordGate>>(std::move(started));
  EXPECT_EQ(verdict("alice", "x"), Verdict::granted);
  EXPECT_EQ(sigismember(&seen, SIGTERM), 1);
  EXPECT_EQ(sigismember(&seen, SIGHUP), 1);
  sigset_t own{};
  pthread_sigmask(SIG_BLOCK, nullptr, &own);
  EXPECT_EQ(sigismember(&own, SIGTERM), 0);
}

TEST_F(PasswordGateTest, RealHashesAreChecked) {
  auto started = PasswordGate::start({{"alice", hash_of_hunter2}});
  gate_ = std::get<std::unique_ptr<PasswordGate>>(std::move(started));
  EXPECT_EQ(verdict("alice", "hunter2"), Verdict::granted);
  EXPECT_EQ(verdict("alice", "hunter3"), Verdict::denied);
  EXPECT_EQ(verdict("mallory", "hunter2"), Verdict::denied);
}

/// The server's thread asks while another one changes the users; for the thread sanitizer.
TEST_F(PasswordGateTest, UsersMayChangeWhileItIsAsked) {
  start({{"alice", hash_of("right")}});
  std::thread changer([this] {
    for (int i = 0; i < 200; ++i) gate_->admit({{"alice", hash_of(i % 2 == 0 ? "new" : "right")}});
  });
  constexpr std::size_t questions = 200;
  for (std::size_t i = 0; i < questions; ++i) {
    ask("alice", "right", static_cast<int>(i % 7));
    (void)gate_->known({"alice", "new"});
  }
  changer.join();
  EXPECT_EQ(wait_for(questions).size(), questions);
  EXPECT_EQ(verdict("alice", "right"), Verdict::granted);  // the last change
}

}  // namespace
}  // namespace upslink::web
