// SPDX-License-Identifier: Apache-2.0
#pragma once

// The EEPROM of a unit: the settings of its profile with their choices, and how an edit changes
// them.

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "profile.hpp"

namespace upslink::simulator {

class Settings {
 public:
  explicit Settings(const Profile& profile);

  // nullptr when there is no such setting.
  const std::string* find(std::string_view command) const;
  double number(std::string_view command, double fallback) const;

  // The next (+1) or previous (-1) choice; false when there is none to choose.
  bool cycle(std::string_view command, int step);
  bool change(std::string_view command, std::string value);
  // All but the two free texts become what the profile says.
  void reset();

  const std::map<std::string, std::string, std::less<>>& values() const { return values_; }

 private:
  const Profile& profile_;
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace upslink::simulator
