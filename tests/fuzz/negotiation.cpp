// SPDX-License-Identifier: Apache-2.0
// What clients say in headers: an input has the values of Accept, Accept-Encoding and
// Authorization, one in each line. There is an answer to everything, it is one of the offers, and
// what a client does not name it does not get.
#include "web/negotiation.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "target.hpp"
#include "web/authorization.hpp"
#include "web/message.hpp"

namespace upslink::fuzz {
namespace {

std::string_view take_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  const auto line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

void check_accept(std::string_view accept) {
  constexpr std::array<std::string_view, 3> offers{
      "text/plain; version=0.0.4; charset=utf-8",
      "application/openmetrics-text; version=1.0.0; charset=utf-8", "text/html"};
  const auto best = web::prefers(accept, offers);
  require(!best || *best < offers.size(), "what is preferred is an offer", accept);
  // A comma behind an open quotation is a part of it.
  const bool quoted = accept.find('"') != std::string_view::npos;
  require(quoted || web::prefers(std::string(accept) + ",", offers) == best,
          "nothing more changes nothing", accept);
  if (accept.empty()) require(best == 0U, "who says nothing gets the first");
}

void check_encoding(std::string_view accept) {
  std::string lower(accept);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  const bool named =
      lower.find("gzip") != std::string::npos || lower.find('*') != std::string::npos;
  require(named || !web::accepts_gzip(accept), "who does not name gzip does not get it", accept);
}

void check_authorization(std::string_view authorization) {
  std::string text = "what was there before";
  const auto colon = web::decode_basic(authorization, text);
  if (!colon) return;
  require(*colon < text.size() && text.find(':') == *colon, "a name ends at the first colon", text);
  require(authorization.size() > 6 && web::same_letters(authorization.substr(0, 5), "Basic"),
          "only one scheme is read", authorization);
  require(text.size() <= authorization.size(), "base64 only grows", text);
}

}  // namespace

void try_input(std::string_view input) {
  check_accept(take_line(input));
  check_encoding(take_line(input));
  check_authorization(input);
}

}  // namespace upslink::fuzz
