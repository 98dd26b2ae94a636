#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""That the other tests can fail: Scene.abuse() finds a server that is slow, one that refuses, and one that keeps
what it was given; and a secret is heard where it is said."""

import signal
import time
import unittest
import unittest.mock

import secrets_test
from scene import Scene, keep_on, stand


class AbuseTest(unittest.TestCase):
    def test_a_slow_server(self):
        scene = Scene(self, "plain")

        def doze():
            scene.exporter.child.send_signal(signal.SIGSTOP)
            time.sleep(1 + stand.SLACK / 5)
            scene.exporter.child.send_signal(signal.SIGCONT)
            time.sleep(0.005)

        with self.assertRaisesRegex(AssertionError, "asleep: (kept|fresh), 0.[59]"), scene.abuse("asleep"):
            keep_on(3, doze)

    def test_a_server_that_refuses(self):
        scene = Scene(self, "password")
        with self.assertRaisesRegex(AssertionError, "401"), scene.abuse("another password"):
            scene.web.write_text("basic_auth_users: {somebody: " + scene.web.read_text().split()[-1] + "}\n")
            self.assertEqual(scene.known.ask("/-/reload", "POST").status, 200)
            time.sleep(0.2)

    def test_a_server_that_keeps_connections(self):
        scene = Scene(self, "plain")
        clients = []
        with unittest.mock.patch.object(stand, "PATIENCE", 1):
            with self.assertRaisesRegex(AssertionError, "left open: 1. descriptors.* now"), scene.abuse("left open"):
                clients = [scene.known.connect() for _ in range(5)]
        for client in clients:
            client.close()


class SecretTest(unittest.TestCase):
    def test_it_is_heard(self):
        scene = secrets_test.Scene(self)
        scene.start()
        secret = sorted(scene.secrets)[0]
        scene.keeps_secrets(scene.everything(), "nothing is said")
        for said in (secret, f"a {secret[10:20]} b", secret[:5] + "\\n" + secret[5:], secret[:5] + " " + secret[5:]):
            with self.assertRaisesRegex(AssertionError, "of a secret is said"):
                scene.keeps_secrets(said, "said")


if __name__ == "__main__":
    stand.main()
