// SPDX-License-Identifier: Apache-2.0
// The manual pages in man(7), made from the rows of settings.hpp and from the rest of --help:
// docs/man/upslink_exporter.1 and docs/man/upslink_exporter.yaml.5. Pure functions; any thread.
#pragma once

#include <string>

namespace upslink::app {

/// upslink_exporter(1): the program, its commands and its flags.
std::string man_page();

/// upslink_exporter.yaml(5): the file, its keys and the forms of their values.
std::string man_page_of_file();

}  // namespace upslink::app
