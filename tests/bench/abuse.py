# SPDX-License-Identifier: Apache-2.0
"""How long a scrape takes while others misbehave: the attacks of tests/abuse, on exporters of its kinds."""

import pathlib
import sys
import time
import unittest

from figures import Row
from rig import median, percentile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "abuse"))
import attacks  # noqa: E402
from scene import USER, Scene, basic, keep_on, stand  # noqa: E402

WRONG = ("-H", f"Authorization: {basic(USER, 'wrong')}")


def raw(scene, seconds):
    keep_on(seconds, lambda: attacks.raw_requests_once(scene.stranger))


def stalled(scene, payload, seconds):
    attacks.stalled(scene, payload, 1000, lambda: time.sleep(seconds))


# Name, kind of server, what is done for so many seconds.
ATTACKS = [
    ("requests that are wrong", "plain", raw),
    ("1,000 slow headers", "plain", lambda scene, seconds: attacks.slow_clients(scene, "-H", "-i", "1", seconds=seconds)),
    ("1,000 slow headers over TLS", "tls", lambda scene, seconds: attacks.slow_clients(scene, "-H", "-i", "1", seconds=seconds)),
    ("1,000 slow bodies", "password",
     lambda scene, seconds: attacks.slow_clients(scene, "-B", "-i", "1", "-s", "8192", seconds=seconds)),
    ("1,000 slow readers", "plain",
     lambda scene, seconds: attacks.slow_clients(scene, "-X", "-w", "1", "-y", "8", "-n", "1", "-z", "4", "-k", "5", seconds=seconds)),
    ("64 clients with a wrong password", "password", lambda scene, seconds: attacks.guesses(scene, *WRONG, seconds=seconds)),
    ("64 clients with new wrong passwords", "password",
     lambda scene, seconds: attacks.new_guesses(scene, USER, seconds=seconds)),
    ("1,000 halves of a TLS hello", "tls", lambda scene, seconds: stalled(scene, attacks.hello()[:100], seconds)),
    ("1,000 half TLS handshakes", "tls", lambda scene, seconds: stalled(scene, attacks.hello(), seconds)),
]


def measured(kind, attack, seconds):
    test = unittest.TestCase()  # whose end ends what the scene has started
    try:
        scene = Scene(test, kind)
        scene.scrapes()
        attack(scene, seconds)
        return scene.scrapes()
    finally:
        test.doCleanups()


def abuse(bench):
    stand.programs.exporter, stand.programs.simulator = bench.exporter, bench.simulator
    for name, kind, attack in ATTACKS:
        found = measured(kind, attack, bench.long(10, 3))
        failed = len(found["failures"])
        for what, key in (("keep-alive", "kept"), ("new connections", "fresh")):
            times = [1e3 * value for value in found[key]]
            note = f"{len(times)} scrapes, {failed} failed; p50 {median(times):.2f}, p99 {percentile(times, 0.99):.2f} ms"
            yield Row(f"scrape beside {name}, {what}: worst", max(times), "ms", 50, note=note)
