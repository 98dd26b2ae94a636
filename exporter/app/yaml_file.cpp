// SPDX-License-Identifier: Apache-2.0
#include "app/yaml_file.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <optional>
#include <set>
#include <sstream>
#include <string_view>
#include <utility>

namespace upslink::app {
namespace {

std::string type_of(const YAML::Node& node) {
  if (node.IsMap()) return "a block of keys";
  if (node.IsSequence()) return "a list";
  if (node.IsNull()) return "nothing";
  return "one value";
}

std::string listed(std::span<const std::string> names) {
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
  return all;
}

/// The words that may stand in the block at `path` (empty: the outermost one).
std::vector<std::string> words_in(std::span<const Key> keys, const std::string& path) {
  std::vector<std::string> words;
  for (const Key& key : keys) {
    if (!key.path.starts_with(path)) continue;
    const std::string_view rest = std::string_view(key.path).substr(path.size());
    std::string word(rest.substr(0, rest.find('.')));
    if (std::ranges::find(words, word) == words.end()) words.push_back(std::move(word));
  }
  return words;
}

bool looks_like_a_key(std::string_view word) {
  constexpr std::size_t longest = 40;
  return !word.empty() && word.size() <= longest && std::ranges::all_of(word, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

std::string suggestion(const std::string& word, std::span<const std::string> words,
                       std::span<const Key> keys) {
  if (const std::size_t dot = word.rfind('.'); dot != std::string::npos) {
    if (std::ranges::find(keys, word, &Key::path) != keys.end()) {
      return "; write " + word.substr(dot + 1) + " inside of the block " + word.substr(0, dot);
    }
  }
  if (std::string meant = did_you_mean(word, words); !meant.empty()) return meant;
  std::vector<std::string> everywhere;
  for (const Key& key : keys) everywhere.push_back(key.path);
  if (std::string meant = did_you_mean(word, everywhere); !meant.empty()) return meant;
  return "; known here are " + listed(words);
}

YamlFile::Place place_of(const YAML::Mark& mark) {
  return {static_cast<std::size_t>(mark.line) + 1, static_cast<std::size_t>(mark.column) + 1};
}

std::string before(const std::string& file, const YamlFile::Place& place) {
  return file + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) + ": ";
}

std::string before(const std::string& file, const YAML::Mark& mark) {
  return mark.is_null() ? file + ": " : before(file, place_of(mark));
}

/// Notes where documents begin and passes over what they contain.
class DocumentStarts : public YAML::EventHandler {
 public:
  std::vector<YAML::Mark> starts;

  void OnDocumentStart(const YAML::Mark& mark) override { starts.push_back(mark); }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

/// Where a second document begins, if one does. (YAML::LoadAll of yaml-cpp 0.7 never returns when a
/// stray comma follows a document: it finds empty documents there until the memory is used up.)
std::optional<YAML::Mark> second_document(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  DocumentStarts documents;
  while (documents.starts.size() < 2 && parser.HandleNextDocument(documents)) {
  }
  if (documents.starts.size() < 2) return std::nullopt;
  return documents.starts[1];
}

}  // namespace

/// One pass over one file. A path has a dot at its end if it is that of a block; `within` is what
/// stands before it for the operator ("ups." or nothing).
class YamlFile::Walk {
 public:
  explicit Walk(YamlFile& file) : file_(file) {}

  Complaint block(const YAML::Node& node, std::span<const Key> keys, const std::string& path,
                  const std::string& within) {
    if (node.IsNull()) return std::nullopt;  // all of its keys are commented out
    const std::vector<std::string> words = words_in(keys, path);
    if (!node.IsMap()) {
      std::string name = within + path;
      if (name.ends_with('.')) name.pop_back();
      return at(node) + (name.empty() ? "the file" : name) + " must be a block of keys (" +
             listed(words) + "), not " + type_of(node);
    }
    std::set<std::string> seen;
    for (const auto& entry : node) {
      if (auto bad = word_complaint(entry.first, words, keys, path, within)) return bad;
      const std::string& word = entry.first.Scalar();
      if (!seen.insert(word).second) {
        return at(entry.first) + "the key " + within + path + word +
               " stands here a second time; leave one out";
      }
      if (auto bad = value(entry.first, entry.second, keys, path + word, within)) return bad;
    }
    return std::nullopt;
  }

 private:
  std::string at(const YAML::Node& node) const { return before(file_.name_, node.Mark()); }

  Complaint word_complaint(const YAML::Node& key, std::span<const std::string> words,
                           std::span<const Key> keys, const std::string& path,
                           const std::string& within) const {
    if (!key.IsScalar()) return at(key) + "a key must be a word, not " + type_of(key);
    const std::string& word = key.Scalar();
    if (std::ranges::find(words, word) != words.end()) return std::nullopt;
    if (!looks_like_a_key(word)) {
      return at(key) + "this is no key; known here are " + listed(words);
    }
    return at(key) + "unknown key " + in_quotes(within + path + word) +
           suggestion(word, words, keys);
  }

  Complaint value(const YAML::Node& word, const YAML::Node& node, std::span<const Key> keys,
                  const std::string& path, const std::string& within) {
    const auto key = std::ranges::find(keys, path, &Key::path);
    if (key == keys.end()) {
      file_.places_.emplace(path, place_of(word.Mark()));
      return block(node, keys, path + ".", within);
    }
    file_.places_.insert_or_assign(within + path, place_of(node.Mark()));
    return std::visit([&](const auto& takes) { return take(word, node, takes, within + path); },
                      key->takes);
  }

  Complaint take(const YAML::Node& word, const YAML::Node& node, const Key::One& one,
                 const std::string& name) {
    if (node.IsNull() && !one.may_be_blank) return no_value(word, name);
    if (!node.IsScalar() && !node.IsNull())
      return at(node) + name + " must be one value, not " + type_of(node);
    return placed(node, name, one.take(node.IsNull() ? std::string() : node.Scalar()));
  }

  Complaint take(const YAML::Node& word, const YAML::Node& node, const Key::List& list,
                 const std::string& name) {
    const bool may_be_empty = list.example.empty();
    if (node.IsNull() && !may_be_empty) return no_value(word, name);
    if (!node.IsNull() && (!node.IsSequence() || (node.size() == 0 && !may_be_empty))) {
      return at(node) + name + " must be a list" +
             (may_be_empty ? std::string(", even of one value")
                           : " with at least one value, such as [" + in_quotes(list.example) + "]");
    }
    list.clear();
    for (const auto& element : node) {
      if (!element.IsScalar()) {
        return at(element) + "a value in " + name + " must be text in quotes, not " +
               type_of(element);
      }
      if (auto bad = list.add(element.Scalar())) return placed(element, name, bad);
    }
    return std::nullopt;
  }

  Complaint take(const YAML::Node&, const YAML::Node& node, const Key::Entries& entries,
                 const std::string& name) {
    entries.clear();
    if (node.IsNull()) return std::nullopt;
    if (!node.IsSequence()) {
      return at(node) + name + " must be a list with entries such as - " + entries.example;
    }
    for (const auto& element : node) {
      if (!element.IsMap()) {
        return at(element) + "an entry of " + name + " must be a block of keys, such as " +
               entries.example;
      }
      const std::vector<Key> keys = entries.begin();
      if (auto bad = block(element, keys, "", entries.within)) return bad;
      if (auto bad = entries.end()) return at(element) + *bad;
    }
    return std::nullopt;
  }

  Complaint take(const YAML::Node&, const YAML::Node& node, const Key::Named& named,
                 const std::string& name) {
    if (node.IsNull()) return std::nullopt;
    if (!node.IsMap()) {
      return at(node) + name + " must be a block with lines such as " + named.example;
    }
    std::set<std::string> seen;
    for (const auto& entry : node) {
      if (!entry.first.IsScalar() || !entry.second.IsScalar()) {
        return at(entry.first) + name + " must have lines such as " + named.example;
      }
      if (!seen.insert(entry.first.Scalar()).second) {
        return at(entry.first) + name + ": this name stands here a second time; leave one out";
      }
      const auto bad = named.add(entry.first.Scalar(), entry.second.Scalar());
      if (bad) return placed(entry.first, name, bad);
    }
    return std::nullopt;
  }

  Complaint no_value(const YAML::Node& word, const std::string& name) const {
    return at(word) + name + " has no value; give it one or leave it out";
  }

  Complaint placed(const YAML::Node& node, const std::string& name, const Complaint& bad) const {
    return bad ? at(node) + name + ": " + *bad : bad;
  }

  YamlFile& file_;
};

YamlFile::YamlFile(std::string text, const std::string& name)
    : text_(std::move(text)), name_(on_one_line(name)) {}

Complaint YamlFile::read(std::span<const Key> keys) {
  places_.clear();
  try {
    const auto rest = second_document(text_);
    if (!rest) return Walk(*this).block(YAML::Load(text_), keys, "", "");
    const bool marked =
        std::string_view(text_).substr(static_cast<std::size_t>(rest->pos)).starts_with("---");
    return before(name_, *rest) +
           (marked ? "a second YAML document begins here; keep all settings in one"
                   : "what stands here does not belong to what is before it; look at the "
                     "indentation and the brackets");
  } catch (const YAML::Exception& broken) {
    // What follows a colon is text of the file, which may be a secret.
    const std::string why = broken.msg.substr(0, broken.msg.find(": "));
    return before(name_, broken.mark) + "this is not YAML (" + on_one_line(why) +
           "); look at the indentation, brackets and quotes here and just before";
  }
}

std::string YamlFile::about(const std::string& path, const std::string& sentence) const {
  const auto place = places_.find(path);
  const std::string where = place == places_.end() ? name_ + ": " : before(name_, place->second);
  return where + path + ": " + sentence;
}

}  // namespace upslink::app
