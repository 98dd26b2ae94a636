# SPDX-License-Identifier: Apache-2.0
"""Every expression that the project ships, and how Grafana would ask Prometheus for it.

    for expression in of_rules(path): ...
    board = Board(path)
    board.resolve(prometheus, start, end)     the values of its variables, from Prometheus
    for expression in board.expressions: board.substituted(expression.text, board.chosen())

Grafana puts the values of variables and a few macros into a text before Prometheus sees it. Here are the forms
that the dashboards use; one that is not known is a Failure and not a guess.
"""

import re
import typing

import dashboard
import stand
import yaml

# What Grafana sets by itself, for scrapes every 15 s, seen over one hour.
MACROS = {
    "__rate_interval": "1m", "__interval": "15s", "__interval_ms": "15000", "__range": "1h", "__range_s": "3600",
    "__range_ms": "3600000",
}
VARIABLE = re.compile(r"\$\{(\w+)(?::(\w+))?\}|\[\[(\w+)\]\]|\$(\w+)")


class Expression(typing.NamedTuple):
    file: str
    where: str  # the panel, the annotation or the rule
    text: str
    recorded: bool = False  # by a recording rule

    def __str__(self):
        return f"{self.file}: {self.where}: {' '.join(self.text.split())}"


def of_rules(path):
    """Those of the rules of one file, as they are."""
    found = []
    for group in yaml.safe_load(path.read_text())["groups"]:
        for rule in group["rules"]:
            found.append(Expression(path.name, rule.get("alert") or rule["record"], str(rule["expr"]), "record" in rule))
    return found


def is_rules_file(path):
    content = yaml.safe_load(path.read_text())
    return isinstance(content, dict) and "groups" in content


def query_text(query):
    """Of a variable, which newer Grafana wraps in an object."""
    return query.get("query", "") if isinstance(query, dict) else query or ""


class Board:
    def __init__(self, path):
        self.board, = dashboard.read([path])
        self.name = self.board.file
        self.variables = {variable["name"]: variable for variable in self.board.variables()}
        self.values = {}  # by variable: what there is to choose from
        self.expressions = [Expression(self.name, where, text) for where, text in self.board.expressions()
                            if not where.startswith("variable ")]

    def resolve(self, prometheus, start, end):
        """Asks for the values of variables, each with what was chosen before it."""
        for name, variable in self.variables.items():
            if variable["type"] == "query":
                text = self.substituted(query_text(variable["query"]), self.chosen())
                self.values[name] = variable_values(prometheus, text, start, end)
                if not self.values[name]:
                    raise stand.Failure(f"{self.name}: ${name} has nothing to choose from")

    def fixed(self, name):
        """The value of a variable that asks nobody: what it begins with."""
        variable = self.variables[name]
        value = variable.get("current", {}).get("value")
        if value in (None, "", []):
            value = query_text(variable.get("query")).split(",")[0]
        return value[0] if isinstance(value, list) else str(value)

    def chosen(self):
        """Each variable with all of its values, as `All` does; without the variables of data sources."""
        found = {}
        for name, variable in self.variables.items():
            if variable["type"] == "query":
                if name in self.values:
                    found[name] = variable.get("allValue") or everything(self.values[name])
            elif variable["type"] != "datasource":
                found[name] = self.fixed(name)
        return found

    def substituted(self, text, chosen):
        """The text as Prometheus gets it."""
        def value(match):
            name = match[1] or match[3] or match[4]
            if match[2] not in (None, "regex", "raw", "text"):
                raise stand.Failure(f"{self.name}: ${{{name}:{match[2]}}} has a form that the test does not know")
            if name in MACROS:
                return MACROS[name]
            if name in chosen:
                return chosen[name]
            raise stand.Failure(f"{self.name}: nobody sets ${name} in {text!r}")

        return VARIABLE.sub(value, text)


def everything(values):
    """How Grafana joins several values."""
    escaped = [escape(value) for value in values]
    return escaped[0] if len(escaped) == 1 else "(" + "|".join(escaped) + ")"


def escape(value):
    """A value in a matcher by regular expression, in quotes."""
    return re.sub(r"[$^*+?.()|\[\]{}']", r"\\\\\g<0>", value.replace("\\", "\\" * 4))


def variable_values(prometheus, text, start, end):
    """What Grafana offers for the query of a variable."""
    times = {"start": f"{start:.3f}", "end": f"{end:.3f}"}
    text = text.strip()
    if match := re.fullmatch(r"label_values\((.+),\s*(\w+)\s*\)", text, re.DOTALL):
        return prometheus.ask(f"label/{match[2]}/values", **{"match[]": match[1].strip(), **times})
    if match := re.fullmatch(r"label_values\(\s*(\w+)\s*\)", text):
        return prometheus.ask(f"label/{match[1]}/values", **times)
    if match := re.fullmatch(r"metrics\((.+)\)", text):
        return [name for name in prometheus.ask("label/__name__/values", **times) if re.search(match[1], name)]
    if match := re.fullmatch(r"query_result\((.+)\)", text, re.DOTALL):
        return [f"{sample['metric']} {sample['value'][1]}" for sample in prometheus.query(match[1])]
    raise stand.Failure(f"no query of a variable: {text!r}")
