# SPDX-License-Identifier: Apache-2.0
"""Debian's Prometheus and Alertmanager on ports of the loopback that the kernel chooses, and a receiver that
keeps what Alertmanager sends, in the order in which it comes.

    receiver = Receiver()
    alertmanager = Alertmanager(stand, receiver)
    prometheus = Prometheus(stand, jobs, alertmanager)
    prometheus.load(rules)
    prometheus.query("up")

Both are programs of a Stand, which ends them.
"""

import http.server
import json
import re
import signal
import threading
import time
import typing
import urllib.error
import urllib.parse
import urllib.request

import yaml

import stand

SCRAPE = "500ms"
LOOKBACK = "10s"  # how long Prometheus takes an old sample for the present one; 5 minutes at normal speed


class Event(typing.NamedTuple):
    """One alert that began (`firing`) or ended (`resolved`), as it came to the receiver."""

    status: str
    labels: dict
    annotations: dict
    seconds: float  # of the monotonic clock

    def text(self):
        return " ".join((self.labels["alertname"], self.labels.get("severity", "-"), self.status))


class Receiver:
    """The webhook of Alertmanager: `events`. Its own page of metrics has `day_sentinel{scene="..."}`, by which
    a test sends an alert of its own through the whole chain."""

    def __init__(self):
        self.events = []
        self.sentinels = {}
        self.arrived = threading.Condition()
        receiver = self

        class Answer(http.server.BaseHTTPRequestHandler):
            def do_POST(self):  # noqa: N802
                told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with receiver.arrived:
                    receiver.events += [Event(alert["status"], alert["labels"], alert["annotations"], time.monotonic())
                                        for alert in told["alerts"]]
                    receiver.arrived.notify_all()
                self.answer("")

            def do_GET(self):  # noqa: N802
                with receiver.arrived:
                    lines = [f'day_sentinel{{scene="{scene}"}} {value}\n' for scene, value in receiver.sentinels.items()]
                self.answer("# TYPE day_sentinel gauge\n" + "".join(lines))

            def answer(self, text):
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.server.daemon_threads = True
        self.address = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def sentinel(self, scene, value):
        with self.arrived:
            self.sentinels[scene] = value

    def of(self, **labels):
        """The events whose alerts have these labels, in their order. An empty one must not be there."""
        with self.arrived:
            return [event for event in self.events
                    if all(event.labels.get(name, "") == value for name, value in labels.items())]

    def wait(self, condition, seconds):
        """The first true result of condition(), which is asked whenever something came; None if there is none."""
        with self.arrived:
            self.arrived.wait_for(condition, seconds)
            return condition() or None


# An alert of the test's own: it begins and ends when the receiver's page says so.
SENTINEL = {"alert": "DaySentinel", "expr": "day_sentinel > 0", "labels": {"severity": "none"},
            "annotations": {"summary": "Everything before this has been told."}}


class Server(stand.Program):
    """What Prometheus and Alertmanager have in common: they say in their log where they listen."""

    def __init__(self, place, name, command):
        super().__init__(place.folder, name, command)
        place.started(self)

        def listening():
            if not self.running():
                raise stand.Failure(f"{name} ended with {self.child.returncode}: {self.log()}")
            return re.search(r'msg="Listening on" address=127\.0\.0\.1:(\d+)', self.log())

        self.address = "127.0.0.1:" + stand.until(f"{name} listens", listening)[1]

    def get(self, path, **parameters):
        """The answer in JSON. A refusal is an answer, too: it says why."""
        url = f"http://{self.address}{path}?{urllib.parse.urlencode(parameters, doseq=True)}"
        try:
            with urllib.request.urlopen(url, timeout=stand.PATIENCE) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refusal:
            return json.loads(refusal.read() or b"{}")

    def ready(self):
        try:
            with urllib.request.urlopen(f"http://{self.address}/-/ready", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False


class Alertmanager(Server):
    """Tells the receiver of each alert by itself, at once. `inhibit_rules`: those of its configuration."""

    def __init__(self, place, receiver, inhibit_rules=(), name="alertmanager"):
        folder = place.folder / name
        folder.mkdir()
        config = {
            "route": {"receiver": "test", "group_by": ["..."], "group_wait": "0s", "group_interval": "100ms",
                      "repeat_interval": "24h"},
            "receivers": [{"name": "test", "webhook_configs": [
                {"url": f"http://{receiver.address}/alerts", "send_resolved": True}]}],
            "inhibit_rules": list(inhibit_rules),
        }
        (folder / "alertmanager.yml").write_text(yaml.safe_dump(config))
        super().__init__(place, name, [
            "prometheus-alertmanager", f"--config.file={folder}/alertmanager.yml", f"--storage.path={folder}/store",
            "--web.listen-address=127.0.0.1:0", "--cluster.listen-address="])
        stand.until("Alertmanager is ready", self.ready)


class Prometheus(Server):
    """`jobs`: scrape_configs. Rules come later, by load()."""

    def __init__(self, place, jobs, *alertmanagers):
        self.folder = place.folder / "prometheus"
        self.folder.mkdir()
        self.config = {
            "global": {"scrape_interval": SCRAPE, "scrape_timeout": SCRAPE, "evaluation_interval": SCRAPE},
            "scrape_configs": jobs,
        }
        targets = [alertmanager.address for alertmanager in alertmanagers]
        if targets:
            self.config["alerting"] = {"alertmanagers": [{"static_configs": [{"targets": targets}]}]}
        self.configure()
        super().__init__(place, "prometheus", [
            "prometheus", f"--config.file={self.folder}/prometheus.yml", f"--storage.tsdb.path={self.folder}/store",
            f"--query.lookback-delta={LOOKBACK}", "--web.listen-address=127.0.0.1:0"])
        stand.until("Prometheus is ready", self.ready)

    def configure(self):
        (self.folder / "prometheus.yml").write_text(yaml.safe_dump(self.config))

    def load(self, rules):
        """Takes up rules: file names to rules files as Python objects. The test's own alert is added to them."""
        rules = {**rules, "sentinel.yml": {"groups": [{"name": "sentinel", "rules": [SENTINEL]}]}}
        for file, content in rules.items():
            (self.folder / file).write_text(yaml.safe_dump(content))
        self.config["rule_files"] = [str(self.folder / file) for file in rules]
        self.configure()
        self.child.send_signal(signal.SIGHUP)
        wanted = sorted(group["name"] for content in rules.values() for group in content["groups"])
        stand.until("Prometheus has the rules", lambda: sorted(
            group["name"] for group in self.ask("rules")["groups"]) == wanted)
        # After a reload it has forgotten Alertmanager for some seconds, and drops alerts.
        stand.until("Prometheus knows Alertmanager", lambda: self.ask("alertmanagers")["activeAlertmanagers"])

    def ask(self, path, **parameters):
        """What an endpoint of its API answers; a Failure with its reason if it refuses or warns."""
        answer = self.get(f"/api/v1/{path}", **parameters)
        if answer.get("status") != "success" or answer.get("warnings"):
            raise stand.Failure(f"{path} {parameters}: {answer.get('error') or answer.get('warnings') or answer}")
        return answer["data"]

    def query(self, expression):
        """The result of an instant query."""
        return self.ask("query", query=expression)["result"]

    def value(self, expression):
        """The one number that an expression has; None if there is none or more than one."""
        result = self.query(expression)
        return float(result[0]["value"][1]) if len(result) == 1 else None

    def query_range(self, expression, start, end, step="1s"):
        return self.ask("query_range", query=expression, start=f"{start:.3f}", end=f"{end:.3f}", step=step)["result"]
