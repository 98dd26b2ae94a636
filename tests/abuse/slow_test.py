#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A thousand clients that are slow on purpose, by Debian's slowhttptest: slowloris (-H), slow bodies (-B), slow
readers (-X), and many overlapping ranges (-R)."""

import unittest

import attacks
from scene import Scene, stand


class SlowTest(unittest.TestCase):
    def attack(self, kind, *options):
        scene = Scene(self, kind)
        with scene.abuse(f"{attacks.SLOW_CLIENTS} clients of slowhttptest {options[0]}, {kind}"):
            status, out, err = attacks.slow_clients(scene, *options)
        self.assertEqual(status, 0, err + out)
        self.assertNotIn("Cannot establish connection", out)

    def test_headers(self):
        self.attack("plain", "-H", "-i", "1")

    def test_headers_over_tls(self):
        self.attack("tls", "-H", "-i", "1")

    def test_bodies(self):
        self.attack("password", "-B", "-i", "1", "-s", "8192")

    def test_readers(self):
        self.attack("plain", "-X", "-w", "1", "-y", "8", "-n", "1", "-z", "4", "-k", "5")

    def test_ranges(self):
        self.attack("plain", "-R", "-a", "1", "-b", "500")


if __name__ == "__main__":
    stand.main()
