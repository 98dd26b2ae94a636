# SPDX-License-Identifier: Apache-2.0
"""Of the dashboard "UPS": what comes in, what goes out, how much of it, and what that costs."""

from source import panels, words
from source.expressions import ONE as scope
from source.panels import Query, Section, line, only

KILOWATT_HOUR = "3.6e6"
NO_POWER = "Not known: set nominal_power_watts"


def input_voltage():
    interval = "[$__rate_interval]"
    low, high = (f"{side}_over_time({scope.of(f'upslink_input_voltage_{name}_volts')}{interval})"
                 for side, name in (("min", "minimum"), ("max", "maximum")))
    return panels.graph(
        "Input voltage",
        "Is the line good? The line is what was read, the shadow around it the lowest and the highest voltage that the "
        "unit saw in between. Between the dashed lines, its own transfer thresholds, the unit stays on line.",
        "This unit does not tell its input voltage",
        [
            Query(scope.of("upslink_input_voltage_volts"), "Input voltage"),
            Query(low, "Lowest"),
            Query(high, "Highest"),
            Query(scope.of("upslink_input_transfer_low_volts"), "To battery below"),
            Query(scope.of("upslink_input_transfer_high_volts"), "To battery above"),
        ],
        "volt",
        overrides=[
            only("Input voltage", **line(words.BLUE, width=2)),
            only("Lowest", **line("light-blue", width=0)),
            only("Highest", **line("light-blue", width=0, custom__fillBelowTo="Lowest", custom__fillOpacity=25)),
            only("To battery below", **line(words.ORANGE, dashes=True)),
            only("To battery above", **line(words.ORANGE, dashes=True, custom__fillBelowTo="To battery below",
                                            custom__fillOpacity=6)),
        ])


def output():
    return panels.graph(
        "Output",
        "What does the load get? The voltage at the output and the one that is set for it, the frequency (of the line "
        "while on line, of the output on battery), and the current where the unit tells it.",
        "This unit does not tell its output voltage",
        [
            Query(scope.of("upslink_output_voltage_volts"), "Output voltage"),
            Query(scope.of("upslink_output_voltage_nominal_volts"), "Nominal voltage"),
            Query(scope.of("upslink_input_frequency_hertz"), "Frequency"),
            Query(scope.of("upslink_output_current_amperes"), "Current"),
        ],
        "volt",
        overrides=[
            only("Output voltage", **line(words.BLUE, width=2)),
            only("Nominal voltage", **line(words.GREY, dashes=True)),
            only("Current", unit="amp", custom__axisPlacement="right", **line("purple")),
            only("Frequency", unit="hertz", decimals=2, custom__axisPlacement="right", **line(words.YELLOW)),
        ])


def transfers():
    return panels.bars(
        "Transfers to battery",
        "How often did the unit go to battery in the time shown, and why?",
        "None in the time shown",
        [Query(f"sum by (cause) (increase({scope.of('upslink_transfers_total')}[$__range])) > 0", "{{cause}}", now=True)],
        "none", defaults={"decimals": 0},
        overrides=[only(cause, displayName=words.sentence(meaning))
                   for cause, meaning in words.members("upslink_transfer_cause").items()])


def time_on_battery():
    return panels.stat(
        "Time on battery", "How long did the load run on battery in the time shown?", "Not known",
        [Query(f"sum(increase({scope.of('upslink_on_battery_seconds_total')}[$__range]))", "", now=True)], "s",
        defaults={"decimals": 0, "thresholds": panels.steps(words.GREEN, (1, words.ORANGE))})


def line_quality():
    return panels.timeline(
        "Line good enough", "When was the line too bad to run on, as the unit sees it?",
        "This unit does not tell whether the line is good enough",
        [Query(scope.of("upslink_input_quality_acceptable"), "Line")],
        panels.mapped([(1, "Good enough", words.GREEN), (0, "Not good enough", words.ORANGE)]))


def load():
    return panels.graph(
        "Load and power",
        "How much of what the unit can give is taken? At 100 % it is fully loaded. Watts are there where the nominal power "
        "is known: set nominal_power_watts in the exporter's configuration, or for models with a public rating.",
        "This unit does not tell its load",
        [
            Query(scope.of("upslink_load_ratio"), "Load"),
            Query(scope.of("upslink_apparent_load_ratio"), "Apparent load"),
            Query(scope.of("upslink_output_power_watts"), "Power"),
        ],
        "percentunit",
        defaults={"min": 0, "thresholds": panels.steps("transparent", (1, words.RED))},
        custom={"thresholdsStyle": {"mode": "area"}, "axisSoftMax": 1},
        overrides=[
            only("Load", **line(words.BLUE, width=2)),
            only("Apparent load", **line("purple")),
            only("Power", unit="watt", min=0, custom__axisPlacement="right", custom__thresholdsStyle={"mode": "off"},
                 **line(words.YELLOW)),
        ])


def energy(since, day_or_month, cost):
    """Of today or this month, in kilowatt-hours or in money."""
    joules = f"sum(increase({scope.of('upslink_output_energy_joules_total')}[$__range]))"
    if cost:
        what, unit, factor = "Cost", "none", " * $price"
        question = f"What did the energy that the load took {day_or_month} cost, at the price above (for a kWh)?"
    else:
        what, unit, factor = "Energy", "kwatth", ""
        question = f"How much energy did the load take {day_or_month}?"
    return panels.stat(
        f"{what} {day_or_month}",
        f"{question} It is counted from the beginning of the {'day' if since == 'now/d' else 'month'} in the time zone of "
        "the browser, for as long as Prometheus has data; restarts of the exporter do no harm. While a fixed time is "
        "shown instead of one that ends now, it is counted for that time.",
        NO_POWER, [Query(f"{joules} / {KILOWATT_HOUR}{factor}", "", now=True)], unit,
        defaults={"decimals": 2}, more={"timeFrom": since, "hideTimeOverride": False})


def sections():
    return [
        Section("Input and output", False, [
            (9, [(12, input_voltage()), (12, output())]),
            (5, [(10, transfers()), (4, time_on_battery()), (10, line_quality())]),
        ]),
        Section("Load and energy", False, [
            (8, [(12, load()), (3, energy("now/d", "today", False)), (3, energy("now/d", "today", True)),
                 (3, energy("now/M", "this month", False)), (3, energy("now/M", "this month", True))]),
        ]),
    ]
