// SPDX-License-Identifier: Apache-2.0
// The status page as a document, and what a browser is told not to do with it. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace upslink::status {

/// The document. `metrics` is the path of the metrics; `list` has the UPSes as items of HTML, for
/// browsers that run no scripts.
std::string page(std::string_view metrics, std::string_view list);

/// Its Content-Security-Policy: its own style and script, requests to where it came from, no more.
std::string page_policy();

}  // namespace upslink::status
