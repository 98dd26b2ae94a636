#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What can be done to a server by TLS: Debian's sslscan on what it speaks, a thousand handshakes that are
never finished, renegotiations, wrong names, and clients with certificates of every wrong kind."""

import re
import socket
import ssl
import subprocess
import unittest
import xml.etree.ElementTree as xml

import attacks
from scene import SANITIZED, Door, Scene, keep_on, run, stand

HALVES = 200 if SANITIZED else 1000
FORWARD_SECRET = re.compile(r"(TLS_AES_|TLS_CHACHA20_|ECDHE-).*")


class ScanTest(unittest.TestCase):
    def scan(self, tls=""):
        scene = Scene(self, "tls", tls=tls)
        with scene.abuse(f"sslscan{' of ' + ' '.join(tls.split()) if tls else ''}"):
            status, out, err = run("sslscan", "--no-colour", "--xml=-", "--sni-name=localhost",
                                   f"127.0.0.1:{scene.exporter.port}")
        self.assertEqual(status, 0, err)
        found = xml.fromstring(out[out.index("<?xml"):]).find("ssltest")
        spoken = {(p.get("type"), p.get("version")) for p in found.iter("protocol") if p.get("enabled") == "1"}
        ciphers = list(found.iter("cipher"))
        suites = {(c.get("sslversion"), c.get("cipher")) for c in ciphers}
        self.assertEqual([c.get("cipher") for c in ciphers if c.get("strength") not in ("strong", "acceptable")], [])
        self.assertEqual({(f"{kind.upper()}v{version}") for kind, version in spoken}, {version for version, _ in suites})
        renegotiation = found.find("renegotiation")  # what it says of the extension that makes them safe
        self.assertIn((renegotiation.get("supported"), renegotiation.get("secure")), (("0", "0"), ("1", "1")))
        self.assertEqual([h.get("sslversion") for h in found.iter("heartbleed") if h.get("vulnerable") != "0"], [])
        self.assertEqual([c.get("supported") for c in found.iter("compression") if c.get("supported") != "0"], [])
        return {version for _, version in spoken}, suites

    def test_by_default(self):
        versions, suites = self.scan()
        self.assertEqual(versions, {"1.2", "1.3"})
        for version, suite in suites:
            self.assertRegex(suite, FORWARD_SECRET, version)

    def test_lowest_version(self):
        versions, _ = self.scan("  min_version: TLS13\n")
        self.assertEqual(versions, {"1.3"})

    def test_old_versions_if_they_are_wanted(self):
        versions, _ = self.scan("  min_version: TLS10\n  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA]\n")
        self.assertEqual(versions, {"1.0", "1.1", "1.2", "1.3"})

    def test_named_suites(self):
        versions, suites = self.scan("  max_version: TLS12\n  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]\n")
        self.assertEqual((versions, suites), ({"1.2"}, {("TLSv1.2", "ECDHE-ECDSA-AES256-GCM-SHA384")}))


class HandshakeTest(unittest.TestCase):
    def stall(self, scene, payload):
        served = lambda: self.assertEqual(scene.known.ask().status, 200)
        attacks.stalled(scene, payload, HALVES, lambda: keep_on(2, served))

    def test_half_a_hello(self):
        scene = Scene(self, "tls")
        with scene.abuse(f"{HALVES} clients that send a half of their first message"):
            self.stall(scene, attacks.hello()[:100])

    def test_half_a_handshake(self):
        scene = Scene(self, "tls")
        with scene.abuse(f"{HALVES} clients that stop after their first message"):
            self.stall(scene, attacks.hello())

    def test_damaged(self):
        scene = Scene(self, "tls")
        whole = attacks.hello()

        def send(at):
            with Door(scene.exporter.port).connect(5) as connection:
                try:
                    connection.sendall(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1:])
                    connection.shutdown(socket.SHUT_WR)
                    while connection.recv(4096):
                        pass
                except ConnectionResetError:
                    pass

        with scene.abuse("first messages with a damaged byte, each in turn"):
            for at in range(0, len(whole), 2):
                send(at)

    def test_wrong_name(self):
        scene = Scene(self, "tls")
        context = scene.context()
        context.check_hostname = False

        def ask(name):
            with socket.create_connection(("127.0.0.1", scene.exporter.port), stand.PATIENCE) as raw:
                with context.wrap_socket(raw, server_hostname=name) as connection:
                    connection.sendall(b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n")
                    self.assertTrue(connection.recv(4096).startswith(b"HTTP/1.1 401 "))

        with scene.abuse("clients that ask for another server's certificate"):
            for name in ("elsewhere.example", "x" * 60 + ".example", "127.0.0.1", "xn--nxasmq6b", None) * 5:
                ask(name)

    def read_until(self, client, words):
        """What it prints up to the line with these words."""
        said = b""
        while words not in said:
            line = client.stdout.readline()
            self.assertTrue(line, said)
            said += line
        return said

    def test_renegotiation(self):
        scene = Scene(self, "tls")
        command = ["openssl", "s_client", "-tls1_2", "-connect", f"127.0.0.1:{scene.exporter.port}", "-servername", "localhost"]
        with scene.abuse("renegotiations"):
            for _ in range(5):
                client = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                said = self.read_until(client, b"Verify return code")
                client.stdin.write(b"R\n")  # a command of s_client's
                client.stdin.flush()
                said += self.read_until(client, b"RENEGOTIATING")
                rest, _ = client.communicate(timeout=stand.PATIENCE)
                said += rest
                self.assertEqual(said.count(b"depth=0"), said.split(b"RENEGOTIATING")[0].count(b"depth=0"), said)


class CertificateTest(unittest.TestCase):
    WRONG = (None, "selfmade", "expired", "foreign", "misnamed")

    def setUp(self):
        self.scene = Scene(self, "mutual")

    def door(self, client):
        """With the right password, which must not help."""
        return Door(self.scene.exporter.port, self.scene.context(client), self.scene.known.authorization)

    def test_wrong_ones(self):
        doors = {client: self.door(client) for client in self.WRONG}

        def ask():
            for client, door in doors.items():
                with self.assertRaises(OSError, msg=client) as caught:
                    door.ask()
                # TLS 1.3 tells it to a client that believes to be in already.
                self.assertIsInstance(caught.exception, (ssl.SSLError, ConnectionError), client)

        with self.scene.abuse("wrong certificates"):
            keep_on(2, ask)
        said = self.scene.exporter.log()
        self.assertIn("the TLS handshake with 127.0.0.1 failed", said)

    def test_the_right_one(self):
        self.assertEqual(self.door("client").ask().status, 200)
        self.assertEqual(Door(self.scene.exporter.port, self.scene.context("client")).ask().status, 401)


if __name__ == "__main__":
    stand.main()
