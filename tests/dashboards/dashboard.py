# SPDX-License-Identifier: Apache-2.0
"""A dashboard in Grafana's JSON, and the parts of it that rules ask for."""

import json
import re

import promql

WITHOUT_QUERIES = {"row", "text"}


class Dashboard:
    def __init__(self, file, model):
        self.file = file
        self.model = model

    def variables(self, kind=None):
        listed = self.model.get("templating", {}).get("list", [])
        return [v for v in listed if kind in (None, v.get("type"))]

    def variable(self, name):
        return next((v for v in self.variables() if v.get("name") == name), None)

    def levels(self):
        """Lists of panels that are shown together: the dashboard, and each row that is closed."""
        top = self.model.get("panels", [])
        return [top, *(p["panels"] for p in top if p.get("panels"))]

    def panels(self):
        return [panel for level in self.levels() for panel in level]

    def shown(self):
        """Panels with queries."""
        return [p for p in self.panels() if p.get("type") not in WITHOUT_QUERIES]

    def targets(self):
        return [(name_of(p), t) for p in self.shown() for t in p.get("targets", [])]

    def expressions(self):
        """Where each expression stands, and the expression; also those of annotations and variables."""
        found = [(where, target.get("expr", "")) for where, target in self.targets()]
        for annotation in self.model.get("annotations", {}).get("list", []):
            if "expr" in annotation:
                found.append((f"annotation {annotation.get('name')}", annotation["expr"]))
        for variable in self.variables("query"):
            call = query_call(variable)
            if call:
                found.append((f"variable {variable['name']}", call[1]))
        return found

    def selectors(self):
        return [(where, s) for where, text in self.expressions() for s in promql.selectors_of(text)]


def name_of(panel):
    return f"panel {panel.get('id')} ({panel.get('title') or 'without title'})"


def query_call(variable):
    """Function and expression of a variable's query: `label_values(up, job)` asks for `up`."""
    query = variable.get("query")
    text = query.get("query", "") if isinstance(query, dict) else str(query)
    match = re.fullmatch(r"(label_values|query_result|metrics)\((.*?)(?:,\s*[A-Za-z_]\w*)?\)", text, re.S)
    return match and (match[1], match[2])


def texts_in(node):
    """Every text below a node of JSON."""
    if isinstance(node, dict):
        for value in node.values():
            yield from texts_in(value)
    elif isinstance(node, list):
        for value in node:
            yield from texts_in(value)
    elif isinstance(node, str):
        yield node


def members_in(node, name):
    """Every value below a node of JSON that an object has under this name."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == name:
                yield value
            yield from members_in(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from members_in(value, name)


def uid_of(source):
    return source.get("uid") if isinstance(source, dict) else source


def units_of(panel):
    """The unit of a panel, and those of its overrides."""
    config = panel.get("fieldConfig", {})
    units = [config.get("defaults", {}).get("unit")]
    for override in config.get("overrides", []):
        units += [p.get("value") for p in override.get("properties", []) if p.get("id") == "unit"]
    return [unit for unit in units if unit]


def read(paths):
    return [Dashboard(path.name, json.loads(path.read_text(encoding="utf-8"))) for path in paths]
