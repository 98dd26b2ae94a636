// SPDX-License-Identifier: Apache-2.0
// YamlFile: one YAML file of blocks and known keys, the same for every file that the program reads.
// The door of yaml-cpp.
//
//   YamlFile file(text, "f.yaml");
//   const Key keys[] = {{"log.level", Key::One{[&](const std::string& text) { ... }}}, ...};
//   if (auto bad = file.read(keys)) return bad;      // f.yaml:3:5: log.level: "loud" is not known
//
// A key that is unknown, or that stands there twice, is refused. What a complaint repeats of the
// file are keys that look like keys, so that a secret at the wrong place is not printed.
// One thread at a time.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "app/wording.hpp"

namespace upslink::app {

/// A key and who takes what it says. Takers complain without the place, which is put before it.
struct Key {
  using Take = std::function<Complaint(const std::string& text)>;
  using Forget = std::function<void()>;

  struct One {
    Take take;
    bool may_be_blank = false;  ///< no value at all is taken as an empty text
  };
  struct List {
    Take add;
    Forget clear;           ///< called before the first value
    std::string example{};  ///< of a value; empty: the list may be empty
  };
  /// A list of blocks, each with the same keys.
  struct Entries {
    std::function<std::vector<Key>()> begin;  ///< the keys of the block that begins
    std::function<Complaint()> end;           ///< the block is complete
    Forget clear;                             ///< called before the first block
    std::string example;                      ///< of a block
    std::string within;                       ///< stands before its keys in complaints: "ups."
  };
  /// A block with keys of the operator's own choice. They are not repeated in complaints.
  struct Named {
    std::function<Complaint(const std::string& name, const std::string& text)> add;
    std::string example;  ///< of a line
  };

  std::string path;  ///< with dots, if it stands in a block
  std::variant<One, List, Entries, Named> takes;
};

class YamlFile {
 public:
  struct Place {  // both count from 1
    std::size_t line;
    std::size_t column;
  };

  /// `name` is what complaints call the file.
  YamlFile(std::string text, const std::string& name);

  /// Has the keys take what the text says. They may have taken a part when it complains.
  Complaint read(std::span<const Key> keys);

  /// Whether the key at `path` was read.
  bool has(const std::string& path) const { return places_.contains(path); }
  /// `FILE:LINE:COLUMN: KEY: SENTENCE` for a key that was read.
  std::string about(const std::string& path, const std::string& sentence) const;

 private:
  class Walk;

  std::string text_;
  std::string name_;
  std::map<std::string, Place> places_;  // of the values
};

}  // namespace upslink::app
