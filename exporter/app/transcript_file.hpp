// SPDX-License-Identifier: Apache-2.0
// The file that a recording goes to. Opened before anything is recorded, so that what is wrong with
// it shows at once; written in one piece at the end. One thread.
#pragma once

#include <string>

#include "app/wording.hpp"
#include "model/result.hpp"

namespace upslink::app {

class TranscriptFile {
 public:
  /// Makes the file; `-` is standard output. A file that is there already is left alone unless
  /// `force` is set, and even then until write().
  static Result<TranscriptFile, std::string> open(const std::string& path, bool force);

  TranscriptFile(TranscriptFile&& other) noexcept;
  TranscriptFile& operator=(TranscriptFile&&) = delete;
  TranscriptFile(const TranscriptFile&) = delete;
  TranscriptFile& operator=(const TranscriptFile&) = delete;
  /// Without write(): takes the file away again if open() made it.
  ~TranscriptFile();

  Complaint write(const std::string& text);

  /// For people: `the file "su700.txt"`, `standard output`.
  std::string name() const;

 private:
  TranscriptFile(std::string path, int descriptor, bool made)
      : path_(std::move(path)), descriptor_(descriptor), made_(made) {}

  std::string path_;
  int descriptor_;
  bool made_;  // and nothing is in it yet
};

}  // namespace upslink::app
