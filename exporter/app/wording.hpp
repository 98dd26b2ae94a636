// SPDX-License-Identifier: Apache-2.0
// The words that complaints about the operator's input share. Pure functions; any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace upslink::app {

/// Why an input is not accepted and what to do, as one line; nothing if it is accepted.
using Complaint = std::optional<std::string>;

/// `text` in double quotes, on one line and valid UTF-8 whatever it contains: control characters
/// and broken UTF-8 become `\xNN`, and a very long text is cut.
std::string in_quotes(std::string_view text);

/// `text` as in_quotes() writes it, without the quotes.
std::string on_one_line(std::string_view text);

/// A JSON string: what on_one_line() makes of any bytes, with quotes and backslashes escaped.
std::string json_text(std::string_view text);

/// The candidate that somebody who wrote `word` most likely meant; empty if none is near. One that
/// contains the word, or that it contains, is near.
std::string_view nearest(std::string_view word, std::span<const std::string> candidates);

/// `; did you mean X?` for the nearest candidate; empty if none is near.
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

/// The length of the well-formed UTF-8 sequence that `text` begins with (RFC 3629); 0 if it begins
/// with none.
std::size_t utf8_length(std::string_view text);

}  // namespace upslink::app
