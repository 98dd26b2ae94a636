# SPDX-License-Identifier: Apache-2.0
"""What Grafana wants to read: panels by kind, their queries, colours and words, and how they stand on the page.

A Panel is what a person thinks of one; laid_out() gives panels places and numbers; dashboard() makes the
whole JSON document. Text of a panel: the question that it answers is its description, and what it says
when a unit lacks the series is `lacking`.
"""

import typing

from source import words

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
WIDTH = 24
QUIET = "text"  # the colour of what needs no colour


class Query(typing.NamedTuple):
    expr: str
    name: str = "{{ups}}"
    ref: str = ""  # a letter if empty
    now: bool = False  # the value at the end of the time shown, instead of all along it
    table: bool = False


class Panel(typing.NamedTuple):
    kind: str
    title: str
    question: str  # the description
    lacking: str
    queries: list
    unit: str
    defaults: dict = {}  # more of fieldConfig.defaults
    overrides: list = []
    options: dict = {}
    more: dict = {}  # more of the panel


class Section(typing.NamedTuple):
    title: str  # empty: no row of its own
    collapsed: bool
    lines: list  # of (height, [(width, Panel), ...])


# --- values and colours

def steps(base, *limits):
    """Thresholds: a colour from the beginning, and (value, colour) from a value on."""
    return {"mode": "absolute", "steps": [{"color": base, "value": None},
                                          *({"color": colour, "value": value} for value, colour in limits)]}


# Where numbers begin to want a look, which is where the alert rules as shipped begin to say so, too.
CHARGE = steps(words.RED, (0.3, words.ORANGE), (0.6, words.GREEN))
RUNTIME = steps(words.RED, (300, words.ORANGE), (600, words.GREEN))
LOAD = steps(words.GREEN, (0.8, words.ORANGE), (1, words.RED))
TEMPERATURE = steps(words.GREEN, (50, words.ORANGE), (60, words.RED))
BATTERY_AGE = steps(words.GREEN, (4 * 365 * 86400, words.ORANGE), (6 * 365 * 86400, words.RED))
SELF_TEST_AGE = steps(words.GREEN, (30 * 86400, words.ORANGE))
ANSWER_AGE = steps(words.GREEN, (60, words.ORANGE), (300, words.RED))
SOME_ARE_BAD = steps(words.GREEN, (1, words.RED))


def mapped(rows):
    """Value mappings: (value, text, colour) each."""
    return [{"type": "value", "options": {
        str(value): {"text": text, "color": colour, "index": place}
        for place, (value, text, colour) in enumerate(rows)}}]


def none_is_grey(text="–"):
    """Mappings for a coloured cell that may be empty: nothing is neither good nor bad."""
    return [{"type": "special", "options": {"match": "null", "result": {"text": text, "color": words.GREY, "index": 0}}}]


def words_of(metric, first=1, colours=()):
    """Mappings for Scope.coded."""
    colours = dict(colours)
    return mapped([(code, words.sentence(text), colours.get(member, QUIET))
                   for code, (member, text) in enumerate(words.members(metric).items(), first)])


def state_words():
    return mapped([(state.code, state.text, state.colour) for state in words.states().values()]
                  + [(words.SILENT_EXPORTER, "Exporter silent", words.GREY)])


SEVERITIES = [(3, "critical", "Critical", words.RED), (2, "warning", "Warning", words.ORANGE),
              (1, "info", "Info", words.BLUE)]


def severity_words(numbers):
    """For the numbers of Scope.alerts_by_severity, or for the label."""
    return mapped([*((code if numbers else name, text, colour) for code, name, text, colour in SEVERITIES),
                   *([(0, "Other", QUIET)] if numbers else [])])


def only(field, **properties):
    """An override for one field; `__` in a name stands for a point."""
    return {"matcher": {"id": "byName", "options": field},
            "properties": [{"id": name.replace("__", "."), "value": value} for name, value in properties.items()]}


def line(colour, dashes=False, width=1, **more):
    """How an override draws a series."""
    style = {"fill": "dash", "dash": [8, 8]} if dashes else {"fill": "solid"}
    return {"color": {"mode": "fixed", "fixedColor": colour}, "custom__lineStyle": style,
            "custom__lineWidth": width, "custom__fillOpacity": 0, **more}


# --- kinds of panels

def stat(title, question, lacking, queries, unit, colour="value", **more):
    options = {"colorMode": colour, "graphMode": "none", "justifyMode": "auto", "orientation": "auto",
               "textMode": more.pop("text", "auto"), "wideLayout": True,
               "percentChangeColorMode": "standard", "showPercentChange": False,
               "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}, **more.pop("options", {})}
    defaults = {"color": {"mode": "thresholds"}, "mappings": [], "thresholds": steps(QUIET), **more.pop("defaults", {})}
    return Panel("stat", title, question, lacking, queries, unit, defaults, options=options, **more)


def graph(title, question, lacking, queries, unit, **more):
    custom = {"drawStyle": "line", "lineInterpolation": "linear", "lineWidth": 1, "fillOpacity": 0, "gradientMode": "none",
              "showPoints": "never", "spanNulls": False, "axisPlacement": "auto", "axisLabel": "",
              "axisBorderShow": False, "scaleDistribution": {"type": "linear"}, "stacking": {"group": "A", "mode": "none"},
              "thresholdsStyle": {"mode": "off"}, "hideFrom": {"legend": False, "tooltip": False, "viz": False},
              **more.pop("custom", {})}
    defaults = {"color": {"mode": "palette-classic"}, "mappings": [], "thresholds": steps(words.GREEN),
                **more.pop("defaults", {}), "custom": custom}
    options = {"legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": True},
               "tooltip": {"mode": "multi", "sort": "none"}}
    return Panel("timeseries", title, question, lacking, queries, unit, defaults, options=options, **more)


def timeline(title, question, lacking, queries, mappings, show="auto", **more):
    defaults = {"color": {"mode": "thresholds"}, "mappings": mappings, "thresholds": steps(QUIET),
                "custom": {"fillOpacity": 80, "lineWidth": 0, "hideFrom": {"legend": False, "tooltip": False, "viz": False}}}
    options = {"alignValue": "left", "mergeValues": True, "rowHeight": 0.85, "showValue": show,
               "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": False},
               "tooltip": {"mode": "single", "sort": "none"}}
    return Panel("state-timeline", title, question, lacking, queries, "none", defaults, options=options, **more)


def bars(title, question, lacking, queries, unit, **more):
    options = {"displayMode": "basic", "orientation": "horizontal", "showUnfilled": True, "valueMode": "color",
               "minVizWidth": 8, "minVizHeight": 16, "maxVizHeight": 300, "namePlacement": "auto", "sizing": "auto",
               "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": False},
               "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}}
    defaults = {"color": {"mode": "fixed", "fixedColor": words.BLUE}, "mappings": [], "min": 0,
                "thresholds": steps(words.GREEN), **more.pop("defaults", {})}
    return Panel("bargauge", title, question, lacking, queries, unit, defaults, options=options, **more)


def table(title, question, lacking, queries, unit, columns, sort=(), **more):
    """Rows that agree in all their labels are one. `columns`: overrides in the order of the columns, by
    field: of a query with the reference `load` it is `Value #load`. What is not among them is hidden."""
    shown = [override["matcher"]["options"] for override in columns]
    transformations = [{"id": "merge", "options": {}}] if len(queries) > 1 else []
    transformations.append({"id": "organize", "options": {
        "excludeByName": {"Time": True}, "indexByName": {field: place for place, field in enumerate(shown)},
        "includeByName": {}, "renameByName": {}}})
    defaults = {"color": {"mode": "thresholds"}, "mappings": [], "thresholds": steps(QUIET),
                "custom": {"align": "left", "cellOptions": {"type": "auto"}, "filterable": True, "inspect": False}}
    options = {"cellHeight": "sm", "frameIndex": 0, "showHeader": True,
               "footer": {"countRows": False, "reducer": [], "show": False},
               "sortBy": [{"displayName": name, "desc": desc} for name, desc in sort]}
    more = {"overrides": columns, "more": {"transformations": transformations}, **more}
    return Panel("table", title, question, lacking, queries, unit, defaults, options=options, **more)


def column(field, title, lacking="–", **properties):
    """A column of a table; `lacking` is what an empty cell shows."""
    return only(field, displayName=title, noValue=lacking, **properties)


def judged(field, title, thresholds, **properties):
    """A column of numbers in the colours of their thresholds."""
    return column(field, title, thresholds=thresholds, mappings=none_is_grey(),
                  custom__cellOptions={"type": "color-text"}, **properties)


def hidden(field):
    return only(field, custom__hidden=True)


# --- the document

def target(query, letter):
    return {"datasource": DATASOURCE, "editorMode": "code", "exemplar": False, "expr": query.expr,
            "format": "table" if query.table else "time_series", "instant": query.now, "range": not query.now,
            "legendFormat": query.name, "refId": query.ref or letter}


def placed(panel, number, place):
    queries = [target(query, chr(ord("A") + at)) for at, query in enumerate(panel.queries)]
    return {"id": number, "type": panel.kind, "title": panel.title, "description": panel.question,
            "datasource": DATASOURCE, "gridPos": place, "targets": queries,
            "fieldConfig": {"defaults": {"unit": panel.unit, "noValue": panel.lacking, **panel.defaults},
                            "overrides": panel.overrides},
            "options": panel.options, **panel.more}


def laid_out(sections):
    """Panels from top to bottom, numbered as they stand."""
    made, number, top = [], 0, 0
    for section in sections:
        into = made
        if section.title:
            number += 1
            row = {"id": number, "type": "row", "title": section.title, "collapsed": section.collapsed, "panels": [],
                   "gridPos": {"x": 0, "y": top, "w": WIDTH, "h": 1}}
            made.append(row)
            top += 1
            into = row["panels"] if section.collapsed else made
        below = top
        for height, panels in section.lines:
            left = 0
            for width, panel in panels:
                number += 1
                into.append(placed(panel, number, {"x": left, "y": below, "w": width, "h": height}))
                left += width
            if left > WIDTH:
                raise ValueError(f"{section.title}: a line is {left} wide")
            below += height
        if not section.collapsed:
            top = below
    return made


def variable(name, query, **more):
    """A variable whose values are those of a label."""
    return {"name": name, "label": words.sentence(name), "type": "query", "datasource": DATASOURCE,
            "query": {"qryType": 1, "query": query, "refId": "PrometheusVariableQueryEditor-VariableQuery"},
            "definition": query, "refresh": 2, "sort": 1,
            "regex": "", "hide": 0, "skipUrlSync": False, "options": [], "current": {}, **more}


def of_many(name, query):
    """A variable of which several values, or all, can be chosen."""
    return variable(name, query, multi=True, includeAll=True, allValue=".+",
                    current={"selected": True, "text": ["All"], "value": ["$__all"]})


def common_variables():
    return [
        {"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus", "regex": "",
         "hide": 0, "skipUrlSync": False, "multi": False, "includeAll": False, "options": [], "current": {}, "refresh": 1},
        of_many("job", "label_values(upslink_up, job)"),
        of_many("instance", 'label_values(upslink_up{job=~"$job"}, instance)'),
    ]


def annotation(name, expr, colour, title, text, **more):
    """Marks over all graphs."""
    return {"name": name, "datasource": DATASOURCE, "enable": True, "hide": False, "iconColor": colour, "expr": expr,
            "step": "15s", "tagKeys": "", "titleFormat": title, "textFormat": text, "useValueForTime": False, **more}


OWN_MARKS = {"builtIn": 1, "datasource": {"type": "grafana", "uid": "-- Grafana --"}, "enable": True, "hide": True,
             "iconColor": "rgba(0, 211, 255, 1)", "name": "Annotations & Alerts", "type": "dashboard"}


def dashboard(uid, title, description, variables, annotations, sections, shown):
    return {
        "uid": uid, "title": title, "description": description, "tags": ["upslink"], "schemaVersion": 39, "version": 1,
        # As grafana/dashboard-linter has it: a change is made in the source, or in a copy under another name.
        "editable": False,
        "timezone": "browser", "weekStart": "", "fiscalYearStartMonth": 0, "graphTooltip": 1, "liveNow": False,
        "refresh": "30s", "time": {"from": shown, "to": "now"},
        "timepicker": {"refresh_intervals": ["5s", "15s", "30s", "1m", "5m", "15m"]},
        "links": [{"type": "dashboards", "title": "UPS dashboards", "tags": ["upslink"], "asDropdown": False,
                   "includeVars": True, "keepTime": True, "targetBlank": False, "icon": "external link", "tooltip": "",
                   "url": ""}],
        "annotations": {"list": [OWN_MARKS, *annotations]},
        "templating": {"list": variables},
        "panels": laid_out(sections),
    }
