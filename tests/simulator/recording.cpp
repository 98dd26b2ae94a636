// SPDX-License-Identifier: Apache-2.0
#include "recording.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <memory>
#include <span>
#include <utility>

#include "bytes.hpp"

namespace upslink::simulator {
namespace {

using Words = std::vector<Word>;

constexpr std::string_view first_line = "upslink transcript 1";
constexpr std::string_view any_first_line = "upslink transcript ";
constexpr std::string_view alert_bytes = "!$%+?=*#&|";
constexpr std::array<std::string_view, 4> header_keys{"recorded", "exporter", "link", "masked"};
constexpr std::array<std::string_view, 4> endings{"complete", "interrupted", "connection_lost",
                                                  "no_answer"};
constexpr double default_turnaround_ms = 25;
constexpr double byte_ms = 10 * 1000.0 / 2400;

bool ends_line(std::string_view bytes) {
  return bytes.ends_with("\r\n");
}

bool is_one_line(const RecordedAnswer& answer) {
  return ends_line(answer.bytes) && std::ranges::count(answer.bytes, '\n') == 1;
}

RecordedAnswer without_alerts(RecordedAnswer answer) {
  while (!answer.alerts.empty()) {
    answer.bytes.erase(answer.alerts.back(), 1);
    answer.alerts.pop_back();
  }
  return answer;
}

Duration parse_time(std::string_view text) {
  const auto number = parse_number<double>(text);
  constexpr double longest = 1e12;  // 30 years
  const bool is_plain = text.find_first_not_of("0123456789.") == text.npos;
  if (!number || !is_plain || *number > longest) {
    throw ProfileError("has the time '" + std::string(text) + "'; write milliseconds, as in 45.9");
  }
  return from_seconds(*number / 1000);
}

// Only what a recording is written with: printable ASCII, and four escapes.
void check_bytes(std::string_view line) {
  bool quoted = false;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const auto code = static_cast<unsigned char>(line[at]);
    if (code < 0x20 || code > 0x7e) {
      throw ProfileError("has the byte " + printable(line[at]) + ", which is written as \\x" +
                         hex_byte(code));
    }
    if (quoted && line[at] == '\\') {
      constexpr std::string_view known = "rnx\\\"";
      if (++at == line.size() || known.find(line[at]) == known.npos) {
        throw ProfileError("has an escape that is none of \\r \\n \\xNN \\\\ \\\"");
      }
    } else if (line[at] == '"') {
      quoted = !quoted;
    }
  }
}

class RecordingReader {
 public:
  void read_line(std::string_view line) {
    ++lines_;
    line = trim(line);
    if (lines_ == 1) return read_first(line);
    if (line.empty() || line.front() == '#') return;
    if (ended_) throw ProfileError("stands after the end");
    if (keys_ < header_keys.size()) return read_header(line);
    check_bytes(line);
    const auto words = split_words(line);
    if (!words) throw ProfileError("has a quote or an escape without end");
    if (words->front().text == "end") return read_end(*words);
    read_event(*words);
  }

  Recording take() {
    ++lines_;
    if (!ended_) {
      throw ProfileError("is missing; a whole recording ends with a line such as 'end complete'");
    }
    return std::move(recording_);
  }

  std::size_t line() const { return lines_; }

 private:
  static void read_first(std::string_view line) {
    if (line == first_line) return;
    if (line.starts_with(any_first_line)) {
      throw ProfileError("is of version " + std::string(line.substr(any_first_line.size())) +
                         "; this program replays version 1");
    }
    throw ProfileError("is not '" + std::string(first_line) + "', so this is no recording");
  }

  void read_header(std::string_view line) {
    const auto key = header_keys[keys_++];
    if (line.starts_with(key) && line.substr(key.size()).starts_with(' ')) return;
    throw ProfileError("should begin with '" + std::string(key) + " '");
  }

  void read_end(const Words& words) {
    if (words.size() != 2 || std::ranges::find(endings, words[1].text) == endings.end()) {
      throw ProfileError(
          "should be 'end' and one of complete, interrupted, connection_lost, "
          "no_answer");
    }
    ended_ = true;
  }

  void read_event(const Words& words) {
    if (words.size() < 3)
      throw ProfileError("is neither 'MS ask ...', 'MS hear ...' nor 'end ...'");
    const auto at = parse_time(words[0].text);
    if (at < latest_) throw ProfileError("goes back in time");
    latest_ = at;
    if (words[1].text == "ask") return read_ask(at, words);
    if (words[1].text == "hear") return read_hear(at, words);
    throw ProfileError("has '" + words[1].text + "' where 'ask' or 'hear' should stand");
  }

  void read_ask(Duration at, const Words& words) {
    if (words.size() < 6)
      throw ProfileError("needs a command, two times and an answer after 'ask'");
    const auto command = parse_command(words[2].text);
    if (!command || command->size() != 1) {
      throw ProfileError("has '" + words[2].text + "' for a command; write Q, ^A or 0x7f");
    }
    if (!began_) began_ = at;
    auto answer = read_answer(words);
    answer.asked = at - *began_;
    recording_.answers[command->front()].push_back(std::move(answer));
  }

  static RecordedAnswer read_answer(const Words& words) {
    if (words[5].text == "silence" && !words[5].quoted) {
      if (words.size() > 6 || words[3].text != "-" || words[4].text != "-") {
        throw ProfileError("should have '-' for both times and nothing after 'silence'");
      }
      return {};
    }
    RecordedAnswer answer = read_pieces(words, 5);
    answer.first = parse_time(words[3].text);
    answer.last = parse_time(words[4].text);
    if (answer.last < answer.first) throw ProfileError("has an answer that ends before it begins");
    return answer;
  }

  static RecordedAnswer read_pieces(const Words& words, std::size_t from) {
    RecordedAnswer answer;
    for (const auto& word : std::span(words).subspan(from)) {
      const bool alert =
          !word.quoted && word.text.size() == 1 && alert_bytes.find(word.text) != alert_bytes.npos;
      if (!alert && !word.quoted) {
        throw ProfileError("has '" + word.text + "'; write text in quotes and alerts bare");
      }
      if (alert) answer.alerts.push_back(answer.bytes.size());
      answer.bytes += word.text;
    }
    if (answer.bytes.empty()) throw ProfileError("has an empty text; write 'silence' for none");
    return answer;
  }

  void read_hear(Duration at, const Words& words) {
    const auto since = at - began_.value_or(at);
    auto heard = read_pieces(words, 2);
    const bool alert = heard.alerts.size() == 1 && heard.bytes.size() == 1;
    recording_.unasked.push_back({since, std::move(heard.bytes), alert});
  }

  Recording recording_;
  std::size_t lines_ = 0;
  std::size_t keys_ = 0;
  Duration latest_{};
  std::optional<Duration> began_;
  bool ended_ = false;
};

// How long the unit usually takes to begin an answer.
double usual_turnaround_ms(const Recording& recording) {
  std::vector<double> seen;
  for (const auto& [command, answers] : recording.answers) {
    for (const auto& answer : answers) {
      if (is_one_line(answer)) seen.push_back(to_seconds(answer.first) * 1000 - 2 * byte_ms);
    }
  }
  if (seen.empty()) return default_turnaround_ms;
  const auto middle = seen.begin() + static_cast<std::ptrdiff_t>(seen.size() / 2);
  std::ranges::nth_element(seen, middle);
  return std::max(*middle, 0.0);
}

}  // namespace

RecordedAnswer Recording::held(char command, std::size_t given) const {
  const auto found = answers.find(command);
  if (found == answers.end()) return {};
  // Without std::views, which clang 14 cannot read in Debian's standard library.
  const auto those = std::span(found->second).first(std::min(given, found->second.size()));
  const auto good = std::find_if(those.rbegin(), those.rend(), [](const RecordedAnswer& answer) {
    return is_one_line(answer) && answer.alerts.empty();
  });
  if (good != those.rend()) return *good;
  const auto whole = std::find_if(those.rbegin(), those.rend(), [](const RecordedAnswer& answer) {
    return ends_line(answer.bytes);
  });
  return whole == those.rend() ? RecordedAnswer{} : without_alerts(*whole);
}

Recording parse_recording(std::string_view text, const std::string& name) {
  RecordingReader reader;
  try {
    do {
      const auto end = std::min(text.find('\n'), text.size());
      reader.read_line(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    } while (!text.empty());
    return reader.take();
  } catch (const ProfileError& error) {
    throw ProfileError("Recording " + name + ", line " + std::to_string(reader.line()) + ": it " +
                       error.what() + ".");
  }
}

Profile profile_of(Recording recording, std::string name) {
  Profile profile;
  profile.name = std::move(name);
  profile.title = "A recording";
  profile.quantities.fill(std::numeric_limits<double>::quiet_NaN());
  profile.turnaround_ms = usual_turnaround_ms(recording);
  profile.unknown_na = false;
  for (const auto& [command, answers] : recording.answers) {
    auto held = recording.held(command, answers.size()).bytes;
    if (ends_line(held)) held.resize(held.size() - 2);
    profile.unknown_na = profile.unknown_na || held == "NA";
    Answer answer;
    answer.kind = held.empty() ? AnswerKind::silent : AnswerKind::text;
    answer.text = std::move(held);
    profile.answers.emplace(std::string(1, command), std::move(answer));
  }
  Answer handshake;
  handshake.kind = AnswerKind::action;
  handshake.action = Action::smart_mode;
  profile.answers["Y"] = std::move(handshake);
  profile.recording = std::make_shared<const Recording>(std::move(recording));
  return profile;
}

Profile load_recording(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::error_code error;
  if (!file || std::filesystem::is_directory(path, error)) {
    throw ProfileError("The recording " + path.string() + " cannot be read.");
  }
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return profile_of(parse_recording(text, path.filename().string()), path.stem().string());
}

}  // namespace upslink::simulator
