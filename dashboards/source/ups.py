# SPDX-License-Identifier: Apache-2.0
"""The dashboard "UPS": all about one unit, from how it is now down to the line that it is read over."""

from source import panels, ups_battery, ups_link, ups_power, ups_unit, words
from source.expressions import ONE as scope
from source.panels import Query, Section, column

FIRST_CAUSE = 101  # beyond the codes of states, which stand in the same panel


def number(expr):
    return [Query(expr, "", now=True)]


def state():
    return panels.stat(
        "State", "How is the unit now? The worst that holds, in the words of the exporter's own page.",
        "Nothing is known of this UPS", number(scope.state_or_lost()), "none", colour="background",
        defaults={"mappings": panels.state_words()})


def charge():
    return panels.stat(
        "Charge now", "How full is the battery now?", "Not told", number(scope.of("upslink_battery_charge_ratio")),
        "percentunit", defaults={"decimals": 0, "thresholds": panels.CHARGE})


def runtime():
    return panels.stat(
        "Runtime now", "How long would the battery last now?", "Not told", number(scope.of("upslink_battery_runtime_seconds")),
        "s", defaults={"decimals": 1, "thresholds": panels.RUNTIME})


def load():
    return panels.stat(
        "Load now", "How much of what the unit can give is taken now?", "Not told", number(scope.of("upslink_load_ratio")),
        "percentunit", defaults={"decimals": 1, "thresholds": panels.LOAD})


def line():
    return panels.stat(
        "Input now", "Which voltage comes in now?", "Not told", number(scope.of("upslink_input_voltage_volts")), "volt",
        defaults={"decimals": 1})


def temperature():
    return panels.stat(
        "Temperature now", "How warm is it inside the unit now?", "Not told",
        number(scope.of("upslink_internal_temperature_celsius")), "celsius",
        defaults={"decimals": 1, "thresholds": panels.TEMPERATURE})


def last_answer():
    return panels.stat(
        "Last answer", "How old is the last answer of the unit?", "Never",
        number(f"time() - {scope.of('upslink_last_success_timestamp_seconds')}"), "s",
        defaults={"decimals": 0, "thresholds": panels.ANSWER_AGE})


def history():
    return panels.timeline(
        "On line and on battery",
        "When was the unit in which state, and why did it last go to battery? The marks are transfers with their cause, "
        "alerts that the unit sent, and alerts of Prometheus; they can be switched off above. A state that lasts shorter "
        "than a point of the graph may be missing; its mark is not. A gap means that nothing was known.",
        "Nothing is known of this UPS in the time shown",
        [Query(scope.state(), "State"),
         Query(scope.coded("upslink_transfer_cause", "cause", FIRST_CAUSE), "Cause of the last transfer")],
        panels.state_words(),
        overrides=[panels.only("Cause of the last transfer", mappings=panels.words_of(
            "upslink_transfer_cause", FIRST_CAUSE, {cause: words.GREY for cause in words.members("upslink_transfer_cause")}))])


def alerts():
    return panels.table(
        "Alerts now", "Which alerts of Prometheus are firing for this unit now, and since when?", "No alert is firing",
        [Query(scope.alerts_since(), ref="since", now=True, table=True)], "none",
        [
            column("alertname", "Alert"),
            column("severity", "Severity", custom__cellOptions={"type": "color-text"},
                   mappings=panels.severity_words(numbers=False)),
            column("Value", "Since", unit="dateTimeFromNow"),
            *(panels.hidden(label) for label in ("job", "instance", "ups")),
        ],
        sort=[("Since", True)])


def marks():
    transfers = scope.of("upslink_transfers_total")
    return [
        panels.annotation("Transfers to battery", f"increase({transfers}[$__rate_interval]) > 0", words.ORANGE,
                          "Transfer to battery", "Cause: {{cause}}"),
        panels.annotation("Alerts of the unit", f"1000 * {scope.of('upslink_alert_last_timestamp_seconds')}", words.BLUE,
                          "The unit said", "{{alert}}", useValueForTime=True),
        panels.annotation("Alerts of Prometheus", scope.of("ALERTS", 'alertstate="firing"'), words.RED,
                          "{{alertname}}", "{{severity}}"),
    ]


def variables():
    price = "0.30"
    choice = {"selected": True, "text": price, "value": price}
    return [
        *panels.common_variables(),
        panels.variable("ups", 'label_values(upslink_up{job=~"$job", instance=~"$instance"}, ups)', multi=False,
                        includeAll=False, label="UPS"),
        {"name": "price", "label": "Price of a kWh", "type": "textbox", "query": price, "hide": 0, "skipUrlSync": False,
         "description": "In your currency, with a decimal point.", "current": choice, "options": [choice]},
    ]


def dashboard():
    now = Section("", False, [
        (4, [(6, state()), (3, charge()), (3, runtime()), (3, load()), (3, line()), (3, temperature()), (3, last_answer())]),
        (6, [(16, history()), (8, alerts())]),
    ])
    return panels.dashboard(
        "upslink-ups", "UPS", "All about one UPS: its state in words, when it was on battery and why, input and output, load, "
        "energy and its cost, battery, temperature, flags and faults, self tests, settings, identity, and the line that it "
        "is read over.",
        variables(), marks(),
        [now, *ups_power.sections(), *ups_battery.sections(), *ups_unit.sections(), *ups_link.sections()], "now-6h")
