#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One Prometheus scrapes one exporter twice: as it asks by itself, which is for OpenMetrics, and through a
proxy that asks for the text format. Both ways it must find the same series.

    formats_test.py --exporter PROGRAM --simulator PROGRAM
"""

import http.server
import pathlib
import sys
import threading
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import stand  # noqa: E402

import monitoring  # noqa: E402

TEXT = "text/plain; version=0.0.4"
PROFILES = ("su700", "matrix", "su1400xl")
MOVES = r".*_total|.*_timestamp_seconds|.*_age_seconds|process_.*|scrape_.*|up|.*_duration_seconds|.*uptime_seconds"


class Proxy:
    """Hands a page on, but asks for it with an Accept of its own. `kinds`: the Content-Types that it got."""

    def __init__(self, port, accept):
        self.kinds = set()
        proxy = self

        class Answer(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # noqa: N802
                request = urllib.request.Request(f"http://127.0.0.1:{port}{self.path}", headers={"Accept": accept})
                with urllib.request.urlopen(request, timeout=stand.PATIENCE) as answer:
                    page = answer.read()
                    kind = answer.headers["Content-Type"]
                proxy.kinds.add(kind)
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(page)))
                self.end_headers()
                self.wfile.write(page)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.server.daemon_threads = True
        self.address = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def label_sets(found):
    """Series without what tells the two scrapes apart."""
    return {tuple(sorted((k, v) for k, v in labels.items() if k not in ("job", "instance"))) for labels in found}


class Formats(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stand = cls.enterClassContext(stand.Stand())
        names = [f"--profile={name}" for name in PROFILES]
        units = cls.stand.simulator(*names, "--count", len(PROFILES), "--smart", "--baud", "0", "--speed", "0.001",
                                    "--link", cls.stand.folder / "ups")
        units.ask("measure-ups 2")
        config = cls.stand.folder / "config.yaml"
        cadence = "cadence: {status: 500ms, fast: 1s, slow: 1s, settings: 2s}"
        config.write_text("ups:\n" + "".join(
            f"  - {{name: {name}, address: '{link}', {cadence}}}\n" for name, link in zip(PROFILES, units.links)))
        cls.exporter = cls.stand.exporter({}, "--config.file", config)
        cls.proxy = Proxy(cls.exporter.port, TEXT)
        cls.addClassCleanup(cls.proxy.close)
        cls.prometheus = monitoring.Prometheus(cls.stand, [
            {"job_name": job, "static_configs": [{"targets": [address]}]}
            for job, address in (("openmetrics", f"127.0.0.1:{cls.exporter.port}"), ("text", cls.proxy.address))])
        stand.until("all units are known", lambda: all(
            cls.known(job, name) for job in ("openmetrics", "text") for name in PROFILES))

    @classmethod
    def known(cls, job, name):
        """Whether all is published of a unit, which is the case once it stays the same."""
        published = sum(1 for (_, labels) in cls.exporter.scrape().samples if ("ups", name) in labels)
        unknown = cls.exporter.value("upslink_output_voltage_nominal_volts", ups=name) is None
        return not unknown and cls.prometheus.value(f'count({{job="{job}",ups="{name}"}})') == published

    def series(self, job):
        return label_sets(sample["metric"] for sample in self.prometheus.query(f'{{job="{job}"}}'))

    def test_the_formats_are_what_they_should_be(self):
        self.assertEqual({kind.split("; charset")[0] for kind in self.proxy.kinds}, {TEXT})
        for job, unit in (("openmetrics", "volts"), ("text", "")):  # only OpenMetrics tells a unit
            answer = self.prometheus.ask("targets/metadata", match_target=f'{{job="{job}"}}', metric="upslink_input_voltage_volts")
            self.assertEqual([(about["type"], about["unit"]) for about in answer], [("gauge", unit)])

    def test_both_have_the_same_series_and_labels(self):
        def same():
            one, other = self.series("openmetrics"), self.series("text")
            self.difference = one ^ other
            return not self.difference and one

        try:
            found = stand.until("the same series", same)
        except stand.Failure:
            self.fail(f"only in one of the formats: {sorted(self.difference)}")
        names = {dict(labels)["__name__"] for labels in found}
        self.assertLessEqual({"upslink_up", "upslink_info", "upslink_alerts_total", "upslink_exporter_build_info",
                              "upslink_ambient_humidity_ratio", "upslink_contact_closed"}, names)
        self.assertGreater(len(found), 150 * len(PROFILES))

    def test_both_have_the_same_values(self):
        def values(job):
            found = self.prometheus.query(f'{{job="{job}",__name__!~"{MOVES}"}}')
            return {labels: sample["value"][1] for sample in found for labels in label_sets([sample["metric"]])}

        def differing():
            one, other = values("openmetrics"), values("text")
            self.assertGreater(len(one), 100 * len(PROFILES))
            return {labels: (one.get(labels), other.get(labels)) for labels in one.keys() | other.keys()
                    if one.get(labels) != other.get(labels)}

        stand.until("the same values", lambda: not differing())

    def test_both_know_the_same_families(self):
        def families(job):
            """In OpenMetrics the family of a counter has no _total."""
            answer = self.prometheus.ask("targets/metadata", match_target=f'{{job="{job}"}}')
            return {(about["metric"].removesuffix("_total"), about["type"], about["help"]) for about in answer}

        self.assertEqual(families("openmetrics"), families("text"))


if __name__ == "__main__":
    stand.main()
