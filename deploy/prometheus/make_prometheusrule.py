#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints the rules of this folder as a PrometheusRule, for the Prometheus operator:

    deploy/prometheus/make_prometheusrule.py > deploy/kubernetes/base/prometheusrule.yaml
"""

import pathlib

HEAD = """\
# SPDX-License-Identifier: Apache-2.0
# Made by deploy/prometheus/make_prometheusrule.py of the rules there. Do not edit.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: upslink-exporter
  labels: {app.kubernetes.io/name: upslink-exporter}
spec:
  groups:
"""


def groups_of(path):
    """The text of a file below `groups:`, comments and anchors as they are."""
    return path.read_text().split("\ngroups:\n", 1)[1]


def prometheusrule():
    folder = pathlib.Path(__file__).resolve().parent
    text = "".join(groups_of(folder / name) for name in ("upslink.rules.yml", "upslink.alerts.yml"))
    return HEAD + "".join(f"  {line}" if line.strip() else line for line in text.splitlines(keepends=True))


if __name__ == "__main__":
    print(prometheusrule(), end="")
