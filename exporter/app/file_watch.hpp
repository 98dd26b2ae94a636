// SPDX-License-Identifier: Apache-2.0
// FileWatch: whether files have changed since the last look. It compares what the file system says
// of them (which file, how long, when written), also through links, so that a renamed file and a
// link that points elsewhere count; a file that is not there is as good as any. One thread.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace upslink::app {

class FileWatch {
 public:
  /// Looks at these files from now on.
  void watch(const std::vector<std::string>& paths);

  /// Whether one of them is not what it was at the last call, or at watch().
  bool changed();

  bool empty() const { return seen_.empty(); }

 private:
  std::vector<std::pair<std::string, std::string>> seen_;  // path, and what identifies its content
};

}  // namespace upslink::app
