// SPDX-License-Identifier: Apache-2.0
#include "app/describe_command.hpp"

#include <cstdio>
#include <string>

#include "app/man_page.hpp"
#include "describe/dashboard.hpp"
#include "describe/metrics_page.hpp"
#include "describe/mib_page.hpp"

namespace upslink::app {

int describe(const DescribeCommand& command) {
  std::string page;
  switch (command.topic) {
    case Topic::metrics:
      page = upslink::describe::metrics_page();
      break;
    case Topic::mib:
      page = command.base_oid.empty() ? upslink::describe::mib_page()
                                      : upslink::describe::mib_page(command.base_oid);
      break;
    case Topic::dashboard:
      page = upslink::describe::dashboard();
      break;
    case Topic::man:
      page = man_page();
      break;
    case Topic::man_config:
      page = man_page_of_file();
      break;
  }
  const bool written = std::fputs(page.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
  return written ? 0 : 1;
}

}  // namespace upslink::app
