# SPDX-License-Identifier: Apache-2.0
"""The dashboard "UPS fleet": every UPS in a row, how many are in which state, and who is silent."""

from source import panels, words
from source.expressions import FLEET as scope
from source.expressions import UPS
from source.panels import Query, Section, column, hidden, judged, only, steps

states = words.states()

TO_THE_UPS = [{"title": "Show this UPS", "targetBlank": False, "url":
               "/d/upslink-ups?var-datasource=${datasource}&var-job=${__data.fields.job}"
               "&var-instance=${__data.fields.instance}&var-ups=${__data.fields.ups}&${__url_time_range}"}]
COLOURED = {"type": "color-background", "mode": "basic"}
GAUGE = {"type": "gauge", "mode": "basic", "valueDisplayMode": "text"}


def now(expr, ref):
    return Query(expr, ref=ref, now=True, table=True)


def number(expr):
    return [Query(expr, name="", now=True)]


def linked(title="UPS", **more):
    return column("ups", title, links=TO_THE_UPS, **more)


def how_many():
    return panels.stat(
        "UPSes", "How many UPSes are there? Those whose exporter has been silent for less than a day count, too.",
        "No UPS is known", number(f"count({scope.state_or_lost()})"), "none")


def counts():
    always = ["on_line", "on_battery", "fault"]
    zeros = [f"""label_replace(vector(0), "state", "{states[name].code}", "", "")""" for name in always]
    expr = "\nor ".join([f'count_values("state", {scope.state_or_lost()})', *zeros])
    named = [*((state.code, state.text, state.colour) for state in states.values()),
             (words.SILENT_EXPORTER, "Exporter silent", words.GREY)]
    overrides = [only(str(code), displayName=text, thresholds=steps(panels.QUIET, (1, colour)))
                 for code, text, colour in named]
    return panels.stat(
        "UPSes by state", "How many UPSes are in which state? Each UPS counts once, in the worst state that it is in. "
        "Self tests on battery count as on battery. States that no UPS is in are left out, except three.",
        "No UPS is known", [Query(expr, name="{{state}}", now=True)], "none", text="value_and_name", overrides=overrides)


def silent():
    return panels.stat(
        "Silent", "How many UPSes say nothing: they do not answer, or their exporter does not?", "0",
        number(f"count({scope.quiet()})"), "none", defaults={"thresholds": panels.SOME_ARE_BAD})


def firing():
    alerts = scope.of("ALERTS", 'alertstate="firing"')
    return panels.stat(
        "Alerts firing", "How many alerts are firing now?", "0", number(f"count({alerts})"), "none",
        defaults={"thresholds": panels.SOME_ARE_BAD})


def all_upses():
    return panels.table(
        "All UPSes",
        "How is every UPS now? The worst comes first; a click on a name shows that UPS. Charge, runtime and load are the "
        "unit's own; the age of the battery is counted from the date that somebody stored in the unit. An empty cell "
        "means that the unit does not tell.",
        "No UPS is known. Does Prometheus scrape the exporter?",
        [
            now(scope.state_or_lost(), "state"),
            now(scope.each("upslink_battery_charge_ratio"), "charge"),
            now(scope.each("upslink_battery_runtime_seconds"), "runtime"),
            now(scope.each("upslink_load_ratio"), "load"),
            now(scope.each("upslink_internal_temperature_celsius"), "temperature"),
            now(scope.battery_age(), "age"),
            now(scope.worst_alert(), "alert"),
            now(f"max by ({UPS}, model) ({scope.of('upslink_info')})", "model"),
        ],
        "none",
        [
            linked(custom__minWidth=120),
            column("Value #state", "State", mappings=panels.state_words(), custom__cellOptions=COLOURED),
            column("Value #charge", "Charge", unit="percentunit", decimals=0, min=0, max=1, custom__cellOptions=GAUGE,
                   thresholds=panels.CHARGE),
            judged("Value #runtime", "Runtime", panels.RUNTIME, unit="s", decimals=1),
            column("Value #load", "Load", unit="percentunit", decimals=0, min=0, max=1, custom__cellOptions=GAUGE,
                   thresholds=panels.LOAD),
            judged("Value #temperature", "Temperature", panels.TEMPERATURE, unit="celsius", decimals=1),
            judged("Value #age", "Battery age", panels.BATTERY_AGE, unit="s", decimals=1),
            column("alertname", "Worst alert", "none"),
            column("Value #alert", "Severity", mappings=panels.severity_words(numbers=True), custom__cellOptions=COLOURED),
            column("model", "Model"),
            column("instance", "Exporter"),
            column("job", "Job"),
            hidden("Value #model"),
        ],
        sort=[("State", True)])


def who_is_silent():
    quiet = scope.quiet()
    last = f"1000 * max by ({UPS}) (last_over_time({scope.of('upslink_last_success_timestamp_seconds')}[1d]))"
    reasons = [(states["silent"].code, "The UPS does not answer", words.RED),
               (states["unknown"].code, "Its status is too old to be shown", words.ORANGE),
               (words.SILENT_EXPORTER, "The exporter does not answer", words.RED)]
    return panels.table(
        "Who is silent",
        "Which UPSes say nothing now, why, and since when? An exporter that does not answer hides all of its UPSes; they "
        "are remembered for a day.",
        "Every UPS answers",
        [now(quiet, "why"), now(f"{last}\n  and on ({UPS}) (\n{quiet})", "last")],
        "none",
        [
            linked(),
            column("Value #why", "Why", mappings=panels.mapped(reasons), custom__cellOptions={"type": "color-text"}),
            column("Value #last", "Last answer", "never", unit="dateTimeFromNow"),
            column("instance", "Exporter"),
            column("job", "Job"),
        ],
        sort=[("Last answer", False)])


def alerts_now():
    return panels.table(
        "Alerts now",
        "Which alerts are firing now, and since when? They come from the alert rules in Prometheus; without rules there "
        "are none.",
        "No alert is firing",
        [now(scope.alerts_since(), "since")],
        "none",
        [
            column("alertname", "Alert"),
            column("severity", "Severity", custom__cellOptions={"type": "color-text"},
                   mappings=panels.severity_words(numbers=False)),
            linked(lacking="the exporter"),
            column("Value", "Since", unit="dateTimeFromNow"),
            column("instance", "Exporter"),
            column("job", "Job"),
        ],
        sort=[("Since", True)])


def dashboard():
    return panels.dashboard(
        "upslink-fleet", "UPS fleet", "All UPSes at a glance: state, charge, runtime, load, temperature, age of the "
        "battery and the worst alert of each; how many are in which state; who is silent.",
        panels.common_variables(), [],
        [Section("", False, [
            (4, [(3, how_many()), (15, counts()), (3, silent()), (3, firing())]),
            (14, [(24, all_upses())]),
            (9, [(12, who_is_silent()), (12, alerts_now())]),
        ])],
        "now-6h")
