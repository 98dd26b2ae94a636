// SPDX-License-Identifier: Apache-2.0
#include "catalogue/models.hpp"

#include <algorithm>
#include <array>

namespace upslink {
namespace {

/// One SKU number. Names: device dumps of Network UPS Tools' device library and the apcupsd manual.
/// `watts` is given only where `source`, a public page, names it.
struct Sku {
  std::string_view number;
  std::string_view name;
  double watts = 0;
  std::string_view source = {};
};

// clang-format off
constexpr auto skus = std::to_array<Sku>({
    {"11",  "Back-UPS Pro 420"},
    {"12",  "Back-UPS Pro 650"},
    {"13",  "Back-UPS Pro 1000"},
    {"17",  "Back-UPS Pro 500"},
    {"22",  "Smart-UPS 620"},
    {"26",  "PowerStack"},
    {"42",  "Smart-UPS v/s 420"},
    {"50",  "Smart-UPS 700", 450, "https://www.hardwareinsights.com/database-of-ups-output-waveforms/2/"},
    {"51",  "Smart-UPS 700 XL"},
    {"52",  "Smart-UPS 700 RM"},
    {"60",  "Smart-UPS 1000", 670, "https://www.oreilly.com/library/view/pc-hardware-in/0596003536/ch27s03.html"},
    {"61",  "Smart-UPS 1000 XL"},
    {"62",  "Smart-UPS v/s 650"},
    {"70",  "Smart-UPS 1400"},
    {"73",  "Smart-UPS 1400 RM XL"},
    {"80",  "Smart-UPS 2200"},
    {"90",  "Smart-UPS 3000"},
    {"92",  "Smart-UPS 3000 RM"},
    {"93",  "Smart-UPS 3000 RM XL"},
    {"110", "Smart-UPS 5000"},
    {"112", "Smart-UPS 5000 RM"},
    {"152", "Smart-UPS 700 RM"},
    {"157", "Smart-UPS 1000 RM"},
    {"162", "Smart-UPS 1400 RM"},
    {"381", "Smart-UPS DP 8000 XL"},
    {"411", "Smart-UPS RT 1000 XL"},
    {"416", "Smart-UPS RT 2000 XL"},
    {"450", "Smart-UPS RT 3000 XL"},
    {"451", "Smart-UPS RT 5000 XL"},
    {"476", "Smart-UPS RT 10000 XL"},
    {"477", "Smart-UPS RT 8000 XL"},
    {"601", "Smart-UPS 1500"},
    {"617", "Smart-UPS 1500 RM"},
    {"619", "Smart-UPS 750 RM"},
    {"630", "Smart-UPS 750 XL"},
    {"651", "Smart-UPS 750"},
    {"652", "Smart-UPS 1000", 670, "https://www.hardwareinsights.com/database-of-ups-output-waveforms/2/"},
    {"653", "Smart-UPS 1500"},
    {"654", "Smart-UPS 2200"},
    {"665", "Smart-UPS 2200 RM"},
    {"666", "Smart-UPS 3000 RM"},
    {"667", "Smart-UPS 1500 RM"},
    {"681", "Smart-UPS 1000 XL"},
    {"690", "Smart-UPS 2200 XL"},
    {"715", "Smart-UPS 3000 RM XL"},
    {"716", "Smart-UPS 1500 RM XL"},
    {"725", "Smart-UPS SC420"},
    {"726", "Smart-UPS SC620"},
    {"735", "Smart-UPS SC250 RM"},
    {"736", "Smart-UPS SC450 RM"},
    {"737", "Smart-UPS SC1000"},
    {"738", "Smart-UPS SC1500"},
});

/// The first character of the reply to `V`. Only those on which sources and real units agree: later
/// units reuse 5, D and F for something else. Source: apcupsd manual, smart protocol chapter.
struct Code {
  char first;
  std::string_view name;
};

constexpr auto codes = std::to_array<Code>({
    {'0', "Matrix-UPS 3000"}, {'2', "Smart-UPS 250"},     {'4', "Smart-UPS 400"},
    {'6', "Smart-UPS 600"},   {'7', "Smart-UPS 900"},     {'8', "Smart-UPS 1250"},
    {'9', "Smart-UPS 2000"},  {'G', "Smart-UPS 700"},     {'I', "Smart-UPS 1000"},
    {'K', "Smart-UPS 1400"},  {'M', "Smart-UPS 2200"},    {'O', "Smart-UPS 3000"},
    {'P', "Smart-UPS 5000"},
});
// clang-format on

static_assert(std::ranges::all_of(skus,
                                  [](const Sku& sku) {
                                    return (sku.watts > 0) == !sku.source.empty();
                                  }),
              "nominal power needs a public source");

const Sku* find_sku(std::string_view firmware) {
  const auto point = firmware.find('.');
  if (point == std::string_view::npos) return nullptr;  // some units answer `b` with a voltage
  const auto* sku = std::ranges::find(skus, firmware.substr(0, point), &Sku::number);
  return sku == skus.end() ? nullptr : sku;
}

}  // namespace

std::string model_name(std::string_view own, std::string_view firmware, std::string_view code) {
  if (!own.empty()) return std::string(own);
  if (const Sku* sku = find_sku(firmware)) return std::string(sku->name);
  const auto* by_code = std::ranges::find(codes, code.empty() ? '\0' : code.front(), &Code::first);
  return by_code == codes.end() ? std::string{} : std::string(by_code->name);
}

std::optional<double> nominal_power_watts(std::string_view firmware) {
  const Sku* sku = find_sku(firmware);
  if (sku == nullptr || sku->watts <= 0) return std::nullopt;
  return sku->watts;
}

}  // namespace upslink
