// SPDX-License-Identifier: Apache-2.0
#include "app/config_file.hpp"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "app/settings.hpp"
#include "app/text_file.hpp"
#include "app/yaml_file.hpp"

namespace upslink::app {
namespace {

template <typename Target>
Key key_of(const Setting<Target>& row, Target& target) {
  const auto take = [&row, &target](const std::string& text) { return row.set(target, text); };
  if (row.values == Values::one) return {std::string(row.key), Key::One{take}};
  return {std::string(row.key),
          Key::List{take, [&row, &target] { row.clear(target); }, std::string(row.standard)}};
}

Complaint identity_complaint(const UpsConfig& ups, const Config& config) {
  if (ups.name.empty()) return "this entry of ups has no name; add one, such as name: rack1";
  if (ups.address.empty()) {
    return "the UPS " + ups.name + " has no address; add one, such as address: /dev/ttyS0";
  }
  if (std::ranges::find(config.ups, ups.name, &UpsConfig::name) != config.ups.end()) {
    return "two UPSes are named " + ups.name + "; give each a name of its own";
  }
  return std::nullopt;
}

/// The UPSes of the file replace those of `config`; `entry` is the one that is being read.
Key upses(const Setting<Config>& row, Config& config, UpsConfig& entry) {
  const auto begin = [&entry] {
    entry = {};
    std::vector<Key> keys;
    for (const Setting<UpsConfig>& setting : ups_settings()) keys.push_back(key_of(setting, entry));
    return keys;
  };
  const auto end = [&config, &entry]() -> Complaint {
    if (auto bad = identity_complaint(entry, config)) return bad;
    config.ups.push_back(std::move(entry));
    return std::nullopt;
  };
  return {std::string(row.key), Key::Entries{begin, end, [&row, &config] { row.clear(config); },
                                             "{name: rack1, address: /dev/ttyS0}", "ups."}};
}

}  // namespace

Complaint load_text(const std::string& text, const std::string& file, Config& config) {
  UpsConfig entry;
  std::vector<Key> keys;
  for (const Setting<Config>& row : settings()) {
    if (row.key.empty()) continue;
    keys.push_back(row.values == Values::entries ? upses(row, config, entry) : key_of(row, config));
  }
  return YamlFile(text, file).read(keys);
}

Complaint load_file(const std::string& path, Config& config) {
  const auto file = read_text_file(path);
  if (!file) {
    return "the configuration file " + on_one_line(path) + " cannot be read (" + file.error() +
           "); name a YAML file that this user may read";
  }
  return load_text(file->text, path, config);
}

}  // namespace upslink::app
