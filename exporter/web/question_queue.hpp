// SPDX-License-Identifier: Apache-2.0
// QuestionQueue: passwords that wait to be checked. Origins take turns, so whoever asks much waits
// for himself; both bounds are on questions. One thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "web/bcrypt.hpp"
#include "web/gate.hpp"
#include "web/keyed_digest.hpp"
#include "web/origin.hpp"

namespace upslink::web {

/// The only copy of a password; its memory is wiped when it goes.
class Password {
 public:
  explicit Password(std::string_view text);  ///< at most `longest_password` bytes, none of them 0
  const char* text() const { return bytes_->data(); }

 private:
  using Bytes = std::array<char, longest_password + 1>;
  struct Wiped {
    void operator()(Bytes* bytes) const;
  };

  std::unique_ptr<Bytes, Wiped> bytes_;
};

struct Question {
  std::string name;
  Password password;
  Origin origin;
  Digest digest;  ///< equal for the same question under the same users
  Gate::Tell tell;
};

class QuestionQueue {
 public:
  QuestionQueue(std::size_t most, std::size_t most_of_origin)
      : most_(most), most_of_origin_(most_of_origin) {}

  /// Returns the question that has no place: the newcomer or, if all places are taken, the last of
  /// the origin that has the most, if that has more than the newcomer's would have with it.
  std::optional<Question> push(Question question);
  bool empty() const { return turns_.empty(); }
  /// The next one; there must be one.
  Question pop();
  void each(const std::function<void(Question&)>& change);

 private:
  std::optional<Question> make_room(std::size_t for_one_who_has);

  std::size_t most_;
  std::size_t most_of_origin_;
  std::size_t size_ = 0;
  std::map<Origin, std::deque<Question>> waiting_;  // none of them empty
  std::list<Origin> turns_;                         // whose turn comes; each of waiting_ once
};

}  // namespace upslink::web
