#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The draft for samber/awesome-prometheus-alerts, from the alerts that are shipped: a selection, in that list's form
and order. That list has no recording rules, so what they record stands in the expressions.

    upstream.py > docs/upstream/awesome-prometheus-alerts.yml
"""

import pathlib
import re

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULES = ROOT / "deploy" / "prometheus"
TASTE = "The limit is a rough default. Adjust it to "

# By category, in the list's order: alert, severity, name there, description, and a comment or None.
SELECTION = {
    "Availability": [
        ("UpsBatteryLow", "critical", "UPS battery low", "{{ $labels.ups }} has little battery left in an outage, and its load loses power soon", None),
        ("UpsTurningOff", "critical", "UPS turning off", "{{ $labels.ups }} turns its load off, by command or because its battery is empty", None),
        ("UpsSilent", "warning", "UPS silent", "The exporter {{ $labels.instance }} gets no answer from {{ $labels.ups }}: look at the cable and at its power", None),
        ("UpsDataStale", "warning", "UPS data stale", "{{ $labels.ups }} answers, but nothing new is read from it on {{ $labels.instance }}", None),
        ("UpsOnBattery", "warning", "UPS on battery", "{{ $labels.ups }} runs on battery, and not because it tests itself",
         "A self test or a runtime calibration is no outage. The cause `test` explains five minutes on battery."),
    ],
    "Resource saturation (USE)": [
        ("UpsOverload", "critical", "UPS overload", "{{ $labels.ups }} supplies more than it is rated for, and may drop its load", None),
        ("UpsLoadHigh", "warning", "UPS load high", "{{ $labels.ups }} has had a load of {{ $value | humanizePercentage }} for a while", None),
        ("UpsTemperatureHigh", "warning", "UPS temperature high", "It is {{ printf \"%.0f\" $value }} °C inside {{ $labels.ups }}, which shortens the life of its battery", None),
    ],
    "Performance and errors (RED)": [
        ("UpsFault", "critical", "UPS fault", "{{ $labels.ups }} reports the fault {{ $labels.flag }}", None),
        ("UpsReplaceBattery", "warning", "UPS replace battery", "{{ $labels.ups }} says that its battery has to be replaced", None),
        ("UpsChargerFailed", "warning", "UPS charger failed", "{{ $labels.ups }} reports that its battery charger failed", None),
        ("UpsBatteryNotCharging", "warning", "UPS battery not charging", "{{ $labels.ups }} is on line, but its battery stays at {{ $value | humanizePercentage }}", None),
        ("UpsOnBypass", "warning", "UPS on bypass", "{{ $labels.ups }} does not protect its load ({{ $labels.flag }})", None),
        ("UpsLinkErrors", "warning", "UPS link errors", "{{ $value | humanizePercentage }} of the questions to {{ $labels.ups }} get no usable answer: look at the cable", None),
        ("UpsFrequentTransfers", "warning", "UPS frequent transfers", "{{ $labels.ups }} went to battery {{ printf \"%.0f\" $value }} times within a day, self tests not counted",
         TASTE + "your mains."),
    ],
    "Capacity and trend": [
        ("UpsBatteryOld", "info", "UPS battery old", "The battery of {{ $labels.ups }} is {{ $value | humanizeDuration }} old", TASTE + "your batteries and their temperature."),
        ("UpsSelfTestOverdue", "info", "UPS self test overdue", "{{ $labels.ups }} last tested itself {{ $value | humanizeDuration }} ago", None),
    ],
    "Info, security, and config": [
        ("UpsReloadFailed", "warning", "UPS reload failed", "The exporter {{ $labels.instance }} refused its new configuration and goes on with the old one", None),
        ("UpsEepromChanged", "info", "UPS eeprom changed", "Somebody changed a setting of {{ $labels.ups }}", None),
    ],
}


def rules_of(name):
    groups = yaml.safe_load((RULES / name).read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def inlined(expression, recorded):
    """On one line, with the definitions of recorded series in it; limits as plain numbers."""

    def limit(match):
        return re.fullmatch(r"vector\((.*)\)", recorded[match[1]])[1]

    def definition(match):
        window = f"[{match[2]}:]" if match[2] else ""  # of an expression it has to be a subquery
        return f"({inlined(recorded[match[1]], recorded)}){window}"

    expression = re.sub(r"scalar\(max\((upslink:threshold:\w+)\)\)", limit, expression)
    expression = re.sub(r"(upslink:[a-z_:]+\w)(?:\[(\w+)\])?", definition, expression)
    return re.sub(r"(?<=\() | (?=\))", "", " ".join(expression.split()))


def selected():
    """{category: [(rule as shipped, its fields in the list's order)]}"""
    recorded = {rule["record"]: rule["expr"] for rule in rules_of("upslink.rules.yml")}
    shipped = rules_of("upslink.alerts.yml")
    found = {}
    for category, entries in SELECTION.items():
        for alert, severity, name, description, comment in entries:
            rule = next(r for r in shipped if (r["alert"], r["labels"]["severity"]) == (alert, severity))
            fields = {"name": name, "description": description, "query": inlined(rule["expr"], recorded), "severity": severity}
            fields |= {"for": rule["for"]} if "for" in rule else {}
            fields |= {"comments": comment} if comment else {}
            found.setdefault(category, []).append((rule, fields))
    return found


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def draft():
    """Another exporter of the service `APC UPS`, indented as it has to be there."""
    lines = ["- name: upslink_exporter", "  slug: upslink-exporter", "  doc_url: https://upslink-exporter.example.org",
             "  comments: |", "    APC UPSes over their serial protocol, without NUT or apcupsd.",
             "    The exporter ships these with recording rules, runbooks and more alerts.", "  rules:"]
    for category, entries in selected().items():
        lines += ["    #", f"    # {category}", "    #"]
        for _, fields in entries:
            for index, (field, text) in enumerate(fields.items()):
                lead = "    - " if index == 0 else "      "
                if field == "comments":
                    lines += [f"{lead}comments: |", f"        {text}"]
                else:
                    lines.append(f"{lead}{field}: {text if field in ('name', 'severity', 'for') else quoted(text)}")
    return "".join(f"          {line}\n" for line in lines)


if __name__ == "__main__":
    print(draft(), end="")
