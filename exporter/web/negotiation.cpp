// SPDX-License-Identifier: Apache-2.0
// Small parsers for the list-valued Accept headers. Weights are kept in thousandths, the resolution
// that RFC 9110 12.4.2 gives them.
#include "web/negotiation.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "web/message.hpp"

namespace upslink::web {
namespace {

struct Parameter {
  std::string_view name;
  std::string value;
};

// One element of a list header: "text/plain;version=0.0.4;q=0.3" or "gzip;q=0".
struct Element {
  std::string_view word;
  std::vector<Parameter> parameters;
  int weight = 1000;
};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blank = " \t";
  const auto first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

// Cuts `rest` at the first `mark` outside quotes: returns the part before, leaves the part after.
std::string_view next_part(std::string_view& rest, char mark) {
  bool quoted = false;
  std::size_t at = 0;
  for (; at < rest.size(); ++at) {
    const char c = rest[at];
    if (quoted && c == '\\') {
      ++at;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == mark && !quoted) {
      break;
    }
  }
  at = std::min(at, rest.size());
  const std::string_view part = trimmed(rest.substr(0, at));
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return part;
}

// RFC 9110 5.6.2: tchar.
bool is_token(std::string_view text) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           marks.find(c) != std::string_view::npos;
  });
}

// qvalue = ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] ), in thousandths.
std::optional<int> weight_of(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return {};
  if (text.size() > 1 && text[1] != '.') return {};
  int weight = (text[0] - '0') * 1000;
  int step = 100;
  for (const char digit : text.substr(std::min<std::size_t>(2, text.size()))) {
    if (digit < '0' || digit > '9') return {};
    weight += (digit - '0') * step;
    step /= 10;
  }
  if (weight > 1000) return {};
  return weight;
}

// The text of a token or of a quoted string.
std::optional<std::string> value_of(std::string_view text) {
  if (is_token(text)) return std::string(text);
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return {};
  std::string value;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == '\\' && i + 2 < text.size()) ++i;
    value += text[i];
  }
  return value;
}

// Takes one parameter into `element`; false if it is malformed.
bool take_parameter(Element& element, std::string_view text) {
  if (text.empty()) return true;  // RFC 9110 5.6.6 has receivers pass over ";;"
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) return false;
  const std::string_view name = text.substr(0, equals);
  const std::string_view raw = text.substr(equals + 1);
  if (!is_token(name)) return false;
  if (same_letters(name, "q")) {
    const auto weight = weight_of(raw);
    element.weight = weight.value_or(0);
    return weight.has_value();
  }
  auto value = value_of(raw);
  if (!value) return false;
  element.parameters.push_back({name, std::move(*value)});
  return true;
}

std::optional<Element> element_of(std::string_view text) {
  Element element;
  element.word = next_part(text, ';');
  while (!text.empty()) {
    if (!take_parameter(element, next_part(text, ';'))) return {};
  }
  return element;
}

// The well-formed elements of a list header for which `is_wanted(word)`.
std::vector<Element> elements_of(std::string_view list,
                                 const std::function<bool(std::string_view)>& is_wanted) {
  std::vector<Element> elements;
  while (!list.empty()) {
    auto element = element_of(next_part(list, ','));
    if (element && is_wanted(element->word)) elements.push_back(std::move(*element));
  }
  return elements;
}

bool is_media_range(std::string_view word) {
  const auto slash = word.find('/');
  if (slash == std::string_view::npos) return false;
  const std::string_view type = word.substr(0, slash);
  const std::string_view subtype = word.substr(slash + 1);
  return is_token(type) && is_token(subtype) && (type != "*" || subtype == "*");
}

// How closely `range` names `offer`: 0 not at all, 1 "*/*", 2 "text/*", 3 "text/plain" and one more
// for every parameter in common.
std::size_t closeness(const Element& range, const Element& offer) {
  const std::string_view type = range.word.substr(0, range.word.find('/'));
  const std::string_view subtype = range.word.substr(type.size() + 1);
  if (type == "*") return 1;
  if (!same_letters(type, offer.word.substr(0, offer.word.find('/')))) return 0;
  if (subtype == "*") return 2;
  if (!same_letters(range.word, offer.word)) return 0;
  std::size_t close = 3;
  for (const Parameter& asked : range.parameters) {
    for (const Parameter& ours : offer.parameters) {
      if (!same_letters(asked.name, ours.name)) continue;
      if (!same_letters(asked.value, ours.value)) return 0;
      ++close;
    }
  }
  return close;
}

// The weight that the closest range gives to `offer`; 0 if none matches.
int weight_for(const Element& offer, const std::vector<Element>& ranges) {
  std::size_t closest = 0;
  int weight = 0;
  for (const Element& range : ranges) {
    const std::size_t close = closeness(range, offer);
    if (close == 0 || close < closest) continue;
    weight = close > closest ? range.weight : std::max(weight, range.weight);
    closest = close;
  }
  return weight;
}

}  // namespace

bool accepts_gzip(std::string_view accept_encoding) {
  std::optional<int> gzip;
  std::optional<int> any;
  std::optional<int> identity;
  for (const Element& coding : elements_of(accept_encoding, is_token)) {
    const bool is_gzip = same_letters(coding.word, "gzip") || same_letters(coding.word, "x-gzip");
    auto& weight = is_gzip ? gzip : coding.word == "*" ? any : identity;
    if (is_gzip || coding.word == "*" || same_letters(coding.word, "identity")) {
      weight = std::max(weight.value_or(0), coding.weight);
    }
  }
  const int wanted = gzip.value_or(any.value_or(0));
  return wanted > 0 && wanted >= identity.value_or(0);
}

std::optional<std::size_t> prefers(std::string_view accept,
                                   std::span<const std::string_view> offers) {
  if (offers.empty()) return {};
  const std::vector<Element> ranges = elements_of(accept, is_media_range);
  if (ranges.empty()) return 0;
  std::optional<std::size_t> best;
  int best_weight = 0;
  for (std::size_t i = 0; i < offers.size(); ++i) {
    const auto offer = element_of(offers[i]);
    const int weight = offer && is_media_range(offer->word) ? weight_for(*offer, ranges) : 0;
    if (weight > best_weight) {
      best = i;
      best_weight = weight;
    }
  }
  return best;
}

}  // namespace upslink::web
