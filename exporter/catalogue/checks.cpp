// SPDX-License-Identifier: Apache-2.0
// What the compiler proves about the catalogue. Nothing of this is linked; a row that breaks a rule
// does not compile.
#include <algorithm>
#include <string_view>

#include "catalogue/alarms.hpp"
#include "catalogue/allowed.hpp"
#include "catalogue/families.hpp"
#include "catalogue/mib.hpp"
#include "catalogue/own_families.hpp"
#include "catalogue/quantities.hpp"

namespace upslink {
namespace {

constexpr bool is_snake_case(std::string_view name) {
  if (name.empty() || name.front() < 'a' || name.front() > 'z' || name.back() == '_') return false;
  return std::ranges::all_of(
      name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

constexpr bool is_label_value(std::string_view value) {
  return std::ranges::all_of(
      value, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

template <typename Rows, typename Rule>
constexpr bool every(const Rows& rows, Rule rule) {
  return std::ranges::all_of(rows, rule);
}

template <typename Rows, typename Key>
constexpr bool unique(const Rows& rows, Key key) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (key(rows[i]) == key(rows[k])) return false;
    }
  }
  return true;
}

/// Rows with an equal key stand next to each other.
template <typename Rows, typename Key>
constexpr bool adjacent(const Rows& rows, Key key) {
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (key(rows[i]) == key(rows[i - 1])) continue;
    for (std::size_t k = 0; k + 1 < i; ++k) {
      if (key(rows[i]) == key(rows[k])) return false;
    }
  }
  return true;
}

constexpr bool names_its_unit(std::string_view metric, Unit unit, bool counter) {
  if (counter && !metric.ends_with("_total")) return false;
  if (counter) metric.remove_suffix(std::string_view("_total").size());
  if (unit == Unit::none) {
    return every(unit_names, [&](std::string_view name) {
      return name.empty() || !(metric.ends_with(name) && metric.size() > name.size() &&
                               metric[metric.size() - name.size() - 1] == '_');
    });
  }
  return metric.ends_with(name_of(unit));
}

constexpr bool has_text(const Members& members) {
  return every(members, [](const Member& m) {
    return is_label_value(m.name) && m.name.empty() == m.text.empty();
  });
}

// Names
static_assert(every(quantities, [](const Quantity& q) { return is_snake_case(q.name); }));
static_assert(unique(quantities, [](const Quantity& q) { return q.name; }));
static_assert(every(quantities,
                    [](const Quantity& q) {
                      return q.metric.empty() ? q.kind == Kind::text : is_snake_case(q.metric);
                    }),
              "every quantity but a text has a metric");
static_assert(every(quantities, [](const Quantity& q) { return q.help.ends_with('.'); }),
              "help is a sentence and ends in a full stop");
static_assert(every(quantities,
                    [](const Quantity& q) {
                      return q.metric.empty() || names_its_unit(q.metric, q.unit, false);
                    }),
              "a metric's name ends in its unit");

// Commands
static_assert(every(quantities, [](const Quantity& q) { return may_be_sent(q.command); }),
              "a command outside the read-only set");
static_assert(every(allowed_bytes,
                    [](char c) { return dangerous_bytes.find(c) == std::string_view::npos; }),
              "a byte that changes a unit is allowed");
static_assert(unique(allowed_bytes, [](char c) { return c; }));
static_assert(every(allowed_bytes,
                    [](char c) {
                      return c == handshake_byte ||
                             std::ranges::any_of(commands, [&](Command k) { return k.byte == c; });
                    }),
              "an allowed byte that no row uses");
static_assert(adjacent(quantities, [](const Quantity& q) { return q.command; }),
              "rows of one command are adjacent");
static_assert(every(quantities,
                    [](const Quantity& q) {
                      return q.peer == 0 || std::ranges::any_of(quantities, [&](const Quantity& p) {
                               return p.command == q.peer && p.unit == q.unit;
                             });
                    }),
              "a peer is another row of the same unit");
static_assert(every(commands,
                    [](Command c) {
                      for (std::size_t i = c.first; i < c.first + c.count; ++i) {
                        if (quantities[i].cadence != c.row().cadence) return false;
                        if (quantities[i].care != c.row().care) return false;
                      }
                      return true;
                    }),
              "rows of one command are read together");

// Families
static_assert(adjacent(quantities, [](const Quantity& q) { return q.metric; }),
              "rows of one family are adjacent");
static_assert(every(quantities,
                    [](const Quantity& q) {
                      return every(quantities, [&](const Quantity& p) {
                        return q.metric.empty() || p.metric != q.metric || !p.info_label.empty() ||
                               (p.help == q.help && p.unit == q.unit && p.kind == q.kind &&
                                p.label.name == q.label.name &&
                                (&p == &q || p.label.value != q.label.value));
                      });
                    }),
              "rows of one family differ by their fixed label alone");

// Members
static_assert(every(quantities,
                    [](const Quantity& q) {
                      const bool listed = q.kind == Kind::flags || q.kind == Kind::choice;
                      return listed != q.members.empty() && (!listed || !q.member_label.empty());
                    }),
              "flags and choices have members, nothing else has");
static_assert(every(quantities, [](const Quantity& q) {
  return q.kind != Kind::flags || q.members.size() == 8;
}));
static_assert(every(quantities, [](const Quantity& q) { return has_text(q.members); }));
static_assert(every(quantities,
                    [](const Quantity& q) {
                      return every(q.members, [&](const Member& m) {
                        return (q.form == Form::token) != m.tokens.empty();
                      });
                    }),
              "choices have tokens, flags have none");
static_assert(unique(alerts, [](const Alert& a) { return a.byte; }));
static_assert(unique(alerts, [](const Alert& a) { return a.name; }));

// UPSLINK-MIB
/// Tables with an index of their own begin with it.
constexpr std::uint32_t first_column(MibTable table) {
  const bool has_index = table == MibTable::ups || index_of(table) != MibIndex::none;
  return has_index ? mib_index_column + 1 : 1;
}

constexpr bool stands_well(MibColumn c) {
  return c.table != MibTable::none && c.column >= first_column(c.table);
}

constexpr bool same_column(MibColumn a, MibColumn b) {
  return a == b;
}

constexpr std::uint32_t probe_number(const Quantity& q) {
  return q.mib.table == MibTable::probe ? probe_of(q) : 0;
}

static_assert(every(quantities,
                    [](const Quantity& q) {
                      return stands_well(q.mib) == (q.cadence != Cadence::on_request);
                    }),
              "what is served stands in a table of the MIB");
static_assert(every(quantities,
                    [](const Quantity& q) {
                      return every(quantities, [&](const Quantity& p) {
                        return &p == &q || q.mib.column == 0 || !same_column(q.mib, p.mib) ||
                               (probe_number(q) != probe_number(p) && q.help == p.help &&
                                q.unit == p.unit);
                      });
                    }),
              "a column is given twice");
static_assert(every(quantities,
                    [](const Quantity& q) {
                      return every(q.members, [](const Member& m) {
                        return m.tokens.empty() == (m.number == 0);
                      });
                    }),
              "choices have a number in the MIB, flags have their bit");
static_assert(every(quantities, [](const Quantity& q) {
  return q.kind != Kind::choice || unique(q.members, [](const Member& m) { return m.number; });
}));
constexpr auto mib_columns = [] {
  std::array<MibColumn, line_families.size() + mib_only_families.size() + 5> all{
      mib_ups_name, mib_link_kind, mib_alarm_descr, mib_alarm_time, mib_alarm_text};
  std::size_t next = 5;
  for (const LineFamily& f : line_families) all[next++] = f.mib;
  for (const LineFamily& f : mib_only_families) all[next++] = f.mib;
  return all;
}();
static_assert(every(mib_columns,
                    [](const MibColumn& c) {
                      return stands_well(c) && every(quantities, [&](const Quantity& q) {
                               return !same_column(q.mib, c);
                             });
                    }),
              "a column is given twice");
static_assert(unique(mib_columns, [](const MibColumn& c) {
  return static_cast<unsigned>(c.table) * 256U + c.column;
}));
static_assert(every(mib_only_families, [](const LineFamily& f) {
  return f.metric.empty() && f.help.ends_with('.') && !f.object.empty();
}));
static_assert(unique(mib_tables, [](const MibTableRow& t) { return t.table; }));

// Alarms
static_assert(unique(alarms, [](const Alarm& a) { return a.name; }));
static_assert(unique(alarms, [](const Alarm& a) { return a.well_known * 256U + a.own; }));
static_assert(every(alarms, [](const Alarm& a) {
  return is_snake_case(a.name) && a.text.ends_with('.') && (a.well_known == 0) != (a.own == 0);
}));

// The line itself
static_assert(every(line_families, [](const LineFamily& f) {
  return is_snake_case(f.metric) && f.help.ends_with('.') &&
         names_its_unit(f.metric, f.unit, f.counter);
}));
static_assert(unique(line_families, [](const LineFamily& f) { return f.metric; }));
static_assert(every(line_families,
                    [](const LineFamily& f) {
                      return every(quantities,
                                   [&](const Quantity& q) { return q.metric != f.metric; });
                    }),
              "a family stands in one of the two tables");

// The exporter itself
static_assert(every(own_families, [](const OwnFamily& f) {
  return is_snake_case(f.metric) && f.help.ends_with('.') &&
         names_its_unit(f.metric, f.unit, f.counter);
}));
static_assert(unique(own_families, [](const OwnFamily& f) { return f.metric; }));

}  // namespace
}  // namespace upslink
