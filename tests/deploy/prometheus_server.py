# SPDX-License-Identifier: Apache-2.0
"""Debian's Prometheus at work: its command line, where it listens, and what it answers. Whoever uses it starts
the process, on a port that the kernel chooses, and gives the log to address_in()."""

import json
import re
import urllib.parse
import urllib.request


def command(config, storage, *flags, agent=False):
    path = "--storage.agent.path" if agent else "--storage.tsdb.path"
    return ["prometheus", f"--config.file={config}", f"{path}={storage}", "--web.listen-address=127.0.0.1:0", *flags]


def address_in(log):
    """HOST:PORT from the log; None as long as it does not listen."""
    found = re.search(r'msg="Listening on" address=(\S+)', log)
    return found and found[1]


class Api:
    def __init__(self, address):
        self.address = address
        self.url = f"http://{address}"

    def get(self, path, method="GET", **parameters):
        query = "?" + urllib.parse.urlencode(parameters, doseq=True) if parameters else ""
        with urllib.request.urlopen(urllib.request.Request(self.url + path + query, method=method), timeout=20) as answer:
            return json.load(answer)["data"]

    def ready(self):
        try:
            with urllib.request.urlopen(self.url + "/-/ready", timeout=20):
                return True
        except OSError:
            return False

    def query(self, expression):
        """[(labels, value)] of an instant vector."""
        return [(found["metric"], float(found["value"][1]))
                for found in self.get("/api/v1/query", query=expression)["result"]]

    def value(self, expression):
        """Of the one series that there is; None if there is another number of them."""
        found = self.query(expression)
        return found[0][1] if len(found) == 1 else None

    def finds(self):
        """How many targets its lists have, whether it scrapes them or not."""
        found = self.get("/api/v1/targets")
        return len(found["activeTargets"]) + len(found["droppedTargets"])

    def targets(self):
        """{address: its labels} of those that are scraped."""
        active = self.get("/api/v1/targets", state="active")["activeTargets"]
        return {target["discoveredLabels"]["__address__"]: target["labels"] for target in active}

    def rules(self):
        """{name: health} of all rules: `ok`, `err`, or `unknown` before the first evaluation."""
        groups = self.get("/api/v1/rules")["groups"]
        return {rule["name"]: rule["health"] for group in groups for rule in group["rules"]}
