#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The web server under a web configuration file: TLS, passwords, sockets of systemd, and what clients
try on it. The clients are OpenSSL's, by way of Python and Prometheus, and bare sockets.

    https_test.py --exporter PROGRAM --simulator PROGRAM [test...]
"""

import base64
import concurrent.futures
import contextlib
import http.client
import json
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import unittest
import urllib.parse
import urllib.request

import exposition
import stand

# bcrypt of "secret" and of "other"; the cost is the lowest that the file may have, or nearly.
SECRET = "$2b$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a"
OTHER = "$2b$05$abcdefghijklmnopqrstuuVQd15VhR/oN1H3pzUR5lME0fZO6.qRW"

TLS = """
tls_server_config:
  cert_file: server.pem
  key_file: server.key
"""


def basic(name, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


class Authority:
    """Certificates by the command `openssl`, in files of a folder."""

    def __init__(self, folder, name):
        self.folder, self.name = folder, name
        self._run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                  "-days", "2", "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.pem")

    def _run(self, *words):
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True, timeout=60)

    def issue(self, name, extensions, kind=("ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")):
        (self.folder / f"{name}.ext").write_text(extensions)
        self._run("req", "-newkey", *kind, "-nodes", "-subj", f"/CN={name}",
                  "-keyout", f"{name}.key", "-out", f"{name}.csr")
        self._run("x509", "-req", "-days", "1", "-in", f"{name}.csr", "-CA", f"{self.name}.pem",
                  "-CAkey", f"{self.name}.key", "-extfile", f"{name}.ext", "-out", f"{name}.pem")


class HttpsStand(stand.Stand):
    """One exporter, which reads no UPS, under a web configuration file."""

    def __enter__(self):
        super().__enter__()
        self.servers = Authority(self.folder, "servers")
        self.clients = Authority(self.folder, "clients")
        self.servers.issue("server", "subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        self.clients.issue("client", "extendedKeyUsage=clientAuth\nsubjectAltName=DNS:prometheus.example\n")
        return self

    def configure(self, text):
        # As an administrator's editor does: a new file in the place of the old one.
        (self.folder / "web.new").write_text(text)
        (self.folder / "web.new").rename(self.folder / "web.yml")

    def start(self, text):
        self.configure(text)
        self.server = self.exporter({"a": self.folder / "later"}, "--web.config.file", self.folder / "web.yml")
        return self.server

    def reload(self, text):
        self.configure(text)
        before = self.server.log().count("the configuration was read again")
        self.server.child.send_signal(signal.SIGHUP)
        self.wait("it is read", lambda: self.server.log().count("the configuration was read again") > before)

    def context(self, client=None):
        context = ssl.create_default_context(cafile=self.folder / "servers.pem")
        if client:
            context.load_cert_chain(self.folder / f"{client}.pem", self.folder / f"{client}.key")
        return context

    def connect(self, context=None):
        if context is None:
            return http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=stand.PATIENCE)
        return http.client.HTTPSConnection("127.0.0.1", self.server.port, timeout=stand.PATIENCE, context=context)

    def ask(self, connection, path="/metrics", method="GET", headers=None, body=None):
        connection.request(method, path, body=body, headers=headers or {})
        return stand.Answer(connection.getresponse())

    def get(self, context=None, path="/metrics", **more):
        """An answer, over a connection of its own."""
        with contextlib.closing(self.connect(context)) as connection:
            return self.ask(connection, path, **more)

    def raw(self):
        return socket.create_connection(("127.0.0.1", self.server.port), timeout=stand.PATIENCE)

    def answer_to(self, text):
        """Everything that comes back, until the end of the connection, or the reset."""
        with self.raw() as client:
            received = b""
            with contextlib.suppress(ConnectionError):
                client.sendall(text)
                while piece := client.recv(65536):
                    received += piece
            return received


class TlsTest(unittest.TestCase):
    def setUp(self):
        self.stand = self.enterContext(HttpsStand())

    def test_scrape(self):
        s = self.stand
        s.start(TLS)
        answer = s.get(s.context())
        self.assertEqual(answer.status, 200)
        self.assertEqual(exposition.read_text(answer.text).samples["upslink_up", (("ups", "a"),)], 0)
        with self.assertRaises(ssl.SSLCertVerificationError):
            s.get(ssl.create_default_context())

    def test_many_requests_in_one_connection(self):
        s = self.stand
        s.start(TLS)
        with contextlib.closing(s.connect(s.context())) as connection:
            for _ in range(10_000):
                self.assertEqual(s.ask(connection, "/-/healthy").status, 200)

    def test_versions_below_the_minimum_are_refused(self):
        s = self.stand
        s.start(TLS + "  min_version: TLS13\n")
        context = s.context()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        with self.assertRaisesRegex(ssl.SSLError, "PROTOCOL_VERSION"):
            s.get(context)
        self.assertEqual(s.get(s.context()).status, 200)
        self.assertIn("no version of TLS is common", s.server.log())

    def test_only_the_named_cipher_suites_are_spoken(self):
        s = self.stand
        s.start(TLS + "  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]\n")
        for cipher, is_named in {"ECDHE-ECDSA-AES256-GCM-SHA384": True, "ECDHE-ECDSA-AES128-GCM-SHA256": False,
                                 "ECDHE-ECDSA-CHACHA20-POLY1305": False}.items():
            context = s.context()
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            context.set_ciphers(cipher)
            if is_named:
                self.assertEqual(s.get(context).status, 200)
            else:
                with self.assertRaisesRegex(ssl.SSLError, "HANDSHAKE_FAILURE"):
                    s.get(context)
        self.assertEqual(s.get(s.context()).status, 200)  # TLS 1.3 has all of its own

    def test_client_certificates(self):
        s = self.stand
        s.servers.issue("stranger", "extendedKeyUsage=clientAuth\nsubjectAltName=DNS:prometheus.example\n")
        s.clients.issue("other", "extendedKeyUsage=clientAuth\nsubjectAltName=DNS:other.example\n")
        s.start(TLS + "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: clients.pem\n"
                      "  client_allowed_sans: [prometheus.example]\n")
        self.assertEqual(s.get(s.context("client")).status, 200)
        for wrong, alert in ((None, "CERTIFICATE_REQUIRED"), ("stranger", "BAD_CERTIFICATE"),
                             ("other", "BAD_CERTIFICATE")):
            with self.subTest(client=wrong), self.assertRaisesRegex((ssl.SSLError, ConnectionError), alert):
                # In TLS 1.3 a client may send before it is refused. What it gets is read first here.
                with contextlib.closing(s.connect(s.context(wrong))) as connection:
                    connection.connect()
                    connection.sock.recv(1)
        self.assertEqual(s.get(s.context("client")).status, 200)

    def test_a_new_certificate_while_connections_are_open(self):
        s = self.stand
        s.start(TLS)

        def serial(connection):
            return connection.sock.getpeercert()["serialNumber"]

        with contextlib.closing(s.connect(s.context())) as kept:
            self.assertEqual(s.ask(kept).status, 200)
            s.servers.issue("server", "subjectAltName=DNS:localhost,IP:127.0.0.1\n")
            s.reload(TLS)
            with contextlib.closing(s.connect(s.context())) as fresh:
                self.assertEqual(s.ask(fresh).status, 200)
                self.assertNotEqual(serial(fresh), serial(kept))
            self.assertEqual(s.ask(kept).status, 200)

    def test_plain_http_to_tls_and_tls_to_plain_http(self):
        s = self.stand
        s.start(TLS)
        answer = s.get()
        self.assertEqual(answer.status, 400)
        self.assertEqual(answer.text, "Client sent an HTTP request to an HTTPS server.\n")
        for nonsense in (b"\r\n\r\n", b"\x16\x03\x01\x00\x05hello", b"\x80\x2e\x01\x00\x02", b"\x00" * 10_000):
            with self.raw_end(nonsense) as client:
                with contextlib.suppress(ConnectionError):
                    while client.recv(4096):
                        pass
        self.assertEqual(s.get(s.context()).status, 200)
        s.reload("")
        with self.assertRaises((ssl.SSLError, ConnectionError)):
            s.get(s.context())
        self.assertEqual(s.get().status, 200)

    @contextlib.contextmanager
    def raw_end(self, text):
        with self.stand.raw() as client:
            client.sendall(text)
            client.shutdown(socket.SHUT_WR)
            yield client

    def test_half_handshakes_delay_nobody(self):
        s = self.stand
        s.start(TLS)
        half = [self.enterContext(s.raw()) for _ in range(500)]
        for client in half:
            client.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
        took = []
        with contextlib.closing(s.connect(s.context())) as kept:
            for _ in range(20):
                began = time.monotonic()
                self.assertEqual(s.get(s.context()).status, 200)
                self.assertEqual(s.ask(kept).status, 200)
                took.append(time.monotonic() - began)
        self.assertLess(max(took), 1 + stand.SLACK)
        # Theirs is the deadline of a request, though they never made one.
        half[0].settimeout(15 + stand.SLACK)
        self.assertEqual(half[0].recv(1), b"")

    def test_healthcheck(self):
        s = self.stand
        s.start(TLS + "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: clients.pem\n"
                      f"basic_auth_users: {{prom: {SECRET!r}}}\n")
        healthy = ["--healthcheck", "--web.config.file", s.folder / "web.yml"]
        address = f"127.0.0.1:{s.server.port}"
        status, out, err, _ = stand.run_exporter(*healthy, "--web.listen-address", address)
        self.assertEqual(status, 0, (out, err))
        s.server.stop()
        status, out, err, _ = stand.run_exporter(*healthy, "--web.listen-address", address)
        self.assertEqual(status, 1, (out, err))


class PasswordTest(unittest.TestCase):
    def setUp(self):
        self.stand = self.enterContext(HttpsStand())

    def test_right_and_wrong(self):
        s = self.stand
        s.start(TLS + f"basic_auth_users: {{prom: {SECRET!r}}}\n")
        context = s.context()
        with contextlib.closing(s.connect(context)) as kept:
            for _ in range(3):
                self.assertEqual(s.ask(kept, headers=basic("prom", "secret")).status, 200)
            for headers in ({}, basic("prom", "guess"), basic("nobody", "secret"), basic("prom", ""),
                            {"Authorization": "Basic ?"}, {"Authorization": "Bearer secret"}):
                for path in ("/metrics", "/", "/-/healthy", "/-/ready", "/nonsense", "/-/reload"):
                    for method in ("GET", "POST", "OPTIONS"):
                        answer = s.ask(kept, path, method, headers)
                        self.assertEqual(answer.status, 401, (path, method, headers))
                        self.assertRegex(answer.headers["www-authenticate"], "^Basic ")
            self.assertEqual(s.ask(kept, "/nonsense", headers=basic("prom", "secret")).status, 404)

    def test_a_user_is_removed_while_a_connection_is_open(self):
        s = self.stand
        s.start(f"basic_auth_users: {{prom: {SECRET!r}, two: {OTHER!r}}}\n")
        with contextlib.closing(s.connect()) as prom, contextlib.closing(s.connect()) as two:
            self.assertEqual(s.ask(prom, headers=basic("prom", "secret")).status, 200)
            self.assertEqual(s.ask(two, headers=basic("two", "other")).status, 200)
            s.reload(f"basic_auth_users: {{two: {OTHER!r}}}\n")
            self.assertEqual(s.ask(prom, headers=basic("prom", "secret")).status, 401)
            self.assertEqual(s.ask(two, headers=basic("two", "other")).status, 200)

    def test_a_file_that_is_only_half_written_opens_nothing(self):
        s = self.stand
        whole = f"basic_auth_users: {{prom: {SECRET!r}}}\n"
        s.start(TLS + whole)
        right = basic("prom", "secret")
        for half, gone in (("", "all users"), (TLS, "all users"), (whole, "TLS")):
            s.configure(half)
            s.wait(f"{gone} are missed", lambda half=half, gone=gone: any(
                f"would take {gone} away" in line.get("reason", "") for line in s.server.log_lines()))
            self.assertEqual(s.get(s.context()).status, 401)
            self.assertEqual(s.get(s.context(), headers=right).status, 200)
        s.reload("")  # somebody means it
        self.assertEqual(s.get().status, 200)

    def test_guesses_do_not_delay_a_scrape(self):
        s = self.stand
        s.start(f"basic_auth_users: {{prom: {SECRET.replace('$05', '$10')!r}, two: {OTHER!r}}}\n")
        right = basic("two", "other")
        self.assertEqual(s.get(headers=right).status, 200)
        over = threading.Event()

        def guess(number):
            statuses = set()
            tries = 0
            while not over.is_set():
                statuses.add(s.get(headers=basic("prom", f"guess {number} {tries}")).status)
                tries += 1
            return statuses

        took = []
        with concurrent.futures.ThreadPoolExecutor(10) as pool:
            guesses = [pool.submit(guess, number) for number in range(10)]
            try:
                with contextlib.closing(s.connect()) as kept:
                    for _ in range(50):
                        began = time.monotonic()
                        self.assertEqual(s.ask(kept, "/-/healthy", headers=right).status, 200)
                        took.append(time.monotonic() - began)
                        time.sleep(0.02)
            finally:
                over.set()
        for statuses in guesses:
            self.assertLessEqual(statuses.result(), {401, 503})
        # The machine is shared with ten clients here: the middle is the server's doing.
        self.assertLess(sorted(took)[len(took) // 2], 0.05 + stand.SLACK)

    def test_reload_by_post(self):
        s = self.stand
        s.start(f"basic_auth_users: {{prom: {SECRET!r}}}\n")
        right = basic("prom", "secret")
        self.assertEqual(s.get(path="/-/reload", method="POST").status, 401)
        for body in (None, b""):
            answer = s.get(path="/-/reload", method="POST", headers=right, body=body)
            self.assertEqual(answer.status, 200, answer.text)
        s.configure("basic_auth_users: {prom: nonsense}\n")
        self.assertEqual(s.get(path="/-/reload", method="POST", headers=right).status, 500)
        self.assertEqual(s.get(headers=right).status, 200)
        self.assertEqual(s.get(path="/-/reload", method="POST", headers=right, body=b"x").status, 413)

    def test_rate_limit_and_headers(self):
        s = self.stand
        s.start("rate_limit: {interval: 1h, burst: 2}\n"
                "http_server_config: {headers: {Strict-Transport-Security: max-age=60, X-Frame-Options: deny}}\n")
        statuses = []
        for _ in range(4):
            answer = s.get()
            statuses.append(answer.status)
            self.assertEqual(answer.headers["strict-transport-security"], "max-age=60")
            self.assertEqual(answer.headers["x-frame-options"], "deny")
        self.assertEqual(statuses, [200, 200, 429, 429])


class OddRequestsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stand = cls.enterClassContext(HttpsStand())
        cls.stand.start("")

    def tearDown(self):
        self.assertEqual(self.stand.get().status, 200)

    def test_large_headers(self):
        request = b"GET /metrics HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 100_000 + b"\r\n\r\n"
        self.assertRegex(self.stand.answer_to(request), rb"\A(HTTP/1.1 431 |\Z)")
        many = b"".join(b"X-%d: y\r\n" % i for i in range(10_000))
        self.assertRegex(self.stand.answer_to(b"GET / HTTP/1.1\r\nHost: x\r\n" + many + b"\r\n"),
                         rb"\A(HTTP/1.1 431 |\Z)")

    def test_old_http(self):
        self.assertRegex(self.stand.answer_to(b"GET /-/healthy HTTP/1.0\r\n\r\n"), rb"\AHTTP/1.[01] 200 ")
        # HTTP/0.9 has no version, and no status to answer with: an error or nothing, never a page.
        with self.stand.raw() as client:
            client.sendall(b"GET /-/healthy\r\n\r\n")
            client.shutdown(socket.SHUT_WR)
            received = b""
            with contextlib.suppress(ConnectionError):
                while piece := client.recv(4096):
                    received += piece
        self.assertRegex(received, rb"\A(HTTP/1.[01] [45]\d\d |\Z)")

    def test_paths(self):
        for path, status in {"/%6detrics": 200, "/metrics%00": 404, "/%2e%2e/etc/passwd": 404,
                             "/../metrics": 404, "/./metrics": 404, "//metrics": 404, "/metrics/..": 404,
                             "/metrics;x": 404, "/%": 404, "/%zz": 404, "/metrics?%00": 200}.items():
            answer = self.stand.answer_to(
                f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            self.assertRegex(answer, rb"\AHTTP/1.1 %d " % status, path)


# Listens as systemd would, and becomes the program, whose words follow.
SYSTEMD = """
import os, socket, sys
tcp = socket.socket()
tcp.bind(("127.0.0.1", 0))
tcp.listen()
local = socket.socket(socket.AF_UNIX)
local.bind(sys.argv[1])
local.listen()
for number, listener in ((3, tcp), (4, local)):
    listener.detach() if listener.fileno() == number else os.dup2(listener.fileno(), number)
    os.set_inheritable(number, True)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="2")
os.execv(sys.argv[2], sys.argv[2:])
"""


class SocketUnitTest(unittest.TestCase):
    def test_serves_on_the_sockets_of_systemd(self):
        with HttpsStand() as s:
            s.configure(TLS)
            path = s.folder / "socket"
            s.server = s.exporter(
                {"a": s.folder / "later"}, "--web.systemd-socket", "--web.config.file", s.folder / "web.yml",
                wrapper=(sys.executable, "-c", SYSTEMD, path), listen=False)
            self.assertEqual(s.get(s.context()).status, 200)
            s.wait("both are told of", lambda: f"unix:{path}" in s.server.log())
            with socket.socket(socket.AF_UNIX) as local:
                local.connect(str(path))
                with s.context().wrap_socket(local, server_hostname="localhost") as client:
                    client.sendall(b"GET /-/healthy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    self.assertRegex(client.recv(4096), rb"\AHTTP/1.1 200 ")
            self.assertEqual([line for line in s.server.log_lines() if line["level"] == "error"], [])

    def test_says_that_there_are_none(self):
        status, out, err, _ = stand.run_exporter("--ups", "a=/nowhere", "--web.systemd-socket",
                                                 "--snmp.agentx-address", "off")
        self.assertEqual(status, 1, (out, err))
        self.assertIn("systemd has passed no socket", err)


PROMETHEUS = """
global: {{scrape_interval: 1s}}
scrape_configs:
  - job_name: ups
    scheme: https
    basic_auth: {{username: prom, password: secret}}
    tls_config: {{ca_file: {folder}/servers.pem, cert_file: {folder}/client.pem, key_file: {folder}/client.key}}
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""


class PrometheusTest(unittest.TestCase):
    """It comes with Debian's package `prometheus`; the test fails without it."""

    def test_scrapes_with_certificate_and_password(self):
        self.assertIsNotNone(shutil.which("prometheus"), "apt-get install prometheus")
        with HttpsStand() as s:
            s.start(TLS + "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: clients.pem\n"
                          f"basic_auth_users: {{prom: {SECRET!r}}}\n")
            config = s.folder / "prometheus.yml"
            config.write_text(PROMETHEUS.format(folder=s.folder, port=s.server.port))
            prometheus = s.program("prometheus", [
                "prometheus", f"--config.file={config}", f"--storage.tsdb.path={s.folder}/tsdb",
                "--web.listen-address=127.0.0.1:0", "--log.level=info"])
            port = s.wait("Prometheus listens", lambda: re.search(
                r'msg="Listening on" address=127\.0\.0\.1:(\d+)', prometheus.log() + prometheus.out()), 60)[1]

            def scrapes():
                query = urllib.parse.urlencode({"query": "sum_over_time(up[1m])"})
                with contextlib.suppress(OSError):  # it may not be ready yet
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/query?{query}") as answer:
                        found = json.load(answer)["data"]["result"]
                        return found and float(found[0]["value"][1]) >= 3
                return False

            s.wait("a few scrapes", scrapes, 60)


if __name__ == "__main__":
    stand.main()
