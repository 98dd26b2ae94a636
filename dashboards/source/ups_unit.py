# SPDX-License-Identifier: Apache-2.0
"""Of the dashboard "UPS": what the unit says of itself: flags and faults, self tests, settings, identity."""

from source import panels, words
from source.expressions import ONE as scope
from source.panels import Query, Section, mapped, only

STATUS_COLOURS = {"on_line": words.GREEN, "on_battery": words.ORANGE, "replace_battery": words.ORANGE,
                  "overload": words.RED, "battery_low": words.RED}
STATE_COLOURS = {"bypass_internal_fault": words.RED, "waking_up": words.BLUE}
RESULT_COLOURS = {"passed": words.GREEN, "failed_capacity": words.RED, "failed_overload": words.RED,
                  "none": words.GREY}
UNDOCUMENTED = mapped([(0, "", "transparent"), (1, "Set, but nobody has documented it", words.YELLOW)])

# Title, metric, unit, and the label of choices or flags.
SETTINGS = [
    ("To battery above", "upslink_input_transfer_high_volts", "volt", None),
    ("To battery below", "upslink_input_transfer_low_volts", "volt", None),
    ("Sensitivity to the line", "upslink_input_sensitivity", None, "sensitivity"),
    ("Nominal output voltage", "upslink_output_voltage_nominal_volts", "volt", None),
    ("Output voltage selection", "upslink_output_voltage_selection", None, "selection"),
    ("Nominal battery voltage", "upslink_battery_voltage_nominal_volts", "volt", None),
    ("Battery low below", "upslink_battery_runtime_low_seconds", "s", None),
    ("Charge needed to turn on", "upslink_battery_charge_restart_ratio", "percentunit", None),
    ("Battery replaced", "upslink_battery_replaced_timestamp_seconds", "dateTimeAsIso", None),
    ("External battery packs", "upslink_battery_packs_external", "none", None),
    ("Self test", "upslink_self_test_schedule", None, "schedule"),
    ("Audible alarm", "upslink_alarm_delay", None, "mode"),
    ("Delay before turning off", "upslink_shutdown_delay_seconds", "s", None),
    ("Delay before turning on", "upslink_restart_delay_seconds", "s", None),
    ("Off after so long on battery", "upslink_runtime_conservation_seconds", "s", None),
    ("Language", "upslink_panel_language", None, "language"),
    ("Measure-UPS alarms, bits", "upslink_environment_alarm_mask", "hex0x", None),
]


def flags(metric, colours, default):
    """Overrides that show a flag by its name, and its meaning while it is set."""
    return [only(flag, displayName=words.sentence(flag),
                 mappings=mapped([(0, "", "transparent"), (1, words.sentence(meaning), colours.get(flag, default))]))
            for flag, meaning in words.members(metric).items()]


def status():
    return panels.timeline(
        "Status flags", "What did the unit say of its status, and when? A bar is there while a flag is set; the eight flags "
        "of the status register are always listed, those of the state register while one of them is set.",
        "This unit has said no status",
        [Query(scope.of("upslink_status"), "{{flag}}"), Query(f"{scope.of('upslink_state')} == 1", "{{flag}}")],
        UNDOCUMENTED, overrides=[*flags("upslink_status", STATUS_COLOURS, words.BLUE),
                                 *flags("upslink_state", STATE_COLOURS, words.ORANGE)])


def faults():
    return panels.timeline(
        "Faults", "What was broken, and when? Only the flags of the two fault registers that were set in the time shown "
        "are listed.",
        "No fault in the time shown, as far as this unit can tell",
        [Query(f"{scope.of('upslink_fault')} == 1", "{{flag}}")],
        UNDOCUMENTED, overrides=flags("upslink_fault", {}, words.RED))


def unit_alerts():
    return panels.table(
        "Alerts of the unit", "Which alert characters did the unit send, how often in the time shown, and when last?",
        "The unit has sent no alert",
        [Query(f"sum by (alert) (increase({scope.of('upslink_alerts_total')}[$__range])) > 0", ref="count", now=True,
               table=True),
         Query(f"1000 * max by (alert) ({scope.of('upslink_alert_last_timestamp_seconds')})", ref="last", now=True,
               table=True)],
        "none",
        [
            panels.column("alert", "Alert", mappings=mapped(
                [(alert, words.sentence(meaning), panels.QUIET) for alert, meaning in words.alerts().items()])),
            panels.column("Value #count", "In the time shown", "0", decimals=0),
            panels.column("Value #last", "Last", unit="dateTimeFromNow"),
        ],
        sort=[("Last", True)])


def test_results():
    return panels.timeline(
        "Self test results", "How did self tests end? A unit keeps the result for five minutes.",
        "This unit does not tell the results of self tests",
        [Query(scope.coded("upslink_self_test_result", "result"), "Result")],
        panels.words_of("upslink_self_test_result", colours=RESULT_COLOURS))


def last_result():
    results = scope.coded("upslink_self_test_result", "result")
    none = list(words.members("upslink_self_test_result")).index("none") + 1
    return panels.stat(
        "Last result", "How did the last self test in the time shown end?", "No result in the time shown",
        [Query(f"last_over_time(({results} != {none})[$__range:1m])", "", now=True)], "none",
        defaults={"mappings": panels.words_of("upslink_self_test_result", colours=RESULT_COLOURS)})


def test_age():
    return panels.stat(
        "Last self test", "How long ago was the last self test?", "This unit does not tell",
        [Query(scope.of("upslink_self_test_age_seconds"), "", now=True)], "s",
        defaults={"decimals": 1, "thresholds": panels.SELF_TEST_AGE})


def tests():
    return panels.stat(
        "Self tests", "How many self tests took the unit to battery in the time shown?", "Not known",
        [Query(f"""sum(increase({scope.of('upslink_transfers_total', 'cause="test"')}[$__range]))""", "", now=True)],
        "none", defaults={"decimals": 0})


def settings():
    queries, overrides = [], []
    for title, metric, unit, label in SETTINGS:
        if label:
            queries.append(Query(scope.coded(metric, label), title, now=True))
            overrides.append(only(title, mappings=panels.words_of(metric)))
        else:
            factor = "1000 * " if unit.startswith("dateTime") else ""
            queries.append(Query(factor + scope.of(metric), title, now=True))
            overrides.append(only(title, unit=unit))
    queries = [query._replace(ref=f"S{place}") for place, query in enumerate(queries, 1)]
    return panels.stat(
        "Settings", "What is set in the unit? Settings that it does not have are left out. The exporter never changes any.",
        "The settings have not been read yet", queries, "none", text="value_and_name", overrides=overrides,
        options={"text": {"titleSize": 14, "valueSize": 18}})


def switches():
    return panels.stat(
        "DIP switches", "Which DIP switches at the back of the unit are on?", "This unit has no DIP switches",
        [Query(scope.of("upslink_dip_switch"), "{{flag}}", now=True)], "none", text="value_and_name",
        defaults={"mappings": mapped([(0, "off", panels.QUIET), (1, "on", words.BLUE)])},
        overrides=[only(flag, displayName=words.sentence(meaning))
                   for flag, meaning in words.members("upslink_dip_switch").items()],
        options={"text": {"titleSize": 14, "valueSize": 18}})


def identity():
    labels = {"name": "Name", "model": "Model", "serial_number": "Serial number", "manufactured": "Manufactured",
              "firmware": "Firmware", "firmware_code": "Firmware code", "protocol": "Protocol level", "link": "Connected by",
              "ups": "Called", "instance": "Exporter", "job": "Job"}
    return panels.table(
        "Identity", "Which unit is this? Its own words; what it does not say is empty.", "The unit has not said yet who it is",
        [Query(scope.of("upslink_info"), now=True)], "string",
        [panels.column("label", "What", mappings=mapped(
            [*((label, text, panels.QUIET) for label, text in labels.items())])),
         panels.column("value", "Answer")],
        more={"transformations": [{"id": "labelsToFields", "options": {"mode": "rows", "keepLabels": list(labels)}}]})


def accessory():
    return panels.stat(
        "Accessory", "Which firmware does a Measure-UPS have that is plugged in?", "There is no Measure-UPS",
        [Query(scope.of("upslink_accessory_info"), "{{firmware}}", now=True)], "none", text="name")


def uptime():
    return panels.stat(
        "On since", "How long has the unit been turned on?", "This unit does not tell",
        [Query(scope.of("upslink_uptime_seconds"), "", now=True)], "s", defaults={"decimals": 1})


def constants():
    return panels.stat(
        "Calibration constants", "Which calibration constants of the battery does the unit keep? They are bytes, as a "
        "person would compare them after a battery was replaced.",
        "This unit does not tell its calibration constants",
        [Query(scope.of("upslink_calibration_constant"), "Register {{register}}", now=True)], "hex0x", text="value_and_name",
        options={"text": {"titleSize": 14, "valueSize": 18}})


def sections():
    return [
        Section("Flags and faults", False, [
            (9, [(9, status()), (8, faults()), (7, unit_alerts())]),
        ]),
        Section("Self tests", False, [
            (5, [(12, test_results()), (4, last_result()), (4, test_age()), (4, tests())]),
        ]),
        Section("Settings and identity", True, [
            (12, [(15, settings()), (9, identity())]),
            (5, [(10, switches()), (7, constants()), (4, accessory()), (3, uptime())]),
        ]),
    ]
