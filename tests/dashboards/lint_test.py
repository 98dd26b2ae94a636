#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every dashboard of dashboards/ keeps the rules of lint.py, and each rule finds the dashboards that break it.

    lint_test.py [-v] [CLASS.TEST]
"""

import copy
import unittest

import dashboard
import known
import lint
import metrics_page
import promql

MATCHERS = 'job=~"$job",instance=~"$instance",ups=~"$ups"'
SOURCE = {"type": "prometheus", "uid": "${datasource}"}


def variable(name, label, query):
    return {"allValue": ".+", "datasource": SOURCE, "includeAll": True, "label": label, "multi": True,
            "name": name, "query": {"query": query}, "refresh": 2, "type": "query"}


def panel(number, expression, legend="{{ups}}", x=0, y=0):
    return {
        "datasource": SOURCE,
        "description": "What it shows.",
        "fieldConfig": {"defaults": {"noValue": "Nothing", "unit": "volt"}, "overrides": []},
        "gridPos": {"h": 8, "w": 12, "x": x, "y": y},
        "id": number,
        "targets": [{"datasource": SOURCE, "expr": expression, "legendFormat": legend, "refId": "A"}],
        "title": "A panel",
        "type": "timeseries",
    }


# Keeps every rule. The row is closed, so that its panel may lie where others do.
GOOD = {
    "annotations": {"list": [
        {"builtIn": 1, "datasource": {"type": "grafana", "uid": "-- Grafana --"}, "name": "Grafana's"},
        {"datasource": SOURCE, "expr": f'ALERTS{{{MATCHERS},alertstate="firing"}}', "name": "Alerts"},
    ]},
    "editable": False,
    "links": [{"tags": ["upslink"], "title": "Others", "type": "dashboards"},
              {"title": "The other", "type": "link", "url": "/d/other?${__url_time_range}"}],
    "panels": [
        panel(1, f"upslink_input_voltage_volts{{{MATCHERS}}}"),
        panel(2, f'upslink_fault{{{MATCHERS},flag=~"main_relay|bit3"}}', "{{flag}}", x=12),
        {"collapsed": True, "gridPos": {"h": 1, "w": 24, "x": 0, "y": 8}, "id": 3, "title": "A row", "type": "row",
         "panels": [panel(4, f"sum by (alert) (rate(upslink_alerts_total{{{MATCHERS}}}[$__rate_interval]))",
                          "{{alert}}", y=9)]},
    ],
    "schemaVersion": 39,
    "tags": ["upslink"],
    "templating": {"list": [
        {"label": "Data source", "name": "datasource", "query": "prometheus", "type": "datasource"},
        variable("job", "Job", "label_values(upslink_up, job)"),
        variable("instance", "Instance", 'label_values(upslink_up{job=~"$job"}, instance)'),
        variable("ups", "UPS", 'label_values(upslink_up{job=~"$job",instance=~"$instance"}, ups)'),
    ]},
    "title": "Good",
    "uid": "good",
}


def put(path, value):
    """A change of the good dashboard: `panels/0/title` gets a value, or goes if there is none."""
    def change(model):
        *way, last = [int(step) if step.isdigit() else step for step in path.split("/")]
        for step in way:
            model = model[step]
        if value is None:
            del model[last]
        else:
            model[last] = value
    return change


def ask(expression, legend="{{ups}}"):
    return put("panels/0/targets", [{"datasource": SOURCE, "expr": expression, "legendFormat": legend}])


def add_variable(**members):
    return lambda model: model["templating"]["list"].append(members)


# By rule: changes that break it, each with a part of the sentence that must come.
BAD = {
    "template_datasource": [
        (put("templating/list/0/name", "source"), "with the name datasource"),
        (put("templating/list/0", None), "with the name datasource"),
        (put("templating/list/0/label", "Source"), "`Data source`"),
        (put("templating/list/0/query", "loki"), "other sources than"),
    ],
    "template_job": [
        (put("templating/list/1/name", "jobs"), "needs a variable job"),
        (put("templating/list/1/multi", False), "multi should be true"),
        (put("templating/list/1/allValue", ".*"), "allValue"),
        (put("templating/list/1/label", "job"), "label should be"),
        (put("templating/list/1/type", "textbox"), "type should be"),
        (put("templating/list/1/datasource", "prom"), "${datasource}"),
    ],
    "template_instance": [
        (put("templating/list/2/allValue", None), "variable instance: allValue"),
        (put("templating/list/2", None), "needs a variable instance"),
    ],
    "template_label_promql": [
        (put("templating/list/3/query", "label_values(upslink_up{, ups)"), "variable ups: could not parse"),
        (put("templating/list/3/query", "values(upslink_up, ups)"), "is no call of"),
    ],
    "template_on_time_change_reload": [(put("templating/list/1/refresh", 1), "refresh should be 2")],
    "panel_datasource": [
        (put("panels/0/datasource", {"type": "prometheus", "uid": "P1809F7CD0C75ACF3"}), "panel 1"),
        (put("panels/2/panels/0/datasource", None), "panel 4"),
        (put("panels/0/targets/0/datasource", "prom"), "panel 1"),
    ],
    "panel_title_description": [
        (put("panels/0/title", ""), "needs a title"),
        (put("panels/2/panels/0/description", None), "needs a description"),
    ],
    "panel_units": [
        (put("panels/0/fieldConfig/defaults/unit", None), "needs a unit"),
        (put("panels/0/fieldConfig/defaults/unit", "volts"), "unit volts is not known"),
        (put("panels/0/fieldConfig/overrides", [{"properties": [{"id": "unit", "value": "hours"}]}]), "hours"),
    ],
    "panel_no_targets": [
        (put("panels/0/targets", []), "has no query"),
        (put("panels/2/panels/0/targets", None), "has no query"),
    ],
    "target_logql": [(put("panels/0/targets/0/datasource", {"type": "loki", "uid": "${datasource}"}), "for loki")],
    "target_promql": [
        (ask("sum(rate(upslink_up{))"), "could not parse"),
        (ask("rate(upslink_up)"), "expected type range vector"),
        (put("annotations/list/1/expr", "ALERTS and"), "annotation Alerts"),
    ],
    "target_rate_interval": [
        (ask(f"rate(upslink_alerts_total{{{MATCHERS}}}[5m])"), "should be over $__rate_interval"),
        (ask(f"sum(irate(upslink_alerts_total{{{MATCHERS}}}[$__interval]))"), "should be over"),
    ],
    "target_job": [
        (ask('upslink_up{instance=~"$instance",ups=~"$ups"}'), 'needs job=~"$job"'),
        (ask(f'upslink_up{{{MATCHERS}}} + on (ups) upslink_up{{job="$job",instance=~"$instance"}}'), "needs job"),
    ],
    "target_instance": [(ask('upslink_up{job=~"$job",ups=~"$ups"}'), "needs instance")],
    "target_counter_agg": [
        (ask(f"upslink_requests_total{{{MATCHERS}}}"), "is a counter"),
        (ask(f"sum(max_over_time(upslink_requests_total{{{MATCHERS}}}[1h]))"), "is a counter"),
    ],
    "uneditable_dashboard": [(put("editable", True), "editable should be false")],
    "schema": [(put("schemaVersion", 38), "below 39"), (put("schemaVersion", None), "below 39")],
    "datasource_everywhere": [
        (put("annotations/list/1/datasource", {"uid": "prom"}), "names the data source prom"),
        (put("annotations/list/1/datasource/uid", "-- Grafana --"), "annotation Alerts"),
        (put("panels/0/targets/0/datasource", {"uid": "-- Grafana --"}), "panel 1"),
    ],
    "panel_ids": [
        (put("panels/2/panels/0/id", 1), "a number of its own"),
        (put("panels/1/id", None), "a number of its own"),
    ],
    "grid": [
        (put("panels/1/gridPos/x", 11), "lies upon panel 1"),
        (put("panels/2/gridPos/y", 7), "lies upon"),
        (put("panels/1/gridPos/x", 13), "outside of the grid"),
        (put("panels/0/gridPos", {}), "outside of the grid"),
    ],
    "no_value": [
        (put("panels/0/fieldConfig/defaults/noValue", None), "needs noValue"),
        (put("panels/2/panels/0/fieldConfig/defaults/noValue", " "), "needs noValue"),
    ],
    "variables_used": [(add_variable(name="price", type="textbox", query="$price"), "nothing uses the variable price")],
    "variables_known": [
        (put("panels/0/title", "Cost at $price"), "no variable price"),
        (put("links/1/url", "/d/other?var-site=${site:raw}"), "no variable site"),
    ],
    "target_ups": [(ask('upslink_up{job=~"$job",instance=~"$instance"}'), 'needs ups=~"$ups"')],
    "metrics_known": [
        (ask(f"upslink_input_volts{{{MATCHERS}}}"), "no metric upslink_input_volts"),
        (ask('{__name__=~"upslink_.*"}'), "without the name"),
        (put("templating/list/1/query", "label_values(ups_up, job)"), "no metric ups_up"),
    ],
    "matchers_known": [
        (ask(f'upslink_status{{{MATCHERS},bit="on_line"}}'), "has no label bit"),
        (ask(f'upslink_status{{{MATCHERS},flag="on_fire"}}'), 'has flag="on_fire"'),
        (ask(f'upslink_status{{{MATCHERS},flag!~"on_line|on_fire"}}'), 'has flag="on_fire"'),
        (ask(f'upslink_exporter_build_info{{{MATCHERS}}}'), "has no label ups"),
        (ask(f'ALERTS{{{MATCHERS},alertname="UpsOnFire"}}'), "UpsOnFire"),
    ],
    "legends_known": [(ask(f"upslink_up{{{MATCHERS}}}", "{{ups}} {{probe}}"), "the label probe")],
    "uids": [(put("uid", "better"), "not the name of its file"), (put("uid", "other"), "is that of other.json")],
    "links": [
        (put("links/1/url", "/d/nowhere?x=1"), "dashboard nowhere"),
        (put("panels/0/description", "See [here](d/elsewhere)."), "dashboard elsewhere"),
        (put("links/0/tags", ["ups"]), "leads nowhere"),
    ],
}


def knowledge():
    facts = known.knowledge([])
    facts.alerts = {"UpsOnBattery"}
    facts.uids = {"good": "good.json", "other": "other.json"}
    facts.tags = {"upslink"}
    return facts


class Dashboards(unittest.TestCase):
    """One test for each rule, made below: no dashboard of dashboards/ breaks it."""

    @classmethod
    def setUpClass(cls):
        cls.boards = dashboard.read(sorted((known.ROOT / "dashboards").glob("*.json")))
        cls.facts = known.knowledge(cls.boards)

    def test_there_are_some(self):
        self.assertIn("upslink-quantities.json", [board.file for board in self.boards])
        for board in self.boards:
            self.assertTrue(board.selectors(), board.file)


class Rules(unittest.TestCase):
    """One test for each rule, made below: it lets the good dashboard pass, and none of the bad ones."""

    def test_each_is_shown_what_breaks_it(self):
        self.assertEqual(set(BAD), {rule.__name__ for rule in lint.RULES})

    def test_each_says_what_it_is(self):
        self.assertTrue(all(rule.__doc__ for rule in lint.RULES))


def keeps(rule):
    def test(self):
        findings = [f"{board.file}: {f}" for board in self.boards for f in rule(board, self.facts)]
        self.assertEqual(findings, [], "\n" + "\n".join(findings))
    return test


def can_fail(rule):
    def test(self):
        facts = knowledge()
        self.assertEqual(list(rule(dashboard.Dashboard("good.json", GOOD), facts)), [])
        for change, sentence in BAD[rule.__name__]:
            model = copy.deepcopy(GOOD)
            change(model)
            findings = list(rule(dashboard.Dashboard("good.json", model), facts))
            self.assertTrue(any(sentence in f for f in findings), f"{sentence!r} is not in {findings}")
    return test


for one in lint.RULES:
    setattr(Dashboards, f"test_{one.__name__}", keeps(one))
    setattr(Rules, f"test_{one.__name__}", can_fail(one))


class Expressions(unittest.TestCase):
    def selectors(self, text):
        return [(s.metric, s.span, s.function) for s in promql.selectors_of(text)]

    def test_selectors(self):
        self.assertEqual(self.selectors("a"), [("a", "", "")])
        self.assertEqual(self.selectors('sum by (ups) (rate(a_total{x="}"}[$__rate_interval])) / on (x) group_left (y) b'),
                         [("a_total", "$__rate_interval", "rate"), ("b", "", "")])
        self.assertEqual(self.selectors("max_over_time((a + b)[1h:1m]) offset 5m or 0 * c > bool -1"),
                         [("a", "", ""), ("b", "", ""), ("c", "", "")])
        self.assertEqual(self.selectors("sum(a) without (x) # and b\n unless on () upslink:x:y{}"),
                         [("a", "", "sum"), ("upslink:x:y", "", "")])
        self.assertEqual(self.selectors('label_replace(a, "x", "$1", "y", "(.*)") + time() - ${price}'),
                         [("a", "", "label_replace")])

    def test_matchers(self):
        (selector,) = promql.selectors_of("a{x=\"1\", y!~'b|c',z=~\"$ups\",}")
        self.assertEqual(selector.matchers, [("x", "=", "1"), ("y", "!~", "b|c"), ("z", "=~", "$ups")])
        self.assertEqual(selector.matcher("z"), ("=~", "$ups"))
        self.assertIsNone(selector.matcher("job"))

    def test_variables(self):
        self.assertEqual(promql.without_variables('rate(a{x=~"$ups"}[$__rate_interval]) * ${price:raw} > $__from'),
                         'rate(a{x=~"$ups"}[5m]) * 1 > 1')

    def test_promtool_finds_all_that_are_wrong(self):
        self.assertEqual(set(promql.complaints(["a", "a{", "rate(a)", "sum(rate(a[$__rate_interval]))"])),
                         {"a{", "rate(a)"})


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.families = metrics_page.families(known.ROOT / "docs" / "metrics.md")

    def test_types_and_labels(self):
        self.assertEqual(self.families["upslink_load_ratio"].kind, "gauge")
        self.assertEqual(set(self.families["upslink_load_ratio"].labels), {"job", "instance", "ups"})
        self.assertEqual(self.families["upslink_requests_total"].kind, "counter")
        self.assertEqual(self.families["upslink_ambient_humidity_ratio"].labels["probe"], {"1", "2"})
        self.assertEqual(set(self.families["process_threads"].labels), {"job", "instance"})

    def test_values_from_other_sections(self):
        fault = self.families["upslink_fault"].labels
        self.assertEqual(fault["register"], {"2", "3"})
        self.assertLess({"main_relay", "electronics_fan", "bit7"}, fault["flag"])
        self.assertLess({"^A", "Q", "\\"}, self.families["upslink_command_supported"].labels["command"])
        self.assertIn("serial_number", self.families["upslink_info"].labels)


if __name__ == "__main__":
    unittest.main()
