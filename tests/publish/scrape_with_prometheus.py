#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Has a real Prometheus scrape a page in both formats, and asks it what it took.

Usage: scrape_with_prometheus.py PATH, of which PATH.txt and PATH.om are served as /text and
/openmetrics. Fails unless Prometheus finds both up, takes every sample and all metadata, has the same
series and values from both, and logs neither a warning nor an error. All on loopback, at ports that
the kernel chooses, in a folder that is removed afterwards.
"""

import http.server
import json
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

CONTENT_TYPES = {
    "/text": "text/plain; version=0.0.4; charset=utf-8",
    "/openmetrics": "application/openmetrics-text; version=1.0.0; charset=utf-8",
}
SUFFIXES = {"/text": ".txt", "/openmetrics": ".om"}
DEADLINE_SECONDS = 60

CONFIG = """
global: {{scrape_interval: 1s}}
scrape_configs:
{jobs}
"""
JOB = """
  - job_name: {name}
    metrics_path: /{name}
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""


def serve(pages):
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = pages[self.path]
            self.send_response(200)
            self.send_header("Content-Type", CONTENT_TYPES[self.path])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class Prometheus:
    """The program, its log and its API."""

    def __init__(self, folder, port_of_pages):
        config = folder + "/prometheus.yml"
        jobs = "".join(JOB.format(name=page[1:], port=port_of_pages) for page in CONTENT_TYPES)
        with open(config, "w", encoding="utf-8") as file:
            file.write(CONFIG.format(jobs=jobs))
        self.log_path = folder + "/log"
        with open(self.log_path, "wb") as log:
            self.program = subprocess.Popen(
                ["prometheus", "--config.file=" + config, "--storage.tsdb.path=" + folder + "/tsdb",
                 "--web.listen-address=127.0.0.1:0", "--log.level=info"],
                stdout=log, stderr=subprocess.STDOUT)

    def log(self):
        with open(self.log_path, encoding="utf-8") as file:
            return file.read()

    def api(self, path, **parameters):
        port = until(lambda: re.search(r'msg="Listening on" address=127\.0\.0\.1:(\d+)', self.log()),
                     self)[1]
        query = urllib.parse.urlencode(parameters)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/{path}?{query}") as answer:
            return json.load(answer)["data"]

    def query(self, expression):
        return self.api("query", query=expression)["result"]

    def end(self):
        self.program.terminate()
        try:
            self.program.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.program.kill()
            self.program.wait()


def until(condition, prometheus):
    limit = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < limit:
        try:
            result = condition()
        except OSError:  # it does not listen yet
            result = None
        if result:
            return result
        if prometheus.program.poll() is not None:
            break
        time.sleep(0.2)
    sys.exit("Prometheus did not do it:\n" + prometheus.log())


def series(prometheus, job):
    """Values by labels, without those that Prometheus adds itself."""
    found = {}
    for result in prometheus.query('{job="%s"}' % job):
        labels = {k: v for k, v in result["metric"].items() if k not in ("job", "instance")}
        name = labels["__name__"]
        if name != "up" and not name.startswith("scrape_"):
            found[json.dumps(labels, sort_keys=True)] = result["value"][1]
    return found


def check_metadata(prometheus, text, problems):
    """Every TYPE and UNIT of the OpenMetrics page is in the metadata of its target."""
    known = {}
    for entry in prometheus.api("targets/metadata", match_target='{job="openmetrics"}'):
        known[entry["metric"]] = entry
    for keyword, field in (("TYPE", "type"), ("UNIT", "unit")):
        for name, value in re.findall(rf"^# {keyword} (\S+) (\S+)$", text, re.MULTILINE):
            if known.get(name, {}).get(field) != value:
                problems.append(f"{keyword} of {name} is {value}, Prometheus has {known.get(name)}")


def check(prometheus, pages):
    problems = []
    for path, body in pages.items():
        job = path[1:]
        lines = body.decode().splitlines()
        samples = [line for line in lines if line and not line.startswith("#")]
        expected = {"up": 1, "scrape_samples_scraped": len(samples)}
        for name, value in expected.items():
            found = prometheus.query('%s{job="%s"}' % (name, job))[0]["value"][1]
            if float(found) != value:
                problems.append(f"{name} of {job} is {found}, not {value}")
        taken = series(prometheus, job)
        if len(taken) != len(samples):
            problems.append(f"{len(taken)} series of {job}, not {len(samples)}")
    if series(prometheus, "text") != series(prometheus, "openmetrics"):
        problems.append("the series of the two formats differ")
    check_metadata(prometheus, pages["/openmetrics"].decode(), problems)
    return problems


def main():
    if shutil.which("prometheus") is None:
        sys.exit("prometheus is missing: apt-get install prometheus")
    pages = {}
    for path, suffix in SUFFIXES.items():
        with open(sys.argv[1] + suffix, "rb") as file:
            pages[path] = file.read()
    server = serve(pages)
    with tempfile.TemporaryDirectory() as folder:
        prometheus = Prometheus(folder, server.server_port)
        try:
            until(lambda: len(prometheus.query("scrape_samples_scraped")) == len(pages), prometheus)
            problems = check(prometheus, pages)
            problems += re.findall(r".*level=(?:warn|error).*", prometheus.log())
        finally:
            prometheus.end()  # of which it warns
    server.shutdown()
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main()
