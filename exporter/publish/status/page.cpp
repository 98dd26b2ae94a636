// SPDX-License-Identifier: Apache-2.0
#include "publish/status/page.hpp"

#include "publish/status/embedded.hpp"

namespace upslink::status {
namespace {

/// For text between tags or in an attribute in double quotes.
std::string escaped(std::string_view text) {
  std::string html;
  for (const char c : text) {
    if (c == '&') {
      html += "&amp;";
    } else if (c == '<') {
      html += "&lt;";
    } else if (c == '"') {
      html += "&quot;";
    } else {
      html += c;
    }
  }
  return html;
}

void replace(std::string& text, std::string_view mark, std::string_view by) {
  const auto at = text.find(mark);
  if (at != std::string::npos) text.replace(at, mark.size(), by);
}

}  // namespace

std::string page(std::string_view metrics, std::string_view list) {
  std::string html(embedded::page);
  // Relative, so that it is right behind a proxy that adds a prefix.
  if (metrics.starts_with('/')) metrics.remove_prefix(1);
  replace(html, "@metrics@", escaped("./" + std::string(metrics)));
  replace(html, "@upses@", list);
  return html;
}

std::string page_policy() {
  return "default-src 'none'; script-src 'sha256-" + std::string(embedded::script_hash) +
         "'; style-src 'sha256-" + std::string(embedded::style_hash) +
         "'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
         "frame-ancestors 'none'";
}

}  // namespace upslink::status
