# SPDX-License-Identifier: Apache-2.0
"""The rules of deploy/prometheus, and how promtool plays cases through them."""

import json
import pathlib
import subprocess

import yaml

import cases

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy" / "prometheus"
RECORDING = FOLDER / "upslink.rules.yml"
ALERTING = FOLDER / "upslink.alerts.yml"
RUNBOOKS = ROOT / "docs" / "runbooks"
SUBJECTS = [cases.Subject(path) for path in sorted(pathlib.Path(__file__).parent.glob("*.yml"))
            if path.name not in ("coverage.yml", "texts.yml")]


def groups(path):
    return yaml.safe_load(path.read_text())["groups"]


def recorded():
    return [rule for group in groups(RECORDING) for rule in group["rules"]]


def rules():
    """The alerting rules in their order."""
    return [rule for group in groups(ALERTING) for rule in group["rules"]]


def names():
    """The names of the alerts in their order; several rules may have the same."""
    return list(dict.fromkeys(rule["alert"] for rule in rules()))


def names_of_the_exporter():
    """Those that are about no UPS, and do not have its label."""
    group, = (group for group in groups(ALERTING) if group["name"] == "upslink-exporter")
    return {rule["alert"] for rule in group["rules"]}


def promtool(*arguments):
    done = subprocess.run(["promtool", *map(str, arguments)], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def without_texts(folder):
    """A copy of the alerting rules, in which a case need not say what people read."""
    copy = folder / "alerts.yml"
    table = yaml.safe_load(ALERTING.read_text())
    for group in table["groups"]:
        for rule in group["rules"]:
            del rule["annotations"]
    copy.write_text(yaml.safe_dump(table))
    return copy


def written(folder, name, alerting, interval, *plays):
    """A file for promtool. A play has input series and checks: (time, alert, expected alerts)."""
    file = folder / f"{name}.test.yml"
    order = [group["name"] for path in (RECORDING, ALERTING) for group in groups(path)]
    file.write_text(json.dumps({  # which is YAML, and quicker
        "rule_files": [str(RECORDING), str(alerting)],
        "evaluation_interval": f"{interval}s",
        "group_eval_order": order,
        "tests": [{
            "interval": f"{interval}s",
            "input_series": series,
            "alert_rule_test": [{"eval_time": f"{time}s", "alertname": alert, "exp_alerts": expected}
                                for time, alert, expected in checks],
        } for series, checks in plays],
    }))
    return file


def play(folder, subject):
    """What promtool says to all cases of a subject; (0, ...) if each did what it should."""
    of_the_exporter = names_of_the_exporter()
    series = [one for case in subject.played for one in case.input_series()]
    checks = [(time, alert, [{"exp_labels": labels} for labels in
                             subject.expected(alert, time, alert in of_the_exporter)])
              for time in subject.times() for alert in names()]
    file = written(folder, subject.name, without_texts(folder), subject.interval, (series, checks))
    return promtool("test", "rules", file)
