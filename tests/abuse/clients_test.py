#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What Debian's curl and nghttp make of the server when they ask for what it does not have: HTTP/2, HTTP/0.9,
other paths, methods and bodies."""

import unittest

from scene import Scene, keep_on, run, stand

BIG = "X-Big: " + "y" * 100_000


class CurlTest(unittest.TestCase):
    # Options, the path, and the status that is to come.
    CALLS = [
        (["--http1.1"], "/metrics", 200),
        (["--http1.0"], "/metrics", 200),
        (["--http2"], "/metrics", 200),  # offers to upgrade to h2c, or by ALPN
        (["--compressed"], "/metrics", 200),
        (["--range", "0-10"], "/metrics", 200),
        (["--path-as-is"], "/../../etc/passwd", 404),
        (["--path-as-is"], "/./metrics", 404),
        (["--path-as-is"], "/%2e%2e/%2e%2e/etc/passwd", 404),
        (["--path-as-is"], "//etc/passwd", 404),
        ([], "/../metrics", 200),  # curl itself makes /metrics of it
        (["--head"], "/metrics", 200),
        (["--head"], "/nothing", 404),
        (["-X", "OPTIONS"], "/metrics", 405),
        (["-X", "TRACE"], "/metrics", 405),
        (["-X", "DELETE"], "/metrics", 405),
        (["--request-target", "*", "-X", "OPTIONS"], "", 404),
        (["--request-target", "http://elsewhere.example/"], "", 404),
        (["-X", "GET", "--data", "body"], "/metrics", 413),
        (["-X", "GET", "--data", "x" * 100_000], "/metrics", 413),
        (["-X", "GET", "-H", "Transfer-Encoding: chunked", "--data", "body"], "/metrics", 413),
        (["--data", "body"], "/metrics", 405),
        (["--upload-file", __file__], "/metrics", 405),
        (["--form", f"f=@{__file__}"], "/metrics", 405),
        (["-H", BIG], "/metrics", 431),
        (["--user", "a:" + "y" * 100_000], "/metrics", 431),
        (["-H", "Upgrade: websocket", "-H", "Connection: Upgrade"], "/metrics", 200),
        (["-H", "Expect: 100-continue"], "/metrics", 200),
    ]

    def curl(self, scene, *options, path="/metrics", within="10"):
        scheme, more = "http", []
        if scene.stranger.context is not None:
            scheme, more = "https", ["--cacert", scene.certificates.file("authority")]
        return run("curl", "--silent", "--show-error", "--max-time", within, *more, "--output", "/dev/null", "--write-out",
                   "%{http_code} %{http_version}", *options, f"{scheme}://localhost:{scene.exporter.port}{path}",
                   "--ipv4")

    def check(self, kind):
        scene = Scene(self, kind)
        with scene.abuse(f"curl, {kind}"):
            for options, path, expected in self.CALLS:
                _, out, err = self.curl(scene, *options, path=path)
                code, version = out.split()
                what = f"{' '.join(options)[:100]} {path}: {out} {err}"
                if code == "000" and sum(map(len, options)) > 65536:
                    continue  # refused before it was read: the end of the connection may overtake the answer
                self.assertIn(version, ("1", "1.0", "1.1"), what)
                # With a password set, the request itself may be too much; else it is the password.
                wanted = {expected} if kind == "plain" else {401, *({expected} & {413, 431})}
                self.assertIn(int(code), wanted, what)

    def test_plain(self):
        self.check("plain")

    def test_tls(self):
        self.check("tls")

    def test_what_is_no_http(self):
        scene = Scene(self, "plain")
        port = scene.exporter.port
        with scene.abuse("curl with other protocols"):
            for url in ("gopher://localhost:{}/_GET%20/metrics", "dict://localhost:{}/d:metrics", "telnet://localhost:{}",
                        "https://localhost:{}/metrics", "ftp://localhost:{}/metrics"):
                status, out, err = run("curl", "--silent", "--max-time", "1", "--ipv4", url.format(port))
                self.assertNotIn("upslink_up", out, url)
                self.assertTrue(status != 0 or "400" in out or out == "", f"{url}: {status} {out} {err}")
            status, out, err = run("curl", "--silent", "--http2-prior-knowledge", "--max-time", "5",
                                   f"http://localhost:{port}/metrics", "--ipv4")
            self.assertNotEqual(status, 0, out)


class NghttpTest(unittest.TestCase):
    """HTTP/2 without asking first: it is refused at once, in HTTP/1.1 or by TLS, not left to wait."""

    def ask(self, kind):
        scene = Scene(self, kind)
        scheme = "http" if kind == "plain" else "https"
        url = f"{scheme}://localhost:{scene.exporter.port}/metrics"

        def ask():
            _, out, err = run("nghttp", "--verbose", "--no-verify-peer", "--timeout", "5", url, within=10)
            self.assertNotIn("upslink_up", out)
            self.assertNotIn("recv HEADERS", out)
            self.assertNotIn("Timeout", out + err)

        with scene.abuse(f"nghttp, {kind}"):
            keep_on(1, ask)

    def test_plain(self):
        self.ask("plain")

    def test_tls(self):
        self.ask("tls")

    def test_upgrade(self):
        scene = Scene(self, "plain")
        with scene.abuse("nghttp that asks for an upgrade"):
            _, out, err = run("nghttp", "--verbose", "--upgrade", "--timeout", "5",
                              f"http://localhost:{scene.exporter.port}/metrics", within=10)
        self.assertIn("HTTP Upgrade failed", out + err)


if __name__ == "__main__":
    stand.main()
