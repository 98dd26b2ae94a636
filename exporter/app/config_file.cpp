// SPDX-License-Identifier: Apache-2.0
#include "app/config_file.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <set>
#include <span>
#include <sstream>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "app/settings.hpp"
#include "model/result.hpp"

namespace upslink::app {
namespace {

constexpr std::size_t longest_file = std::size_t{1} << 20;

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

/// The keys that may stand in the block at `path` (empty: the outermost one).
template <typename Target>
std::vector<std::string> keys_in(std::span<const Setting<Target>> rows, const std::string& path) {
  std::vector<std::string> keys;
  for (const Setting<Target>& row : rows) {
    if (row.key.empty() || !row.key.starts_with(path)) continue;
    const std::string_view rest = row.key.substr(path.size());
    std::string key(rest.substr(0, rest.find('.')));
    if (std::ranges::find(keys, key) == keys.end()) keys.push_back(std::move(key));
  }
  return keys;
}

/// One pass over one file. A path is what the rows call it, with a dot at its end if it is that of
/// a block; `within` is what stands before it for the operator ("ups." or nothing).
class Reader {
 public:
  explicit Reader(std::string file) : file_(std::move(file)) {}

  Complaint document(const YAML::Node& root, Config& config) const {
    return block(root, settings(), "", "", config);
  }

  std::string at(const YAML::Mark& mark) const {
    if (mark.is_null()) return file_ + ": ";
    return file_ + ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1) +
           ": ";
  }

 private:
  template <typename Target>
  Complaint block(const YAML::Node& node, std::span<const Setting<Target>> rows,
                  const std::string& path, const std::string& within, Target& target) const {
    if (node.IsNull()) return std::nullopt;  // all of its keys are commented out
    const std::vector<std::string> keys = keys_in(rows, path);
    if (!node.IsMap()) {
      std::string name = within + path;
      if (name.ends_with('.')) name.pop_back();
      return at(node.Mark()) + (name.empty() ? "the file" : name) + " must be a block of keys (" +
             listed(keys) + "), not " + type_of(node);
    }
    std::set<std::string> seen;
    for (const auto& entry : node) {
      const YAML::Node& key = entry.first;
      if (!key.IsScalar()) return at(key.Mark()) + "a key must be a word, not " + type_of(key);
      const std::string& word = key.Scalar();
      if (std::ranges::find(keys, word) == keys.end()) {
        return at(key.Mark()) + "unknown key " + in_quotes(within + path + word) +
               suggestion(word, keys, rows);
      }
      if (!seen.insert(word).second) {
        return at(key.Mark()) + "the key " + within + path + word +
               " stands here a second time; leave one out";
      }
      if (auto bad = entry_of(entry.first, entry.second, rows, path + word, within, target))
        return bad;
    }
    return std::nullopt;
  }

  template <typename Target>
  std::string suggestion(const std::string& word, const std::vector<std::string>& keys,
                         std::span<const Setting<Target>> rows) const {
    if (const std::size_t dot = word.rfind('.'); dot != std::string::npos) {
      if (std::ranges::find(rows, word, &Setting<Target>::key) != rows.end()) {
        return "; write " + word.substr(dot + 1) + " inside of the block " + word.substr(0, dot);
      }
    }
    if (std::string meant = did_you_mean(word, keys); !meant.empty()) return meant;
    std::vector<std::string> everywhere;
    for (const Setting<Target>& row : rows) everywhere.emplace_back(row.key);
    if (std::string meant = did_you_mean(word, everywhere); !meant.empty()) return meant;
    return "; known here are " + listed(keys);
  }

  template <typename Target>
  Complaint entry_of(const YAML::Node& key, const YAML::Node& value,
                     std::span<const Setting<Target>> rows, const std::string& path,
                     const std::string& within, Target& target) const {
    const auto row = std::ranges::find(rows, path, &Setting<Target>::key);
    if (row == rows.end()) return block(value, rows, path + ".", within, target);
    const std::string name = within + path;
    if constexpr (std::is_same_v<Target, Config>) {
      if (row->values == Values::entries) return upses(value, target);
    }
    if (value.IsNull()) return at(key.Mark()) + name + " has no value; give it one or leave it out";
    if (row->values == Values::list) return list(value, *row, name, target);
    if (!value.IsScalar())
      return at(value.Mark()) + name + " must be one value, not " + type_of(value);
    return set(value, *row, name, target);
  }

  template <typename Target>
  Complaint set(const YAML::Node& value, const Setting<Target>& row, const std::string& name,
                Target& target) const {
    const auto bad = row.set(target, value.Scalar());
    return bad ? at(value.Mark()) + name + ": " + *bad : bad;
  }

  template <typename Target>
  Complaint list(const YAML::Node& value, const Setting<Target>& row, const std::string& name,
                 Target& target) const {
    if (!value.IsSequence() || value.size() == 0) {
      return at(value.Mark()) + name + " must be a list with at least one value, such as [" +
             in_quotes(row.standard) + "]";
    }
    row.clear(target);
    for (const auto& element : value) {
      if (!element.IsScalar()) {
        return at(element.Mark()) + "a value in " + name + " must be text in quotes, not " +
               type_of(element);
      }
      if (auto bad = set(element, row, name, target)) return bad;
    }
    return std::nullopt;
  }

  Complaint upses(const YAML::Node& value, Config& config) const {
    constexpr std::string_view example = "{name: rack1, address: /dev/ttyS0}";
    config.ups.clear();
    if (value.IsNull()) return std::nullopt;
    if (!value.IsSequence()) {
      return at(value.Mark()) + "ups must be a list with entries such as - " + std::string(example);
    }
    for (const auto& element : value) {
      if (!element.IsMap()) {
        return at(element.Mark()) + "an entry of ups must be a block of keys, such as " +
               std::string(example);
      }
      UpsConfig ups;
      if (auto bad = block(element, ups_settings(), "", "ups.", ups)) return bad;
      if (auto bad = identity_complaint(ups, config)) return at(element.Mark()) + *bad;
      config.ups.push_back(std::move(ups));
    }
    return std::nullopt;
  }

  static Complaint identity_complaint(const UpsConfig& ups, const Config& config) {
    if (ups.name.empty()) return "this entry of ups has no name; add one, such as name: rack1";
    if (ups.address.empty()) {
      return "the UPS " + ups.name + " has no address; add one, such as address: /dev/ttyS0";
    }
    if (std::ranges::find(config.ups, ups.name, &UpsConfig::name) != config.ups.end()) {
      return "two UPSes are named " + ups.name + "; give each a name of its own";
    }
    return std::nullopt;
  }

  std::string file_;
};

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

/// What stands in the file; on failure the system's reason.
Result<std::string, std::string> read(const std::string& path) {
  const auto reason = [] { return Error{std::generic_category().message(errno)}; };
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (file < 0) return reason();
  std::string text;
  std::array<char, 4096> part{};
  while (text.size() <= longest_file) {
    const ssize_t got = ::read(file, part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      const auto failure = reason();
      ::close(file);
      return failure;
    }
    if (got == 0) break;
    text.append(part.data(), static_cast<std::size_t>(got));
  }
  ::close(file);
  return text;
}

}  // namespace

Complaint load_text(const std::string& text, const std::string& file, Config& config) {
  const Reader reader(on_one_line(file));
  try {
    const auto rest = second_document(text);
    if (!rest) return reader.document(YAML::Load(text), config);
    const bool marked =
        std::string_view(text).substr(static_cast<std::size_t>(rest->pos)).starts_with("---");
    return reader.at(*rest) +
           (marked ? "a second YAML document begins here; keep all settings in one"
                   : "what stands here does not belong to what is before it; look at the "
                     "indentation and the brackets");
  } catch (const YAML::Exception& broken) {
    return reader.at(broken.mark) + "this is not YAML (" + on_one_line(broken.msg) +
           "); look at the indentation, brackets and quotes here and just before";
  }
}

Complaint load_file(const std::string& path, Config& config) {
  const auto text = read(path);
  if (!text) {
    return "the configuration file " + on_one_line(path) + " cannot be read (" + text.error() +
           "); name a YAML file that this user may read";
  }
  if (text->size() > longest_file) {
    return "the configuration file " + on_one_line(path) +
           " is larger than 1 MiB; name a YAML file";
  }
  return load_text(*text, path, config);
}

}  // namespace upslink::app
