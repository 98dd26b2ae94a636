#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The rules that every dashboard of dashboards/ keeps.

    lint.py [FILE...]     prints findings as `file: sentence`; exit status 1 if there are any
    lint.py --list        says what the rules are

The first ones are those of Grafana's own dashboard-linter, told again, so that they are kept where that
program is not at hand. The others are what this project asks in addition. A rule is a function that takes a
dashboard and what it may speak of, and yields findings; lint_test.py shows each of them a dashboard that
breaks it.
"""

import argparse
import json
import pathlib
import re
import sys

import dashboard
import known
import promql
from dashboard import members_in, name_of, query_call, texts_in, uid_of, units_of

DATA_SOURCE = "${datasource}"
OWN_ANNOTATIONS = "-- Grafana --"  # what people have written down in Grafana itself
PERIOD = "$__rate_interval"

# What Grafana calls the units that make sense here (its valueFormats/categories.ts).
UNITS = set(
    "none short string locale percent percentunit humidity hex hex0x sci bool bool_yes_no bool_on_off "
    "mvolt volt kvolt mamp amp kamp voltamp kvoltamp mwatt watt kwatt megwatt watth kwatth joule amph "
    "hertz celsius fahrenheit kelvin ms s m h d dtdurationms dtdurations dthms dtdhms clockms clocks "
    "bytes decbytes kbytes mbytes Bps binBps bps cps ops reqps rps cpm opm rpm "
    "dateTimeAsIso dateTimeAsIsoNoDateIfToday dateTimeAsUS dateTimeAsLocal dateTimeAsLocalNoDateIfToday "
    "dateTimeAsSystem dateTimeFromNow "
    "currencyEUR currencyUSD currencyGBP currencyJPY currencyCHF currencySEK currencyNOK currencyDKK "
    "currencyPLN currencyCZK currencyINR currencyBRL currencyZAR".split()
)

GROWTH = {"rate", "irate", "increase"}


# --- What dashboard-linter asks, under its names


def template_datasource(board, _):
    """The data source is a variable, named `datasource` and labelled `Data source`."""
    sources = board.variables("datasource")
    if [s.get("name") for s in sources] != ["datasource"]:
        yield "needs one variable for the data source, with the name datasource"
    for source in sources:
        if source.get("label") != "Data source":
            yield "the variable datasource needs the label `Data source`"
        if source.get("query") != "prometheus":
            yield "the variable datasource offers other sources than Prometheus"


def template(board, name):
    variable = board.variable(name)
    if variable is None:
        yield f"needs a variable {name}"
        return
    wanted = {"type": "query", "label": name.title(), "multi": True, "allValue": ".+"}
    for key, value in wanted.items():
        if variable.get(key) != value:
            yield f"variable {name}: {key} should be {json.dumps(value)}"
    if uid_of(variable.get("datasource")) != DATA_SOURCE:
        yield f"variable {name}: the data source should be {DATA_SOURCE}"


def template_job(board, _):
    """There is a variable `job`, by which several or all can be chosen."""
    yield from template(board, "job")


def template_instance(board, _):
    """There is a variable `instance`, by which several or all can be chosen."""
    yield from template(board, "instance")


def template_label_promql(board, _):
    """A variable's query is a call of label_values, metrics or query_result with a right expression."""
    queries = {v["name"]: query_call(v) for v in board.variables("query")}
    wrong = promql.complaints(call[1] for call in queries.values() if call and call[0] != "metrics")
    for name, call in queries.items():
        if call is None:
            yield f"variable {name}: its query is no call of label_values, metrics or query_result"
        elif call[1] in wrong:
            yield f"variable {name}: {wrong[call[1]]}"


def template_on_time_change_reload(board, _):
    """Variables are asked for again when the time range changes."""
    for variable in board.variables("query"):
        if variable.get("refresh") != 2:
            yield f"variable {variable.get('name')}: refresh should be 2"


def panel_datasource(board, _):
    """Every panel, and every query of it, uses the variable `datasource`."""
    for panel in board.shown():
        for part in (panel, *panel.get("targets", [])):
            if uid_of(part.get("datasource")) != DATA_SOURCE:
                yield f"{name_of(panel)}: the data source should be {DATA_SOURCE}"


def panel_title_description(board, _):
    """Every panel has a title and a description."""
    for panel in board.panels():
        if not panel.get("title", "").strip():
            yield f"{name_of(panel)}: needs a title"
        if panel.get("type") != "row" and not panel.get("description", "").strip():
            yield f"{name_of(panel)}: needs a description"


def panel_units(board, _):
    """Every panel has a unit, and Grafana knows it."""
    for panel in board.shown():
        units = units_of(panel)
        if not units:
            yield f"{name_of(panel)}: needs a unit"
        for unit in units:
            if unit not in UNITS:
                yield f"{name_of(panel)}: the unit {unit} is not known"


def panel_no_targets(board, _):
    """Every panel asks for something."""
    for panel in board.shown():
        if not panel.get("targets"):
            yield f"{name_of(panel)}: has no query"


def target_logql(board, _):
    """No query is for Loki: all are for Prometheus."""
    for where, target in board.targets():
        source = target.get("datasource")
        kind = source.get("type") if isinstance(source, dict) else None
        if kind != "prometheus":
            yield f"{where}: a query for {kind}"


def target_promql(board, _):
    """Every expression is right, says promtool."""
    wrong = promql.complaints(text for where, text in board.expressions() if not where.startswith("variable"))
    for where, text in board.expressions():
        if text in wrong:
            yield f"{where}: {wrong[text]}"


def target_rate_interval(board, _):
    """Rates are over $__rate_interval, so that they fit what can be seen and what is scraped."""
    for where, selector in board.selectors():
        if selector.function in ("rate", "irate") and selector.span != PERIOD:
            yield f"{where}: {selector.function}({selector.metric}[{selector.span}]) should be over {PERIOD}"


def required_matcher(board, label, applies=lambda metric: True):
    for where, target in board.targets():
        for selector in promql.selectors_of(target.get("expr", "")):
            if applies(selector.metric) and selector.matcher(label) != ("=~", f"${label}"):
                yield f'{where}: {selector.metric} needs {label}=~"${label}"'


def target_job(board, _):
    """Every query is for the jobs that are chosen."""
    yield from required_matcher(board, "job")


def target_instance(board, _):
    """Every query is for the instances that are chosen."""
    yield from required_matcher(board, "instance")


def target_counter_agg(board, facts):
    """Counters are shown as rate() or increase(); how high one stands says nothing."""
    for where, selector in board.selectors():
        if where.startswith("variable") or not facts.is_counter(selector.metric):
            continue
        if selector.function not in GROWTH:
            yield f"{where}: {selector.metric} is a counter; show its rate or increase"


def uneditable_dashboard(board, _):
    """What is changed in Grafana is lost with the next version, so that nothing can be."""
    if board.model.get("editable", False) is not False:
        yield "editable should be false"


# --- What we ask in addition


def schema(board, _):
    """The schema is 39 or later."""
    version = board.model.get("schemaVersion")
    if not isinstance(version, int) or version < 39:
        yield f"schemaVersion {version} is below 39"


def datasource_everywhere(board, _):
    """Nothing names a data source but by the variable, apart from what is written in Grafana itself."""
    for source in members_in(board.model, "datasource"):
        if uid_of(source) not in (DATA_SOURCE, OWN_ANNOTATIONS):
            yield f"names the data source {uid_of(source)}"
    for annotation in board.model.get("annotations", {}).get("list", []):
        own = uid_of(annotation.get("datasource")) == OWN_ANNOTATIONS
        if own != bool(annotation.get("builtIn")):
            yield f"annotation {annotation.get('name')}: the data source should be {DATA_SOURCE}"
    for where, part in [*board.targets(), *((v["name"], v) for v in board.variables("query"))]:
        if uid_of(part.get("datasource")) == OWN_ANNOTATIONS:
            yield f"{where}: the data source should be {DATA_SOURCE}"


def panel_ids(board, _):
    """Panels have numbers, each its own."""
    seen = set()
    for panel in board.panels():
        number = panel.get("id")
        if not isinstance(number, int) or number in seen:
            yield f"{name_of(panel)}: needs a number of its own"
        seen.add(number)


def grid(board, _):
    """Panels lie in the 24 columns of the grid and not upon each other."""
    for level in board.levels():
        taken = {}
        for panel in level:
            place = panel.get("gridPos", {})
            x, y, w, h = (place.get(key, -1) for key in "xywh")
            if min(x, y) < 0 or min(w, h) < 1 or x + w > 24:
                yield f"{name_of(panel)}: is outside of the grid"
                continue
            cells = {(column, row) for column in range(x, x + w) for row in range(y, y + h)}
            below = {taken[cell] for cell in cells if cell in taken}
            for other in sorted(below):
                yield f"{name_of(panel)}: lies upon {other}"
            taken.update(dict.fromkeys(cells, name_of(panel)))


def no_value(board, _):
    """Every panel has words for when there is nothing to show."""
    for panel in board.shown():
        if not str(panel.get("fieldConfig", {}).get("defaults", {}).get("noValue", "")).strip():
            yield f"{name_of(panel)}: needs noValue, words for when there is nothing"


def names_in(node):
    """The names of variables that texts below a node use."""
    for text in texts_in(node):
        for match in promql.VARIABLE.finditer(text):
            yield next(group for group in match.groups() if group)


def variables_used(board, _):
    """Every variable is used somewhere."""
    for variable in board.variables():
        name = variable.get("name")
        others = [v for v in board.variables() if v is not variable]
        rest = {**board.model, "templating": others}
        if name not in set(names_in(rest)):
            yield f"nothing uses the variable {name}"


def variables_known(board, _):
    """Every variable that is used exists."""
    defined = {variable.get("name") for variable in board.variables()}
    used = set()
    for part in ("panels", "templating", "annotations", "links"):
        used |= set(names_in(board.model.get(part, [])))
    for name in sorted(used - defined):
        if not name.startswith("__") and not name.isdigit():
            yield f"there is no variable {name}"


def target_ups(board, facts):
    """Where a UPS can be chosen, every query about UPSes is for that one."""
    if board.variable("ups") is not None:
        yield from required_matcher(board, "ups", lambda metric: "ups" in (facts.labels(metric) or ()))


def metrics_known(board, facts):
    """Every metric exists: in docs/metrics.md, of Prometheus itself, or recorded by our rules."""
    for where, selector in board.selectors():
        if not selector.metric:
            yield f"{where}: a selector without the name of a metric"
        elif not facts.is_metric(selector.metric):
            yield f"{where}: there is no metric {selector.metric}"


def matchers_known(board, facts):
    """Every label that is matched exists, and so does the value."""
    for where, selector in board.selectors():
        labels = facts.labels(selector.metric)
        if labels is None:
            continue
        for label, sign, value in selector.matchers:
            if label not in labels:
                yield f"{where}: {selector.metric} has no label {label}"
            elif labels[label] is not None and "$" not in value:
                # Alternatives one by one: each should be there.
                wanted = value.split("|") if sign in ("=~", "!~") and "(" not in value else [value]
                for one in wanted:
                    if not any(re.fullmatch(one, known_value) if "~" in sign else one == known_value
                               for known_value in labels[label]):
                        yield f'{where}: no {selector.metric} has {label}="{one}"'


def legends_known(board, facts):
    """Every label that a legend names exists in what is asked for."""
    for where, target in board.targets():
        expression = target.get("expr", "")
        selectors = promql.selectors_of(expression)
        sets = [facts.labels(selector.metric) for selector in selectors]
        if None in sets:
            continue  # of a recorded metric
        quoted = {token[1:-1] for kind, token in promql.tokens_of(expression) if kind == "string"}
        have = set().union(*sets) | quoted  # label_replace() and count_values() make labels
        for label in re.findall(r"\{\{\s*(\w+)\s*\}\}", target.get("legendFormat", "")):
            if label not in have:
                yield f"{where}: the legend names the label {label}, which nothing here has"


def uids(board, facts):
    """The uid is the name of the file, so that no two dashboards have the same."""
    uid = board.model.get("uid")
    if f"{uid}.json" != board.file:
        yield f"its uid is {uid}, which is not the name of its file"
    if facts.uids.get(uid, board.file) != board.file:
        yield f"its uid is that of {facts.uids[uid]}"


def links(board, facts):
    """Links go to dashboards that there are."""
    for text in texts_in(board.model):
        for uid in re.findall(r"(?:^|[^\w])d/([\w-]+)", text):
            if uid not in facts.uids:
                yield f"a link goes to the dashboard {uid}, which there is not"
    for link in board.model.get("links", []):
        if link.get("type") == "dashboards" and not set(link.get("tags", [])) & facts.tags:
            yield f"the link {link.get('title')} leads nowhere: no dashboard has its tags"


RULES = [
    template_datasource, template_job, template_instance, template_label_promql,
    template_on_time_change_reload, panel_datasource, panel_title_description, panel_units,
    panel_no_targets, target_logql, target_promql, target_rate_interval, target_job, target_instance,
    target_counter_agg, uneditable_dashboard,
    schema, datasource_everywhere, panel_ids, grid, no_value, variables_used, variables_known, target_ups,
    metrics_known, matchers_known, legends_known, uids, links,
]


def main():
    parser = argparse.ArgumentParser(description="The rules that every dashboard of dashboards/ keeps.")
    parser.add_argument("--list", action="store_true", help="say what the rules are")
    parser.add_argument("files", nargs="*", type=pathlib.Path, help="those of dashboards/ if none is named")
    arguments = parser.parse_args()
    if arguments.list:
        for rule in RULES:
            print(f"{rule.__name__:31} {rule.__doc__}")
        return 0
    boards = dashboard.read(arguments.files or sorted((known.ROOT / "dashboards").glob("*.json")))
    facts = known.knowledge(boards)
    findings = [f"{board.file}: {f}" for board in boards for rule in RULES for f in rule(board, facts)]
    print("\n".join(findings), end="\n" if findings else "")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
