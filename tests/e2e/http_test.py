#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the exporter serves over HTTP, and what Prometheus itself makes of it.

    http_test.py --exporter PROGRAM --simulator PROGRAM [test...]
"""

import gzip
import json
import re
import shutil
import socket
import subprocess
import unittest
import urllib.parse
import urllib.request

import exposition
import stand

TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = stand.OPENMETRICS + "; charset=utf-8"
UNITS = {"rack1": "su700", "rack2": "matrix", "rack-3": "rt"}
# What changes from one request to the next.
OWN = ("process_", "upslink_exporter_http_requests", "upslink_requests", "upslink_link_bytes",
       "upslink_last_success", "upslink_poll_duration")

CONFIG = """
global: {{scrape_interval: 1s}}
scrape_configs:
  - job_name: ups
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""


def setUpModule():
    """Three UPSes and one exporter for all tests, which only read."""
    global shared, sim, exporter
    shared = unittest.enterModuleContext(stand.Stand())
    profiles = [word for profile in UNITS.values() for word in ("--profile", profile)]
    sim = shared.simulator("--smart", *profiles, "--count", len(UNITS))
    exporter = shared.exporter(dict(zip(UNITS, sim.links)))
    for name in UNITS:
        for metric in ("upslink_load_ratio", "upslink_battery_replaced_timestamp_seconds"):
            shared.wait(f"{metric} of {name}", lambda n=name, m=metric: exporter.value(m, ups=n) is not None)


class PagesTest(unittest.TestCase):
    def test_format_by_accept(self):
        cases = [
            (None, TEXT), ("*/*", TEXT), ("text/plain", TEXT), ("text/html", TEXT),
            ("text/plain;version=0.0.4;q=0.5,*/*;q=0.1", TEXT),
            ("application/openmetrics-text", OPENMETRICS),
            ("application/openmetrics-text;version=1.0.0", OPENMETRICS),
            ("application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.9", TEXT),
            ("application/openmetrics-text;version=1.0.0;q=0.8,application/openmetrics-text;version=0.0.1;q=0.75,"
             "text/plain;version=0.0.4;q=0.5,*/*;q=0.1", OPENMETRICS),
            ("application/openmetrics-text;q=0", TEXT),
        ]
        for accept, expected in cases:
            with self.subTest(accept=accept):
                answer = exporter.get(headers={"Accept": accept} if accept else {})
                self.assertEqual(answer.status, 200)
                self.assertEqual(answer.headers["content-type"], expected)
                read = exposition.read_openmetrics if expected == OPENMETRICS else exposition.read_text
                self.assertEqual(read(answer.text).samples["upslink_up", (("ups", "rack1"),)], 1)

    def test_same_series_in_both_formats(self):
        def keys(page):
            return {key for key in page.samples if not key[0].startswith(OWN)}

        def both():
            text = exporter.get().text
            other = exposition.read_openmetrics(exporter.get(headers={"Accept": stand.OPENMETRICS}).text)
            first, again = exposition.read_text(text), exporter.scrape()
            if keys(first) != keys(again):
                return None  # something new came meanwhile
            return first, other, again

        first, other, again = shared.wait("a quiet moment", both)
        self.assertEqual(keys(first), keys(other))
        steady = [key for key in first.samples if first.samples[key] == again.samples[key]]
        self.assertGreater(len(steady), 100)
        self.assertEqual([key for key in steady if other.samples[key] != first.samples[key]
                          and not key[0].startswith(OWN)], [])
        self.assertEqual({name.removesuffix("_total"): kind for name, kind in first.type.items()}, other.type)
        self.assertEqual({name.removesuffix("_total"): text for name, text in first.help.items()}, other.help)
        self.assertEqual(other.unit["upslink_input_voltage_volts"], "volts")

    def test_gzip(self):
        for accept in ("*/*", stand.OPENMETRICS):
            packed = exporter.get(headers={"Accept": accept, "Accept-Encoding": "gzip"})
            self.assertEqual(packed.headers["content-encoding"], "gzip")
            self.assertIn("accept-encoding", packed.headers["vary"].lower())
            text = gzip.decompress(packed.body).decode()
            read = exposition.read_text if accept == "*/*" else exposition.read_openmetrics
            self.assertIn(("upslink_up", (("ups", "rack2"),)), read(text).samples)
            self.assertLess(len(packed.body) * 4, len(text))
        for refusal in ("identity", "gzip;q=0", "br"):
            self.assertNotIn("content-encoding", exporter.get(headers={"Accept-Encoding": refusal}).headers)

    def test_head(self):
        for path in ("/metrics", "/", "/-/healthy", "/-/ready"):
            answer = exporter.get(path, "HEAD")
            self.assertEqual((answer.status, answer.body), (200, b""), path)
            self.assertEqual(answer.headers["content-type"], exporter.get(path).headers["content-type"])
            self.assertGreater(int(answer.headers["content-length"]), 10)

    def test_other_paths_and_methods(self):
        for path in ("/nonsense", "/metrics/", "/metrics2", "/-/", "/%2e%2e/etc/passwd"):
            answer = exporter.get(path)
            self.assertEqual(answer.status, 404, path)
            self.assertTrue(answer.text.strip())
        for method in ("POST", "PUT", "DELETE", "OPTIONS"):
            answer = exporter.get("/metrics", method)
            self.assertEqual(answer.status, 405, method)
            self.assertEqual(answer.headers["allow"].replace(" ", "").split(","), ["GET", "HEAD"])
        self.assertEqual(exporter.get("/metrics?x=1").status, 200)
        self.assertGreaterEqual(exporter.value("upslink_exporter_http_requests_total", code="404"), 5)

    def test_start_page(self):
        answer = exporter.get("/")
        self.assertEqual((answer.status, answer.headers["content-type"]), (200, "text/html; charset=utf-8"))
        self.assertIn('<a href="./metrics">', answer.text)
        for name in UNITS:
            self.assertIn(f"<li><b>{name}</b>: On line</li>", answer.text)

    def test_healthy_and_ready(self):
        self.assertEqual(exporter.get("/-/healthy").status, 200)
        self.assertEqual(exporter.get("/-/ready").status, 200)

    def test_not_ready_until_each_was_tried(self):
        with stand.Stand() as s, socket.socket() as full:
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            others = [socket.socket() for _ in range(4)]  # its backlog is full: a connection hangs
            try:
                for other in others:
                    other.setblocking(False)
                    other.connect_ex(full.getsockname())
                late = s.exporter({"a": "tcp://127.0.0.1:%d" % full.getsockname()[1],
                                   "b": s.simulator().links[0]})
                answer = late.get("/-/ready")
                self.assertEqual(answer.status, 503)
                self.assertIn("not tried", answer.text)
                self.assertEqual(late.get("/-/healthy").status, 200)
                self.assertEqual(late.value("upslink_up", ups="a"), 0)
                s.wait("the attempt is over", lambda: late.get("/-/ready").status == 200)
                self.assertEqual(late.value("upslink_up", ups="a"), 0)
                self.assertIn("<li><b>a</b>: Silent</li>", late.get("/").text)
            finally:
                for other in others:
                    other.close()

    def test_other_path_of_the_metrics(self):
        with stand.Stand() as s:
            other = s.exporter({"a": s.folder / "later"}, "--web.telemetry-path", "/ups/metrics")
            self.assertEqual(other.get("/metrics").status, 404)
            self.assertEqual(exposition.read_text(other.get("/ups/metrics").text).samples[
                "upslink_up", (("ups", "a"),)], 0)
            self.assertIn('<a href="./ups/metrics">', other.get("/").text)

    def test_several_addresses(self):
        with stand.Stand() as s:
            both = s.exporter({"a": s.folder / "later"}, "--web.listen-address", "[::1]:0")
            ports = [line["address"].rpartition(":")[2] for line in s.wait("both listen", lambda: [
                line for line in both.log_lines() if line["msg"] == "listening"])]
            self.assertEqual(len(ports), 2)
            for host, port in zip(("127.0.0.1", "[::1]"), ports):
                with urllib.request.urlopen(f"http://{host}:{port}/-/healthy") as answer:
                    self.assertEqual(answer.status, 200)


class PrometheusTest(unittest.TestCase):
    """Both programs come with Debian's package `prometheus`; the tests fail without it."""

    def test_promtool_has_nothing_to_say(self):
        self.assertIsNotNone(shutil.which("promtool"), "apt-get install prometheus")
        check = subprocess.run(["promtool", "check", "metrics"], input=exporter.get().body, timeout=60,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        self.assertEqual((check.returncode, check.stdout.decode()), (0, ""))

    def test_prometheus_scrapes_it(self):
        self.assertIsNotNone(shutil.which("prometheus"), "apt-get install prometheus")
        with stand.Stand() as s:
            config = s.folder / "prometheus.yml"
            config.write_text(CONFIG.format(port=exporter.port))
            prometheus = s.program("prometheus", [
                "prometheus", f"--config.file={config}", f"--storage.tsdb.path={s.folder}/tsdb",
                "--web.listen-address=127.0.0.1:0", "--log.level=info"])

            def log():
                return prometheus.log() + prometheus.out()

            port = s.wait("Prometheus listens", lambda: re.search(
                r'msg="Listening on" address=127\.0\.0\.1:(\d+)', log()), 60)[1]

            def api(path, **parameters):
                try:
                    with urllib.request.urlopen(
                            f"http://127.0.0.1:{port}/api/v1/{path}?{urllib.parse.urlencode(parameters)}") as answer:
                        return json.load(answer)["data"]
                except OSError:  # it is not ready yet
                    return None

            def query(expression):
                found = api("query", query=expression)
                return {r["metric"].get("ups"): float(r["value"][1]) for r in found["result"]} if found else {}

            s.wait("a few scrapes", lambda: query("count_over_time(up[1m])").get(None, 0) >= 3, 60)
            self.assertEqual(query("min_over_time(up[1m])"), {None: 1})
            self.assertEqual(query("upslink_up"), dict.fromkeys(UNITS, 1))
            for unit, name in enumerate(UNITS):
                self.assertAlmostEqual(query("upslink_load_ratio")[name],
                                       sim.state(unit)["quantities"]["load_ratio"], delta=0.02)
            self.assertAlmostEqual(query("scrape_samples_scraped")[None], len(exporter.scrape().samples), delta=20)
            # Only OpenMetrics has units: it is what was scraped.
            known = {entry["metric"]: entry for entry in api("targets/metadata", match_target='{job="ups"}')}
            self.assertEqual(known["upslink_input_voltage_volts"]["unit"], "volts")
            self.assertEqual(known["upslink_transfers"]["type"], "counter")
            self.assertEqual(query("count(upslink_transfers_total)").keys(), {None})
            self.assertEqual(re.findall(r".*level=(?:warn|error).*", log()), [])


if __name__ == "__main__":
    stand.main()
