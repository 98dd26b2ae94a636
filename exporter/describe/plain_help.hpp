// SPDX-License-Identifier: Apache-2.0
// The help of the catalogue for those who do not see samples. Constant; any thread.
#pragma once

#include <string_view>

namespace upslink::describe {

/// A help without what it says of the values of its metric, and without its full stop.
constexpr std::string_view plain_help(std::string_view help) {
  help.remove_suffix(1);
  for (const std::string_view of_metric : {": 1 ", ", as a label", ", as labels", "; above 1 "}) {
    help = help.substr(0, help.find(of_metric));
  }
  return help;
}

}  // namespace upslink::describe
