// SPDX-License-Identifier: Apache-2.0
#include "catalogue/facts.hpp"

#include <variant>

#include "catalogue/codec.hpp"
#include "catalogue/models.hpp"

namespace upslink {
namespace {

constexpr std::size_t status_row = quantity_named("status");
constexpr std::size_t cause_row = quantity_named("transfer_cause");
constexpr std::size_t model_row = quantity_named("model");
constexpr std::size_t firmware_row = quantity_named("firmware");
constexpr std::size_t firmware_code_row = quantity_named("firmware_code");
constexpr std::size_t manufactured_row = quantity_named("manufactured");
constexpr std::size_t protocol_row = quantity_named("protocol");

/// What stays known of a UPS that has fallen silent: who it is.
constexpr bool outlives_silence(const Quantity& row) {
  return row.cadence == Cadence::identity || !row.info_label.empty();
}

}  // namespace

std::optional<bool> Facts::up() const {
  if (!snapshot_.link.up && !snapshot_.link.silent) return std::nullopt;
  return snapshot_.link.up;
}

const Reading* Facts::reading(std::size_t quantity) const {
  if (!snapshot_.link.up && !outlives_silence(quantities[quantity])) return nullptr;
  return snapshot_.reading(quantity, now_);
}

std::optional<double> Facts::number(std::size_t quantity) const {
  const Reading* known = reading(quantity);
  if (known == nullptr) return std::nullopt;
  return std::get<double>(known->value);
}

std::optional<std::uint8_t> Facts::choice(std::size_t quantity) const {
  const Reading* known = reading(quantity);
  if (known == nullptr) return std::nullopt;
  return std::get<Choice>(known->value).index;
}

std::optional<bool> Facts::outside(std::size_t reading, std::size_t high, std::size_t low) const {
  const auto value = number(reading);
  if (!value) return std::nullopt;
  return *value > number(high).value_or(*value) || *value < number(low).value_or(*value);
}

std::optional<bool> Facts::flag(FlagRef flag) const {
  const Reading* known = reading(flag.quantity);
  std::optional<bool> set;
  TimePoint said_at{};
  if (known != nullptr) {
    set = (std::get<Flags>(known->value).bits & flag.mask) != 0;
  }
  if (const auto& last = snapshot_.readings[flag.quantity]) said_at = last->true_at();
  if (flag.quantity != status_row || !snapshot_.link.up) return set;
  for (std::size_t i = 0; i < alerts.size(); ++i) {
    const TimePoint heard = snapshot_.alerts[i].heard_at;
    if (heard <= said_at) continue;
    if ((alerts[i].status_set & flag.mask) != 0) {
      set = true;
    } else if ((alerts[i].status_clear & flag.mask) != 0) {
      set = false;
    } else {
      continue;
    }
    said_at = heard;
  }
  return set;
}

std::optional<bool> Facts::any(std::initializer_list<FlagRef> flags) const {
  std::optional<bool> result;
  for (const FlagRef& one : flags) {
    const auto set = flag(one);
    if (set) result = result.value_or(false) || *set;
  }
  return result;
}

bool Facts::between(std::size_t begins, std::size_t ends) const {
  return snapshot_.alerts[begins].heard_at > snapshot_.alerts[ends].heard_at;
}

bool Facts::heard_within(std::size_t alert, Duration time) const {
  const TimePoint heard = snapshot_.alerts[alert].heard_at;
  return heard != TimePoint{} && now_ - heard < time;
}

std::string_view Facts::raw_text(std::size_t quantity) const {
  const Reading* known = reading(quantity);
  return known == nullptr ? std::string_view{} : std::get<std::string>(known->value);
}

std::string Facts::text(std::size_t quantity) const {
  switch (quantity) {
    case model_row:
      return model_name(raw_text(model_row), raw_text(firmware_row), raw_text(firmware_code_row));
    case manufactured_row:
      return iso_date(raw_text(manufactured_row));
    case protocol_row:
      return std::string(raw_text(protocol_row).substr(0, 1));
    default:
      return std::string(raw_text(quantity));
  }
}

std::optional<std::uint8_t> Facts::present_cause() const {
  const auto& since = snapshot_.totals.on_battery_since;
  const Reading* cause = reading(cause_row);
  if (!since || cause == nullptr || cause->read_at < *since) return std::nullopt;
  return std::get<Choice>(cause->value).index;
}

}  // namespace upslink
