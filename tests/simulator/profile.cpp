// SPDX-License-Identifier: Apache-2.0
#include "profile.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>

#include "bytes.hpp"

namespace upslink::simulator {
namespace {

using Words = std::vector<Word>;

// The words of one answer, read from the front.
class WordReader {
 public:
  explicit WordReader(const Words& words) : words_(words) {}

  bool empty() const { return at_ == words_.size(); }

  const std::string& next(std::string_view what) {
    if (empty()) throw ProfileError("needs " + std::string(what));
    return words_[at_++].text;
  }

  bool skip(std::string_view keyword) {
    if (empty() || words_[at_].quoted || words_[at_].text != keyword) return false;
    ++at_;
    return true;
  }

 private:
  const Words& words_;
  std::size_t at_ = 0;
};

Format parse_format(std::string_view text) {
  Format format;
  int used = 0;
  char kind = 0;
  const std::string copy(text);
  if (std::sscanf(copy.c_str(), "%%0%2d.%1df%n", &format.width, &format.precision, &used) == 2 &&
      used > 0) {
    kind = 'f';
  } else if (used = 0,
             std::sscanf(copy.c_str(), "%%0%2dd%n", &format.width, &used) == 1 && used > 0) {
    kind = 'd';
  }
  if (kind == 0) throw ProfileError("has the format '" + copy + "'; write %05.1f or %03d");
  format.precision = kind == 'f' ? format.precision : 0;
  format.whole = kind == 'd';
  format.suffix = copy.substr(static_cast<std::size_t>(used));
  return format;
}

Quantity parse_quantity(std::string_view name) {
  if (const auto quantity = quantity_by_short_name(name)) return *quantity;
  throw ProfileError("names the unknown quantity '" + std::string(name) + "'");
}

template <typename Enum, std::size_t size>
Enum parse_member(const std::array<std::string_view, size>& names, std::string_view what,
                  std::string_view name) {
  if (const auto member = by_name<Enum>(names, name)) return *member;
  throw ProfileError("names the unknown " + std::string(what) + " '" + std::string(name) + "'");
}

void read_number(WordReader& words, Answer& answer) {
  answer.quantities.push_back(parse_quantity(words.next("a quantity")));
  answer.format = parse_format(words.next("a format"));
  answer.text = words.skip("or") ? words.next("a text after 'or'") : "NA";
}

void read_list(WordReader& words, Answer& answer) {
  answer.format = parse_format(words.next("a format"));
  while (!words.empty()) answer.quantities.push_back(parse_quantity(words.next("a quantity")));
}

void read_setting(WordReader& words, Answer& answer) {
  answer.text = words.next("a value");
  if (!words.skip("of")) return;
  while (!words.empty()) answer.choices.push_back(words.next("a choice"));
}

void read_text(WordReader& words, Answer& answer) {
  answer.text = words.next("a text");
}

struct KindRow {
  std::string_view name;
  AnswerKind kind;
  std::function<void(WordReader&, Answer&)> read;
};

const std::vector<KindRow>& kind_rows() {
  static const std::vector<KindRow> rows{
      {"text", AnswerKind::text, read_text},
      {"number", AnswerKind::number, read_number},
      {"resetting", AnswerKind::resetting, read_number},
      {"count", AnswerKind::count, read_number},
      {"list", AnswerKind::list, read_list},
      {"setting", AnswerKind::setting, read_setting},
      {"free", AnswerKind::free_text, read_text},
      {"mask", AnswerKind::mask, read_text},
      {"silent", AnswerKind::silent, [](WordReader&, Answer&) {}},
      {"absent", AnswerKind::absent, [](WordReader&, Answer&) {}},
      {"register", AnswerKind::reg,
       [](WordReader& words, Answer& answer) {
         answer.reg = parse_member<Register>(register_names, "register", words.next("a register"));
       }},
      {"choice", AnswerKind::choice,
       [](WordReader& words, Answer& answer) {
         answer.choice = parse_member<Choice>(choice_names, "choice", words.next("a choice"));
       }},
      {"action", AnswerKind::action,
       [](WordReader& words, Answer& answer) {
         answer.action = parse_member<Action>(action_names, "action", words.next("an action"));
       }},
  };
  return rows;
}

Answer parse_answer(std::string_view text) {
  const auto words = split_words(text);
  if (!words) throw ProfileError("has a quote or an escape without end");
  WordReader reader(*words);
  const auto& kind = reader.next("an answer");
  const auto& rows = kind_rows();
  const auto found = std::ranges::find(rows, kind, &KindRow::name);
  if (found == rows.end()) throw ProfileError("names the unknown kind of answer '" + kind + "'");
  Answer answer;
  answer.kind = found->kind;
  found->read(reader, answer);
  if (!reader.empty()) throw ProfileError("has words too many");
  return answer;
}

double parse_double(std::string_view text) {
  if (const auto number = parse_number<double>(text)) return *number;
  throw ProfileError("needs a number, not '" + std::string(text) + "'");
}

using Member = std::function<void(Profile&, const std::string&)>;

Member number_member(double Profile::*member) {
  return
      [member](Profile& profile, const std::string& text) { profile.*member = parse_double(text); };
}

Member text_member(std::string Profile::*member) {
  return [member](Profile& profile, const std::string& text) { profile.*member = text; };
}

Member parameter_member(double ModelParameters::*member) {
  return [member](Profile& profile, const std::string& text) {
    profile.parameters.*member = parse_double(text);
  };
}

const std::map<std::string, Member, std::less<>>& members() {
  static const std::map<std::string, Member, std::less<>> table{
      {"unit.title", text_member(&Profile::title)},
      {"unit.source", text_member(&Profile::source)},
      {"unit.generation", text_member(&Profile::generation)},
      {"unit.alerts", text_member(&Profile::alerts)},
      {"unit.accessory",
       [](Profile& profile, const std::string& text) { profile.accessory = text == "yes"; }},
      {"unit.unknown",
       [](Profile& profile, const std::string& text) {
         if (text != "NA" && text != "silent") throw ProfileError("must be NA or silent");
         profile.unknown_na = text == "NA";
       }},
      {"timing.turnaround_ms", number_member(&Profile::turnaround_ms)},
      {"timing.byte_ms", number_member(&Profile::byte_ms)},
      {"state.transfer_cause", text_member(&Profile::cause)},
      {"state.self_test_result", text_member(&Profile::self_test_result)},
      {"state.transfer_high", parameter_member(&ModelParameters::transfer_high)},
      {"state.transfer_low", parameter_member(&ModelParameters::transfer_low)},
      {"state.trim_above", parameter_member(&ModelParameters::trim_above)},
      {"state.boost_below", parameter_member(&ModelParameters::boost_below)},
      {"state.recharge_hours", parameter_member(&ModelParameters::recharge_hours)},
      {"state.regulated_output", parameter_member(&ModelParameters::regulated_output)},
      {"state.battery_output", parameter_member(&ModelParameters::battery_output)},
      {"state.battery_nominal", parameter_member(&ModelParameters::battery_nominal)},
      {"state.calibration_floor", parameter_member(&ModelParameters::calibration_floor)},
      {"state.full_current", parameter_member(&ModelParameters::full_current)},
      {"state.apparent_factor", parameter_member(&ModelParameters::apparent_factor)},
  };
  return table;
}

std::string unquoted(std::string_view text) {
  const auto words = split_words(text);
  if (!words) throw ProfileError("has a quote or an escape without end");
  return words->size() == 1 && words->front().quoted ? words->front().text : std::string(text);
}

// A file on its way to a profile.
class ProfileReader {
 public:
  ProfileReader(Profile& profile, std::filesystem::path folder)
      : profile_(profile), folder_(std::move(folder)) {}

  void read_line(std::string_view line) {
    line = trim(line);
    if (line.empty() || line.front() == '#') return;
    if (line.front() == '[' && line.back() == ']' && line.find('=') == std::string_view::npos) {
      section_ = line.substr(1, line.size() - 2);
      return;
    }
    const auto equals = line.find(" = ");
    if (equals == std::string_view::npos) throw ProfileError("is not KEY = VALUE");
    const std::string key(trim(line.substr(0, equals)));
    const auto value = trim(line.substr(equals + 3));
    if (section_ == "answers") return read_answer(key, value);
    if (section_ == "unit" && key == "like") return read_like(value);
    read_member(key, value);
  }

 private:
  void read_answer(const std::string& key, std::string_view value) {
    const auto command = parse_command(key);
    if (!command) throw ProfileError("has no command; write Q, ^A or 0x7f before the =");
    if (!answered_.insert(*command).second) throw ProfileError("answers it a second time");
    auto answer = parse_answer(value);
    profile_.answers.erase(*command);
    if (answer.kind != AnswerKind::absent) profile_.answers.emplace(*command, std::move(answer));
  }

  void read_like(std::string_view name) {
    auto model = load_profile(folder_ / (std::string(name) + ".profile"));
    model.name = profile_.name;
    profile_ = std::move(model);
  }

  void read_member(const std::string& key, std::string_view value) {
    const auto quantity = section_ == "state" ? quantity_by_short_name(key) : std::nullopt;
    if (quantity) {
      profile_.quantities[index(*quantity)] = parse_double(value) / row(*quantity).wire_per_base;
      return;
    }
    const auto member = members().find(section_ + "." + key);
    if (member == members().end()) {
      throw ProfileError("has the unknown key '" + key + "' in section [" + section_ + "]");
    }
    member->second(profile_, unquoted(value));
  }

  Profile& profile_;
  std::filesystem::path folder_;
  std::string section_ = "unit";
  std::set<std::string> answered_;
};

// The letter that selects the choices of a country: the last of `b`, or of `V` where b is missing.
char country_of(const Profile& profile) {
  for (const char* command : {"b", "V"}) {
    const auto answer = profile.answers.find(command);
    if (answer != profile.answers.end() && !answer->second.text.empty()) {
      return answer->second.text.back();
    }
  }
  return '4';
}

}  // namespace

std::string Format::write(double number) const {
  double most = std::pow(10.0, precision == 0 ? width : width - precision - 1);
  most -= std::pow(10.0, -precision);
  number = std::min(number, most);
  if (whole) number = std::floor(number + 1e-6);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%0*.*f", width, precision, number);
  return text.data() + suffix;
}

Profile parse_profile(std::string_view text, std::string name,
                      const std::filesystem::path& folder) {
  Profile profile;
  profile.name = std::move(name);
  profile.quantities.fill(std::numeric_limits<double>::quiet_NaN());
  ProfileReader reader(profile, folder);
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    try {
      reader.read_line(text.substr(0, end));
    } catch (const ProfileError& error) {
      throw ProfileError("Profile " + profile.name + ", line " + std::to_string(number) + ": it " +
                         error.what() + ".");
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return profile;
}

Profile load_profile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw ProfileError("The profile " + path.string() + " cannot be read.");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return parse_profile(text, path.stem().string(), path.parent_path());
}

std::vector<std::filesystem::path> list_profiles(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    if (entry.path().extension() == ".profile") paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  return paths;
}

Profile find_profile(const std::string& name_or_path, const std::filesystem::path& folder) {
  if (name_or_path.find('/') != std::string::npos || name_or_path.ends_with(".profile")) {
    return load_profile(name_or_path);
  }
  const auto path = folder / (name_or_path + ".profile");
  if (std::filesystem::exists(path)) return load_profile(path);
  std::string names;
  for (const auto& each : list_profiles(folder)) {
    names += (names.empty() ? "" : ", ") + each.stem().string();
  }
  throw ProfileError("There is no profile '" + name_or_path + "' in " + folder.string() +
                     "; give the path of a file or one of: " + names + ".");
}

std::vector<std::string> setting_choices(const Profile& profile, const std::string& command) {
  const auto answer = profile.answers.find(command);
  if (answer == profile.answers.end() || answer->second.kind != AnswerKind::setting) return {};
  if (!answer->second.choices.empty()) return answer->second.choices;
  const auto capabilities = profile.answers.find("\x1a");
  if (capabilities == profile.answers.end()) return {};
  return capability_choices(capabilities->second.text, command.front(), country_of(profile));
}

std::vector<std::string> capability_choices(std::string_view capabilities, char setting,
                                            char country) {
  // '#' once, or twice before every group; then command, country, count, length, choices.
  const bool doubled = capabilities.starts_with("##");
  const std::size_t skip = doubled ? 2 : 0;
  if (!doubled && capabilities.starts_with("#")) capabilities.remove_prefix(1);
  while (capabilities.size() >= skip + 4) {
    capabilities.remove_prefix(skip);
    const auto count = static_cast<std::size_t>(std::max(0, capabilities[2] - '0'));
    const auto length = static_cast<std::size_t>(std::max(0, capabilities[3] - '0'));
    const bool wanted =
        capabilities[0] == setting && (capabilities[1] == '4' || capabilities[1] == country);
    capabilities.remove_prefix(4);
    if (count * length > capabilities.size()) break;
    std::vector<std::string> choices;
    for (std::size_t at = 0; at < count; ++at) {
      choices.emplace_back(capabilities.substr(at * length, length));
    }
    if (wanted) return choices;
    capabilities.remove_prefix(count * length);
  }
  return {};
}

}  // namespace upslink::simulator
