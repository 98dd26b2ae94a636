#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A server with a password shows nothing to who does not know it: not what pages it has, nor who may ask. And
guessing, by Debian's wrk with one password and with a new one each time, slows down nobody who knows it."""

import base64
import re
import statistics
import time
import unittest

import attacks
from scene import PASSWORD, SANITIZED, USER, Scene, basic, stand

PATHS = ("/", "/metrics", "/metrics/", "/metrics?x=1", "/api/v1/ups", "/api/v1/ups/rack", "/-/healthy", "/-/ready",
         "/-/reload", "/nothing", "/-/nothing", "/..", "/%2e%2e/etc/passwd", "/metrics%00", "/api/v1/" + "x" * 1000)
METHODS = ("GET", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "BREW")


def encoded(raw):
    return "Basic " + base64.b64encode(raw).decode()


WRONG = {
    "nothing": None,
    "a wrong password": basic(USER, "wrong"),
    "another user": basic("nobody", PASSWORD),
    "an unknown user and a wrong password": basic("nobody", "wrong"),
    "no user": basic("", PASSWORD),
    "no password": basic(USER, ""),
    "a longer name": basic(USER + "x", PASSWORD),
    "a shorter password": basic(USER, PASSWORD[:-1]),
    "a longer password": basic(USER, PASSWORD + "x"),
    "another case": basic(USER.upper(), PASSWORD),
    "NUL after the password": encoded(f"{USER}:{PASSWORD}\0x".encode()),
    "NUL after the name": encoded(f"{USER}\0:{PASSWORD}".encode()),
    "511 bytes": basic(USER, "x" * 511),
    "5,000 bytes": basic(USER, "x" * 5000),
    "bytes": encoded(bytes(range(1, 58)) + b":" + bytes(range(128, 256))),
    "no colon": encoded(USER.encode()),
    "no base64": "Basic !!!!",
    "half of base64": basic(USER, PASSWORD)[:-5],
    "only the scheme": "Basic",
    "another scheme": "Bearer " + basic(USER, PASSWORD)[6:],
    "a digest": f'Digest username="{USER}", realm="exporter", nonce="x", uri="/", response="x"',
}


def looks(answer):
    """What a stranger sees of an answer; the date is no secret."""
    return answer.status, answer.body, {k: v for k, v in answer.headers.items() if k != "date"}


class StrangerTest(unittest.TestCase):
    def check(self, kind):
        scene = Scene(self, kind)
        door = scene.stranger
        refusal = looks(door.ask())
        self.assertEqual(refusal[0], 401)
        self.assertNotIn(b"upslink", refusal[1])
        with scene.abuse(f"all pages and methods without the right password, {kind}"):
            for path in PATHS:
                for method in METHODS:
                    for body in (None, "x" * 10):
                        self.assertEqual(looks(door.ask(path, method, body=body)), refusal, f"{method} {path}")
                head = looks(door.ask(path, "HEAD"))
                self.assertEqual(head, (401, b"", refusal[2]), path)
            for what, authorization in WRONG.items():
                for path, method in (("/metrics", "GET"), ("/nothing", "GET"), ("/-/reload", "POST")):
                    answer = door.ask(path, method, authorization=authorization)
                    self.assertEqual(looks(answer), refusal, f"{what}: {method} {path}")
        self.assertNotIn("was read again", scene.exporter.log())
        self.assertEqual(scene.known.ask().status, 200)
        self.assertEqual(scene.known.ask("/nothing").status, 404)

    def test_password(self):
        self.check("password")

    def test_tls(self):
        self.check("tls")

    def test_known_and_unknown_names_cost_the_same(self):
        """The times are told, not judged: that is for a quiet machine."""
        scene = Scene(self, "password", scraped=False)
        times = {USER: [], "nobody": []}
        for number in range(3 if SANITIZED else 15):
            for name, found in times.items():
                began = time.monotonic()
                self.assertEqual(scene.stranger.ask(authorization=basic(name, f"guess {number}")).status, 401)
                found.append(time.monotonic() - began)
        print("  a wrong password of", *(f"{name}: {statistics.median(found) * 1e3:.1f} ms;" for name, found in times.items()))


class GuessTest(unittest.TestCase):
    def guess(self, kind, what, attack):
        scene = Scene(self, kind)
        counter = re.compile(r'upslink_exporter_http_requests_total\{code="(\d+)"\} (\d+)')
        before = dict(counter.findall(scene.known.ask().text))
        with scene.abuse(f"guessing: {what}, {kind}"):
            requests, refused = attack(scene)
        print(f"    {requests} guesses, {refused} refused")
        self.assertGreater(requests, 10)
        self.assertEqual(refused, requests)
        after = dict(counter.findall(scene.stand.wait(
            "the new counts", lambda: (text := scene.known.ask().text) and '{code="401"}' in text and text)))
        new = {int(code) for code in after if after[code] != before.get(code)}
        # 503: more wait than have a place, which is no matter of what they ask.
        self.assertLessEqual(new, {200, 401, 503})

    def test_the_same(self):
        for kind in ("password", "tls"):
            self.guess(kind, "the same password", lambda scene: attacks.guesses(
                scene, "-H", f"Authorization: {basic(USER, 'wrong')}"))

    def test_new_ones(self):
        for name in (USER, "nobody"):
            self.guess("password", f"a new password for {name} each time", lambda scene: attacks.new_guesses(scene, name))


if __name__ == "__main__":
    stand.main()
