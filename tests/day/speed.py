# SPDX-License-Identifier: Apache-2.0
"""Makes rules of Prometheus faster, so that a day passes in minutes: every length of time in them is divided
by one factor, and nothing else is touched.

    faster = Speed(30, {"UpsBatteryNotCharging": 120})
    faster.rules(yaml.safe_load(text))     the same groups, thirty times as fast
    faster.expression("rate(x[5m])")       "rate(x[10s])"
    faster.duration("5m")                  "10s"

A length of time is a group's `interval`, an alert's `for` and `keep_firing_for`, a range or a step in brackets,
and what follows `offset`. Thresholds are none, also if they are seconds: the runtime that a UPS has left or the
age of its battery are compared with what it says, and the simulator says anything at once.

An alert that is about hours or days would still take too long. It gets a greater factor of its own, by which
all of its times are divided, so that they keep their proportions.
"""

import re

UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000, "y": 31_536_000_000}
DURATION = r"(?:\d+(?:ms|[smhdwy]))+"
PART = re.compile(r"(\d+)(ms|[smhdwy])")

# What has to be told apart in an expression: text in quotes and comments stay, and `[1h:5m]` may have two lengths.
WORDS = re.compile(
    r"""(?P<keep>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|\#[^\n]*)"""
    rf"""|(?P<range>\[\s*{DURATION}\s*(?::\s*(?:{DURATION})?\s*)?\])"""
    rf"""|(?P<offset>\boffset\s+-?\s*{DURATION})""", re.VERBOSE)


def milliseconds(duration):
    """The length of `1h30m`; a ValueError for what is none."""
    if not re.fullmatch(DURATION, duration):
        raise ValueError(f"no length of time: {duration!r}")
    return sum(int(number) * UNITS[unit] for number, unit in PART.findall(duration))


class Speed:
    """`own`: alerts that have a factor of their own."""

    def __init__(self, factor, own=None):
        self.factor = factor
        self.own = {alert: Speed(its_factor) for alert, its_factor in (own or {}).items()}

    def duration(self, text):
        """Not less than a millisecond; a length of 0 stays."""
        length = milliseconds(text) / self.factor
        if length == 0:
            return "0s"
        length = max(1, round(length))
        return f"{length // 1000}s" if length % 1000 == 0 else f"{length}ms"

    def expression(self, text):
        def faster(match):
            if match["keep"]:
                return match[0]
            return re.sub(DURATION, lambda found: self.duration(found[0]), match[0])

        return WORDS.sub(faster, text)

    def rule(self, rule):
        if rule.get("alert") in self.own:
            return self.own[rule["alert"]].rule(rule)
        changed = dict(rule, expr=self.expression(str(rule["expr"])))
        for key in ("for", "keep_firing_for"):
            if key in rule:
                changed[key] = self.duration(str(rule[key]))
        return changed

    def rules(self, groups):
        """A rules file, as read from YAML."""
        found = []
        for group in groups["groups"]:
            changed = dict(group, rules=[self.rule(rule) for rule in group["rules"]])
            if "interval" in group:
                changed["interval"] = self.duration(str(group["interval"]))
            found.append(changed)
        return {"groups": found}
