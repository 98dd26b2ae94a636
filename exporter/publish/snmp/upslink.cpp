// SPDX-License-Identifier: Apache-2.0
// UPSLINK-MIB: a loop over the catalogue. What it serves, and where, stands in catalogue/mib.hpp.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <string>

#include "catalogue/mib.hpp"
#include "catalogue/reading_families.hpp"
#include "publish/snmp/upslink.hpp"
#include "publish/snmp/views.hpp"

namespace upslink::snmp {
namespace {

/// BITS begin with the highest bit of the first octet (RFC 2578, 7.1.4); registers end with it.
SnmpValue bits_value(const Quantity& row, Flags flags) {
  unsigned reversed = 0;
  for (std::size_t bit = 0; bit < row.members.size(); ++bit) {
    const bool named = !row.members[bit].name.empty() || shows_undocumented_bits(row);
    if (named && (unsigned{flags.bits} >> bit & 1U) != 0) reversed |= 0x80U >> bit;
  }
  return octets(std::string(1, static_cast<char>(reversed)));
}

SnmpValue truth(bool value) {
  return integer(value ? 1 : 2);
}

std::int64_t rounded(double value) {
  return static_cast<std::int64_t>(std::llround(value));
}

SnmpValue number_value(Syntax syntax, Unit unit, double value) {
  switch (syntax) {
    case Syntax::truth:
      return truth(value != 0);
    case Syntax::hundredths:
      return integer(std::min<std::int64_t>(rounded(value * hundredths_in(unit)), 2147483647));
    case Syntax::date:
      return date_and_time(WallTime(std::chrono::milliseconds(rounded(value * 1000))));
    case Syntax::counter:
      return {Type::counter, static_cast<std::int64_t>(value)};
    case Syntax::counter64:
      return {Type::counter64, static_cast<std::int64_t>(value)};
    case Syntax::whole:
    case Syntax::text:
    case Syntax::bits:
    case Syntax::choice:
      break;
  }
  return gauge(rounded(value));
}

/// Collects the instances of one UPS.
class UpslinkView {
 public:
  UpslinkView(const Subject& ups, Cells& cells) : ups_(ups), cells_(cells) {}

  void add() {
    add_at(mib_ups_name, octets(ups_.name));
    if (!ups_.facts.snapshot().link.kind.empty()) {
      add_at(mib_link_kind, integer(ups_.facts.snapshot().link.kind == "tty" ? 1 : 2));
    }
    for (std::size_t i = 0; i < quantity_count; ++i) add_quantity(i);
    for (const LineFamily& row : line_families) add_line(row);
    for (const LineFamily& row : mib_only_families) add_line(row);
    for (std::size_t i = 0; i < alarm_count; ++i) add_alarm(i);
  }

 private:
  void add_at(MibColumn at, SnmpValue value, std::uint32_t index = 0) {
    Oid oid = instance(ups_.base, at, ups_.index);
    if (index != 0) oid = oid + Oid{index};
    cells_.push_back({oid, std::move(value)});
  }

  void add_quantity(std::size_t quantity) {
    const Quantity& row = quantities[quantity];
    if (row.mib.table == MibTable::none) return;
    const std::uint32_t index = row.mib.table == MibTable::probe ? probe_of(row) : 0;
    if (auto value = value_of(ups_.facts, quantity)) add_at(row.mib, *std::move(value), index);
  }

  void add_line(const LineFamily& row) {
    if (row.measured && !ups_.up()) return;
    for (std::size_t i = 0; i < row.members; ++i) {
      const auto value = row.sample(ups_.facts.snapshot(), i, ups_.facts.now());
      if (value) add_at(row.mib, value_of(row, *value), index_of(row, i));
    }
  }

  void add_alarm(std::size_t alarm) {
    const AlarmEntry& entry = ups_.alarms[alarm];
    if (!entry.shown) return;
    const auto ago = ups_.facts.now() - entry.since;
    add_at(mib_alarm_descr, oid_value(alarm_identity(alarm, ups_.base)), entry.id);
    add_at(mib_alarm_time,
           date_and_time(WallClock::now() - std::chrono::duration_cast<WallClock::duration>(ago)),
           entry.id);
    add_at(mib_alarm_text, octets(alarms[alarm].text), entry.id);
  }

  const Subject& ups_;
  Cells& cells_;
};

}  // namespace

std::optional<SnmpValue> value_of(const Facts& facts, std::size_t quantity) {
  const Quantity& row = quantities[quantity];
  if (row.kind == Kind::text) {  // the model may be told by other replies than its own
    const auto text = facts.text(quantity);
    return text.empty() ? std::nullopt : std::optional(octets(text));
  }
  const Reading* known = facts.reading(quantity);
  if (known == nullptr) return std::nullopt;
  if (row.kind == Kind::flags) return bits_value(row, std::get<Flags>(known->value));
  if (row.kind == Kind::choice) {
    return integer(row.members[std::get<Choice>(known->value).index].number);
  }
  return number_value(syntax_of(row), row.unit, std::get<double>(known->value));
}

SnmpValue value_of(const LineFamily& row, double value) {
  return number_value(syntax_of(row), row.unit, value);
}

SnmpValue date_and_time(WallTime time) {
  using namespace std::chrono;
  const auto tenths = floor<duration<std::int64_t, std::deci>>(time);
  const auto day = floor<days>(tenths);
  const year_month_day date(day);
  const hh_mm_ss clock(tenths - day);
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
  const auto octet = [](auto n) { return static_cast<char>(static_cast<unsigned>(n)); };
  return octets(std::string{octet(year >> 8U), octet(year & 0xffU),
                            octet(static_cast<unsigned>(date.month())),
                            octet(static_cast<unsigned>(date.day())), octet(clock.hours().count()),
                            octet(clock.minutes().count()), octet(clock.seconds().count()),
                            octet(clock.subseconds().count()), '+', '\0', '\0'});
}

Oid instance(const Oid& base, MibColumn at, std::uint32_t ups_index) {
  return base + Oid{mib_objects_arc, static_cast<std::uint32_t>(at.table), 1, at.column, ups_index};
}

Oid alarm_identity(std::size_t alarm, const Oid& base) {
  const Alarm& row = alarms[alarm];
  if (row.well_known != 0) return rfc1628_root + Oid{1, 6, 3, row.well_known};
  return base + Oid{mib_alarms_arc, row.own};
}

void add_upslink(const Subject& ups, Cells& cells) {
  UpslinkView(ups, cells).add();
}

}  // namespace upslink::snmp
