// SPDX-License-Identifier: Apache-2.0
// What no table tells: the parts of UPSLINK-MIB that are written by hand. mib_page.cpp puts them
// around what it makes of the catalogue. With a change of the module, LAST-UPDATED changes, and a
// REVISION says what is new. Constants; any thread.
#pragma once

#include <array>
#include <string_view>

#include "catalogue/mib.hpp"

namespace upslink::describe::mib_frame {

/// Ends where the import of the root follows.
inline constexpr std::string_view head = R"(-- SPDX-License-Identifier: Apache-2.0
-- Made by `upslink_exporter describe mib`. Do not edit.

UPSLINK-MIB DEFINITIONS ::= BEGIN

IMPORTS
    MODULE-IDENTITY, OBJECT-TYPE, OBJECT-IDENTITY, NOTIFICATION-TYPE,
    Integer32, Unsigned32, Gauge32, Counter32, Counter64)";

inline constexpr std::string_view root_in_playpen = R"(
        FROM SNMPv2-SMI
    netSnmpPlaypen
        FROM NET-SNMP-MIB)";

inline constexpr std::string_view root_in_enterprises = R"(,
    enterprises
        FROM SNMPv2-SMI)";

inline constexpr std::string_view other_imports = R"(
    TEXTUAL-CONVENTION, TruthValue, DateAndTime, AutonomousType
        FROM SNMPv2-TC
    MODULE-COMPLIANCE, OBJECT-GROUP, NOTIFICATION-GROUP
        FROM SNMPv2-CONF
    SnmpAdminString
        FROM SNMP-FRAMEWORK-MIB;
)";

/// Ends where its place in the tree follows.
inline constexpr std::string_view identity = R"(
upslinkMIB MODULE-IDENTITY
    LAST-UPDATED "202611210000Z"
    ORGANIZATION "upslink_exporter"
    CONTACT-INFO "The maintainers of upslink_exporter."
    DESCRIPTION
        "What APC UPSes say by their serial smart protocol (UPS-Link),
         as upslink_exporter reads it: any number of UPSes, each a row
         of upslinkUpsTable. The same readings are Prometheus metrics.

         What is not known has no instance. A UPS without a temperature
         sensor has no upslinkInternalTemperature; there is never a 0
         or -1 in place of a value. What a UPS no longer says goes
         likewise: when it does not answer, upslinkUp is false, and of
         its readings only those stay that tell who it is.

         Counters start at 0 when the exporter starts. Nothing can be
         written."
    REVISION     "202611210000Z"
    DESCRIPTION
        "The first version.")";

inline constexpr std::string_view arcs = R"(
upslinkNotifications OBJECT IDENTIFIER ::= { upslinkMIB 0 }
upslinkObjects       OBJECT IDENTIFIER ::= { upslinkMIB 1 }
upslinkConformance   OBJECT IDENTIFIER ::= { upslinkMIB 2 }
upslinkAlarms        OBJECT IDENTIFIER ::= { upslinkMIB 3 }
)";
static_assert(mib_notifications_arc == 0 && mib_objects_arc == 1 && mib_conformance_arc == 2 &&
              mib_alarms_arc == 3);

inline constexpr std::string_view hundredths = R"(
UpslinkHundredths ::= TEXTUAL-CONVENTION
    DISPLAY-HINT "d-2"
    STATUS       current
    DESCRIPTION
        "A number in hundredths of its unit: 23040 are 230.40 volts."
    SYNTAX       Integer32
)";

inline constexpr std::string_view agent = R"(
upslinkAgent OBJECT IDENTIFIER ::= { upslinkObjects 1 }

upslinkAgentVersion OBJECT-TYPE
    SYNTAX      SnmpAdminString
    MAX-ACCESS  read-only
    STATUS      current
    DESCRIPTION
        "The version of the exporter."
    ::= { upslinkAgent 1 }

upslinkUpsCount OBJECT-TYPE
    SYNTAX      Gauge32
    MAX-ACCESS  read-only
    STATUS      current
    DESCRIPTION
        "How many UPSes are configured."
    ::= { upslinkAgent 2 }
)";
static_assert(mib_agent_arc == 1 && mib_agent_version == 1 && mib_ups_count == 2);

inline constexpr std::string_view compliances = R"(
upslinkCompliances        OBJECT IDENTIFIER ::= { upslinkConformance 1 }
upslinkGroups             OBJECT IDENTIFIER ::= { upslinkConformance 2 }
upslinkNotificationGroups OBJECT IDENTIFIER ::= { upslinkConformance 3 }
)";

inline constexpr std::string_view agent_group = R"(
upslinkAgentGroup OBJECT-GROUP
    OBJECTS     { upslinkAgentVersion, upslinkUpsCount }
    STATUS      current
    DESCRIPTION
        "The exporter itself."
    ::= { upslinkGroups 1 }
)";

/// An index that a table has of its own.
struct Index {
  MibIndex index;
  std::string_view type;
  std::string_view range;       ///< of one that is only a number
  std::string_view column;      ///< the description of the column
  std::string_view convention;  ///< that of the type, if it is ours: its values have names
};

// clang-format off
inline constexpr auto indexes = std::to_array<Index>({
    {MibIndex::probe, "Unsigned32", " (1..2)",
     "The number of the probe.", {}},
    {MibIndex::alarm, "Unsigned32", " (1..4294967295)",
     "The number of the alarm: it counts up from 1 with each alarm of the UPS, for as long as the exporter runs.", {}},
    {MibIndex::alert, "UpslinkAlertCode", {},
     "Which alert character.",
     "A character that a UPS sends unasked, by its code in ASCII."},
    {MibIndex::command, "UpslinkCommandCode", {},
     "Which command.",
     "A command of the smart protocol, by its code in ASCII. It is named after the first thing that its reply tells."},
    {MibIndex::cause, "UpslinkCauseCode", {},
     "Which cause.",
     "Why a UPS went to battery."},
    {MibIndex::reason, "UpslinkFailureReason", {},
     "Which reason.",
     "Why a question to a UPS got no value: no reply or half of one; a reply in another form; a reply to another question; a value that a second reading did not confirm; no connection."},
    {MibIndex::direction, "UpslinkDirection", {},
     "Which direction.",
     "Which way bytes go, as seen from the exporter."},
});
// clang-format on

/// A column that no row of the catalogue tells of.
struct HandWritten {
  MibColumn at;
  std::string_view name;
  std::string_view type;
  std::string_view rest;  ///< of the syntax
  std::string_view help;
};

// clang-format off
inline constexpr auto columns = std::to_array<HandWritten>({
    {{MibTable::ups, mib_index_column}, "upslinkUpsIndex", "Unsigned32", " (1..4294967295)",
     "The place of the UPS in the configuration, from 1 on. It may change with the configuration; upslinkUpsName stays."},
    {mib_ups_name, "upslinkUpsName", "SnmpAdminString", {},
     "The name of the UPS in the configuration."},
    {mib_link_kind, "upslinkLinkKind", "INTEGER", " { tty(1), tcp(2) }",
     "How the UPS is reached: by a serial device, or by TCP."},
    {mib_alarm_descr, "upslinkAlarmDescr", "AutonomousType", {},
     "Which alarm: one of the well-known alarms of UPS-MIB (RFC 1628) or, if it has none that fits, one below upslinkAlarms."},
    {mib_alarm_time, "upslinkAlarmTime", "DateAndTime", {},
     "When the exporter saw the alarm begin."},
    {mib_alarm_text, "upslinkAlarmText", "SnmpAdminString", {},
     "The alarm as a sentence."},
});
// clang-format on

}  // namespace upslink::describe::mib_frame
