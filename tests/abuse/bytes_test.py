#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What arrives at the server's sockets: requests of every bad kind, ten thousand in one connection, requests in
pieces, clients that leave early. On a server for everybody, on one with a password, and over TLS."""

import concurrent.futures
import re
import socket
import ssl
import struct
import unittest

import attacks
import raw_requests
from scene import SANITIZED, Door, Scene, keep_on, stand

MANY = 2_000 if SANITIZED else 10_000
# What a stranger may be told where a password is set: the password is missing, or what is wrong with
# the request itself. Not that a page does or does not exist, or takes other methods.
TO_STRANGERS = {401, 400, 413, 414, 431, 505, 100, raw_requests.NOTHING}


def statuses(received):
    return [int(code) for code in re.findall(rb"^HTTP/1\.[01] (\d{3}) ", received, re.M)] or [raw_requests.NOTHING]


class RawTest(unittest.TestCase):
    def check(self, kind):
        scene = Scene(self, kind)
        told = []
        with scene.abuse(f"raw requests, {kind}"):
            keep_on(1.5, lambda: told.extend(attacks.raw_requests_once(scene.stranger)))
        self.assertGreaterEqual(len(told), len(raw_requests.ROWS))
        for name, received in told:
            codes, allowed = statuses(received), raw_requests.ROWS[name][1]
            if kind == "plain":
                self.assertIn(codes[0], allowed, f"{name}: {received[:200]}")
                self.assertNotIn(b"root:", received)
                self.assertNotIn(b"chocolate", received)
            else:
                self.assertLessEqual(set(codes), TO_STRANGERS, f"{name}: {received[:200]}")
                self.assertNotIn(b"upslink", received, name)
                self.assertNotIn(b"exporter is", received, name)

    def test_plain(self):
        self.check("plain")

    def test_password(self):
        self.check("password")

    def test_tls(self):
        self.check("tls")


def request(scene, target):
    authorization = f"Authorization: {scene.known.authorization}\r\n" if scene.known.authorization else ""
    return f"GET {target} HTTP/1.1\r\nHost: a\r\n{authorization}\r\n".encode()


class OneConnectionTest(unittest.TestCase):
    def in_turn(self, scene, count):
        with scene.known.connect() as connection:
            packed = request(scene, "/metrics").replace(b"Host", b"Accept-Encoding: gzip\r\nHost")
            for number in range(count):
                connection.sendall(packed)
                received = connection.recv(1 << 16)
                self.assertTrue(received.startswith(b"HTTP/1.1 200 "), f"{number}: {received[:100]}")
                head, _, body = received.partition(b"\r\n\r\n")
                missing = int(re.search(rb"Content-Length: (\d+)", head)[1]) - len(body)
                while missing > 0:
                    missing -= len(connection.recv(missing))

    def at_once(self, scene, count):
        """All are sent before any answer is waited for."""
        payload, received, answered = request(scene, "/-/healthy") * count, b"", 0
        with scene.known.connect() as connection, concurrent.futures.ThreadPoolExecutor(1) as pool:
            sent = pool.submit(connection.sendall, payload) if scene.known.context is None else None
            if sent is None:  # one thread at a time for TLS, so in parts
                for part in range(0, count, 100):
                    connection.sendall(request(scene, "/-/healthy") * min(100, count - part))
                    answered += self.drain(connection, min(100, count - part))
                return self.assertEqual(answered, count)
            self.assertEqual(self.drain(connection, count), count)
            sent.result()

    def drain(self, connection, count):
        """Reads that many answers; how many of them were right."""
        rest, answered = b"", 0
        while answered < count:
            more = connection.recv(1 << 18)
            self.assertTrue(more, f"it ended after {answered}")
            parts = (rest + more).split(b"exporter is healthy.\n")
            answered += len(parts) - 1
            rest = parts[-1]
        return answered

    def check(self, kind):
        scene = Scene(self, kind)
        with scene.abuse(f"{MANY} requests in one connection, {kind}"):
            self.in_turn(scene, MANY)
        with scene.abuse(f"{MANY} requests before an answer is read, {kind}"):
            self.at_once(scene, MANY)
        counted = r'upslink_exporter_http_requests_total\{code="200"\} (\d+)'
        scene.stand.wait("all are counted", lambda: int(re.search(counted, scene.known.ask().text)[1]) > 2 * MANY)

    def test_plain(self):
        self.check("plain")

    def test_tls(self):
        self.check("tls")


class PiecesTest(unittest.TestCase):
    def setUp(self):
        self.scene = Scene(self, "plain")

    def test_byte_by_byte(self):
        payload = request(self.scene, "/metrics")
        connections = []
        with self.scene.abuse("50 clients that send each byte by itself"):
            connections = [self.scene.known.connect() for _ in range(50)]
            for byte in payload:
                for connection in connections:
                    connection.send(bytes([byte]))
            for connection in connections:
                self.assertTrue(connection.recv(100).startswith(b"HTTP/1.1 200 "))
                connection.close()

    def test_half_closed(self):
        def ask():
            with self.scene.known.connect() as connection:
                connection.sendall(request(self.scene, "/metrics"))
                connection.shutdown(socket.SHUT_WR)
                received = b""
                while more := connection.recv(1 << 18):
                    received += more
                self.assertTrue(received.startswith(b"HTTP/1.1 200 "), received[:100])
                self.assertTrue(received.endswith(b"\n"))

        with self.scene.abuse("clients that have finished sending"):
            keep_on(1, ask)

    def test_leaving_early(self):
        payload = request(self.scene, "/metrics")
        reset = struct.pack("ii", 1, 0)
        points = [0, 1, len(payload) // 2, len(payload) - 1, len(payload)]

        def leave():
            for point in points:
                for rudely in (False, True):
                    connection = self.scene.known.connect()
                    connection.sendall(payload[:point])
                    if rudely:
                        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
                    connection.close()

        with self.scene.abuse("clients that leave at every point"):
            keep_on(2, leave)

    def test_who_does_not_read(self):
        connections = []
        payload = request(self.scene, "/metrics") * 200
        with self.scene.abuse("100 clients that ask for 2 MB each and read nothing"):
            for _ in range(100):
                connection = self.scene.known.connect()
                connection.setblocking(False)
                connection.send(payload)
                connections.append(connection)
            keep_on(2, lambda: self.assertEqual(self.scene.known.ask().status, 200))
            for connection in connections:
                connection.close()


class WrongPortTest(unittest.TestCase):
    def test_plain_to_tls(self):
        scene = Scene(self, "tls")
        plain = Door(scene.exporter.port)

        def ask():
            received = attacks.exchange(plain, raw_requests.get(b"/metrics"), {400})
            self.assertEqual(statuses(received), [400], received)
            self.assertNotIn(b"upslink", received)

        with scene.abuse("plain HTTP to the port of TLS"):
            keep_on(1.5, ask)

    def test_tls_to_plain(self):
        scene = Scene(self, "plain")
        context = ssl.create_default_context()

        def ask():
            try:
                with Door(scene.exporter.port, context).connect(0.2):
                    self.fail("a handshake with a server that has no TLS")
            except OSError:  # an answer that is no TLS, or none
                pass

        with scene.abuse("TLS to the plain port"):
            keep_on(1.5, ask)


if __name__ == "__main__":
    stand.main()
