// SPDX-License-Identifier: Apache-2.0
#include "settings.hpp"

#include <algorithm>

#include "bytes.hpp"

namespace upslink::simulator {
namespace {

bool is_setting(AnswerKind kind) {
  return kind == AnswerKind::setting || kind == AnswerKind::free_text || kind == AnswerKind::mask;
}

}  // namespace

Settings::Settings(const Profile& profile) : profile_(profile) {
  for (const auto& [command, answer] : profile.answers) {
    if (is_setting(answer.kind)) values_.emplace(command, answer.text);
  }
}

const std::string* Settings::find(std::string_view command) const {
  const auto value = values_.find(command);
  return value == values_.end() ? nullptr : &value->second;
}

double Settings::number(std::string_view command, double fallback) const {
  const auto* value = find(command);
  return value == nullptr ? fallback : parse_number<double>(*value).value_or(fallback);
}

bool Settings::cycle(std::string_view command, int step) {
  const auto value = values_.find(command);
  if (value == values_.end()) return false;
  const auto choices = setting_choices(profile_, value->first);
  if (choices.empty()) return false;
  const auto size = static_cast<std::ptrdiff_t>(choices.size());
  const auto found = std::ranges::find(choices, value->second);
  // A value outside the choices (real units have them) gives way to the first.
  std::ptrdiff_t at = found == choices.end() ? 0 : found - choices.begin() + step;
  // Skips a choice that is listed twice (`HMLL`), else + would never leave it.
  const auto& before = value->second;
  const auto choice = [&](std::ptrdiff_t place) -> const std::string& {
    return choices[static_cast<std::size_t>(((place % size) + size) % size)];
  };
  for (auto tries = size; tries > 0 && choice(at) == before; --tries) at += step;
  value->second = choice(at);
  return true;
}

bool Settings::change(std::string_view command, std::string new_value) {
  const auto value = values_.find(command);
  if (value == values_.end()) return false;
  value->second = std::move(new_value);
  return true;
}

void Settings::reset() {
  for (auto& [command, value] : values_) {
    if (command != "c" && command != "x") value = profile_.answers.at(command).text;
  }
}

}  // namespace upslink::simulator
