// SPDX-License-Identifier: Apache-2.0
#include "web/question_queue.hpp"

#include <string.h>  // NOLINT(modernize-deprecated-headers): cstring has no explicit_bzero

#include <algorithm>
#include <cstring>
#include <utility>

namespace upslink::web {

void Password::Wiped::operator()(Bytes* bytes) const {
  explicit_bzero(bytes->data(), bytes->size());
  delete bytes;
}

Password::Password(std::string_view text) : bytes_(new Bytes{}) {
  std::memcpy(bytes_->data(), text.data(), std::min(text.size(), longest_password));
}

std::optional<Question> QuestionQueue::push(Question question) {
  const auto own = waiting_.find(question.origin);
  const std::size_t has = own == waiting_.end() ? 0 : own->second.size();
  if (has >= most_of_origin_) return question;
  std::optional<Question> outdone;
  if (size_ >= most_) {
    outdone = make_room(has);
    if (!outdone) return question;
  }
  if (has == 0) turns_.push_back(question.origin);
  waiting_[question.origin].push_back(std::move(question));
  ++size_;
  return outdone;
}

std::optional<Question> QuestionQueue::make_room(std::size_t for_one_who_has) {
  const auto most = std::ranges::max_element(
      waiting_, {}, [](const auto& origin) { return origin.second.size(); });
  if (most == waiting_.end() || most->second.size() <= for_one_who_has + 1) return std::nullopt;
  std::optional<Question> last(std::move(most->second.back()));
  most->second.pop_back();  // it had two at least
  --size_;
  return last;
}

Question QuestionQueue::pop() {
  const Origin origin = turns_.front();
  turns_.pop_front();
  const auto own = waiting_.find(origin);
  Question first = std::move(own->second.front());
  own->second.pop_front();
  --size_;
  if (own->second.empty()) {
    waiting_.erase(own);
  } else {
    turns_.push_back(origin);
  }
  return first;
}

void QuestionQueue::each(const std::function<void(Question&)>& change) {
  for (auto& [origin, questions] : waiting_) std::ranges::for_each(questions, change);
}

}  // namespace upslink::web
