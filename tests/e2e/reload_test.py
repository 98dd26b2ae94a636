# SPDX-License-Identifier: Apache-2.0
"""The configuration is read again: by SIGHUP and by POST /-/reload, right and wrong, while UPSes are
polled, scraped and asked for over SNMP; and what a supervisor is told meanwhile."""

import os
import signal
import socket
import threading
import time
import unittest

import snmp_stand as snmp
import stand

SUCCESSFUL = "upslink_exporter_config_last_reload_successful"
SUCCESS_TIME = "upslink_exporter_config_last_reload_success_timestamp_seconds"


class Scene:
    """Three simulated UPSes and an exporter with a file that names some of them."""

    def __init__(self, test, configured, *flags, env=None, more=""):
        self.stand = test.enterContext(stand.Stand())
        self.sim = self.stand.simulator("--count", "3", "--smart")
        self.lines = dict(zip("abc", self.sim.links))
        self.file = self.stand.folder / "config.yaml"
        self.write(configured, more)
        self.exporter = self.stand.exporter({}, "--config.file", self.file, *flags, env=env)
        for name in configured:
            self.await_up(name)

    def write(self, configured, more=""):
        """`configured`: names, or names to further keys."""
        keys = configured if isinstance(configured, dict) else dict.fromkeys(configured, "")
        entries = [f"  - {{name: {name}, address: {self.lines[name[0]]}{extra}}}\n" for name, extra in keys.items()]
        fresh = self.file.with_suffix(".new")
        fresh.write_text("ups:\n" + "".join(entries) + more)
        fresh.rename(self.file)

    def await_up(self, name):
        self.stand.wait(f"{name} answers", lambda: self.exporter.value("upslink_up", ups=name) == 1)

    def reload(self):
        return self.exporter.get("/-/reload", method="POST")

    def upses(self):
        return {dict(labels)["ups"] for name, labels in self.exporter.scrape().samples if name == "upslink_up"}


class ReloadTest(unittest.TestCase):
    def test_the_others_go_on(self):
        scene = Scene(self, "ab")
        exporter = scene.exporter
        scene.sim.ask("alert !", 0)
        scene.stand.wait("the alert is counted",
                         lambda: exporter.value("upslink_alerts_total", ups="a", alert="line_fail") == 1)
        before = exporter.samples("a")
        scene.write("ca")
        answer = scene.reload()
        self.assertEqual((answer.status, answer.text), (200, "Reading 2 UPSes.\n"))
        self.assertEqual(scene.upses(), {"a", "c"})
        scene.await_up("c")
        after = exporter.samples("a")
        self.assertEqual(after["upslink_alerts_total", (("alert", "line_fail"),)], 1)
        self.assertEqual(after["upslink_link_opens_total", ()], before["upslink_link_opens_total", ()])
        self.assertGreaterEqual(after["upslink_requests_total", ()], before["upslink_requests_total", ()])
        # The line of the one that is gone is free for others.
        status, out, err, _ = stand.run_exporter("probe", scene.lines["b"])
        self.assertEqual(status, 0, err)
        self.assertIn("SMART-UPS", out)

    def test_a_hangup_does_the_same(self):
        scene = Scene(self, "a")
        scene.write("ab")
        scene.exporter.child.send_signal(signal.SIGHUP)
        scene.stand.wait("the new one is there", lambda: scene.upses() == {"a", "b"})
        scene.await_up("b")
        self.assertTrue(any(line["msg"] == "the configuration was read again" and line["reads"] == "2 UPSes"
                            for line in scene.exporter.log_lines()))

    def test_a_changed_one_begins_anew(self):
        scene = Scene(self, "ab")
        before = scene.exporter.samples("b")
        scene.write({"a": ", nominal_power_watts: 450", "b": ""})
        self.assertEqual(scene.reload().status, 200)
        scene.stand.wait("power is known",
                         lambda: scene.exporter.value("upslink_output_power_watts", ups="a") is not None)
        after = scene.exporter.samples("b")
        self.assertEqual(after["upslink_link_opens_total", ()], before["upslink_link_opens_total", ()])

    def test_names_change_places(self):
        """Each line is free before somebody else opens it."""
        scene = Scene(self, "ab")
        scene.lines["a"], scene.lines["b"] = scene.lines["b"], scene.lines["a"]
        scene.write("ab")
        self.assertEqual(scene.reload().status, 200)
        for name in "ab":
            scene.await_up(name)
        self.assertFalse([line for line in scene.exporter.log_lines() if "busy" in line["msg"]])

    def test_many_times(self):
        scene = Scene(self, "a")
        descriptors = lambda: len(os.listdir(f"/proc/{scene.exporter.child.pid}/fd"))
        threads = lambda: len(os.listdir(f"/proc/{scene.exporter.child.pid}/task"))
        first = descriptors(), threads()
        for _ in range(4):
            scene.write("abc")
            self.assertEqual(scene.reload().status, 200)
            scene.write("a")
            self.assertEqual(scene.reload().status, 200)
        scene.stand.wait("nothing is left behind", lambda: (descriptors(), threads()) == first)

    def test_requests_at_once_are_all_answered(self):
        scene = Scene(self, "a")
        answers = []

        def ask():
            import http.client
            connection = http.client.HTTPConnection("127.0.0.1", scene.exporter.port, timeout=stand.PATIENCE)
            connection.request("POST", "/-/reload")
            answers.append(connection.getresponse().status)
            connection.close()

        threads = [threading.Thread(target=ask) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(answers, [200] * 20)

    def test_asking_all_the_time(self):
        """Those who ask together are answered together, and a reload a second is enough."""
        scene = Scene(self, "a")
        began = time.monotonic()
        for _ in range(12):
            self.assertEqual(scene.reload().status, 200)
        self.assertGreater(time.monotonic() - began, 1)

    def test_it_is_not_for_getting(self):
        scene = Scene(self, "a")
        answer = scene.exporter.get("/-/reload")
        self.assertEqual((answer.status, answer.headers["allow"]), (405, "POST, PUT"))


class RefusedTest(unittest.TestCase):
    def refused(self, scene, text, sentence):
        before = scene.exporter.samples("a"), scene.exporter.value(SUCCESS_TIME)
        scene.file.write_text(text)
        answer = scene.reload()
        self.assertEqual(answer.status, 500)
        self.assertEqual(answer.text.count("\n"), 1)
        self.assertIn(sentence, answer.text)
        scene.stand.wait("the metrics say so", lambda: scene.exporter.value(SUCCESSFUL) == 0)
        self.assertEqual(scene.upses(), {"a"})
        self.assertEqual(scene.exporter.value(SUCCESS_TIME), before[1])
        opens = "upslink_link_opens_total", ()
        self.assertEqual(scene.exporter.samples("a")[opens], before[0][opens])
        self.assertTrue(any(line["level"] == "error" and sentence in line.get("reason", "")
                            for line in scene.exporter.log_lines()))

    def test_a_bad_file_changes_nothing(self):
        scene = Scene(self, "a")
        self.assertEqual(scene.exporter.value(SUCCESSFUL), 1)
        for text, sentence in [
                ("ups: [", "this is not YAML"),
                ("upses: []", "unknown key"),
                ("ups: []", "no UPS is configured"),
                ("ups: [{name: a, address: nowhere}]", "config.yaml:1:"),
                (f"ups: [{{name: a, address: {scene.lines['a']}}}, {{name: b, address: {scene.lines['a']}}}]",
                 "are on the same line"),
                (f"ups: [{{name: a, address: {scene.lines['a']}}}]\nweb: {{config_file: /nowhere/web.yaml}}",
                 "/nowhere/web.yaml")]:
            with self.subTest(text=text):
                self.refused(scene, text, sentence)
        scene.write("a")
        self.assertEqual(scene.reload().status, 200)
        scene.stand.wait("all is well again", lambda: scene.exporter.value(SUCCESSFUL) == 1)

    def test_a_file_that_is_gone(self):
        scene = Scene(self, "a")
        scene.file.unlink()
        answer = scene.reload()
        self.assertEqual(answer.status, 500)
        self.assertIn("cannot be read", answer.text)
        self.assertEqual(scene.upses(), {"a"})

    def test_what_cannot_change_is_said(self):
        scene = Scene(self, "a")
        scene.write("a", "web: {telemetry_path: /elsewhere}\nsnmp: {powernet: off}\nlog: {level: error}\n")
        self.assertEqual(scene.reload().status, 200)
        said = [line for line in scene.exporter.log_lines() if "takes effect at the next start" in line["msg"]]
        self.assertEqual([line["setting"] for line in said], ["web", "snmp"])
        self.assertEqual(scene.exporter.get("/metrics").status, 200)
        self.assertFalse([line for line in scene.exporter.log_lines() if "was read again" in line["msg"]],
                         "the level holds from now on")


class SnmpTest(unittest.TestCase):
    NAME = "1.3.6.1.4.1.8072.9999.9999.2400.1.2.1.2"

    def test_upses_come_and_go_there_too(self):
        stand_ = self.enterContext(stand.Stand())
        snmpd = snmp.Snmpd(stand_, contexts="abc")
        scene = Scene(self, "ab", "--snmp.agentx-address", snmpd.agentx)
        reader = snmp.Reader(snmpd)
        names = lambda: {oid.split(".")[-1]: value for oid, (_, value) in reader.walk(self.NAME).items()}
        manufacturer = "1.3.6.1.2.1.33.1.1.1.0"
        in_context = lambda name: snmp.Reader(snmpd, context=name).value(manufacturer)
        stand.until("both are there", lambda: names() == {"1": b"a", "2": b"b"})
        stand.until("and in their contexts", lambda: in_context("a") and in_context("b"))
        scene.write("cb")
        self.assertEqual(scene.reload().status, 200)
        stand.until("one has gone, one has come", lambda: names() == {"2": b"b", "3": b"c"})
        scene.await_up("c")
        stand.until("in contexts too", lambda: in_context("b") and in_context("c"))
        self.assertIsNone(in_context("a"))
        stand.until("the default is now another one", lambda: reader.value(manufacturer))
        self.assertEqual(scene.exporter.value("upslink_exporter_snmp_connected"), 1)
        self.assertEqual(scene.exporter.value("upslink_exporter_snmp_registrations_refused_total"), 0, scene.exporter.log())
        # snmpd forgets nothing of it when it starts again.
        scene.write("acb")
        self.assertEqual(scene.reload().status, 200)
        snmpd.restart()
        stand.until("all are there", lambda: names() == {"2": b"b", "3": b"c", "4": b"a"})
        stand.until("in contexts too", lambda: in_context("a") and in_context("b") and in_context("c"))


class SupervisorTest(unittest.TestCase):
    """What systemd is told, on a socket of our own."""

    def setUp(self):
        self.stand = self.enterContext(stand.Stand())
        self.path = self.stand.folder / "notify"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.socket.close)
        self.socket.bind(str(self.path))
        self.socket.settimeout(stand.PATIENCE)

    def heard(self):
        """The next that is not a sign of life, as lines."""
        while True:
            lines = self.socket.recv(4096).decode().splitlines()
            if lines != ["WATCHDOG=1"]:
                return lines

    def test_from_start_to_end(self):
        scene = Scene(self, "a", env=stand.clean_environment(NOTIFY_SOCKET=str(self.path)))
        self.assertEqual(self.heard(), ["READY=1", "STATUS=Reading 1 UPS"])
        scene.write("ab")
        self.assertEqual(scene.reload().status, 200)
        reloading = self.heard()
        self.assertEqual(reloading[0], "RELOADING=1")
        self.assertTrue(reloading[1].startswith("MONOTONIC_USEC="))
        self.assertEqual(self.heard(), ["READY=1", "STATUS=Reading 2 UPSes"])
        scene.file.write_text("nonsense")
        self.assertEqual(scene.reload().status, 500)
        self.assertEqual(self.heard()[0], "RELOADING=1")
        self.assertEqual(self.heard(), ["READY=1", "STATUS=Reading 2 UPSes; the new configuration is refused"])
        self.assertEqual(scene.exporter.stop(within=1), 0)
        self.assertEqual(self.heard(), ["STOPPING=1"])

    def test_signs_of_life(self):
        Scene(self, "a", env=stand.clean_environment(NOTIFY_SOCKET=str(self.path), WATCHDOG_USEC="300000"))
        self.heard()
        for _ in range(5):
            self.assertEqual(self.socket.recv(4096), b"WATCHDOG=1")


class CheckTest(unittest.TestCase):
    def setUp(self):
        self.stand = self.enterContext(stand.Stand())
        self.file = self.stand.folder / "config.yaml"

    def check(self, text, *flags):
        self.file.write_text(text)
        status, out, err, _ = stand.run_exporter("--config.check", "--config.file", self.file, *flags, within=2)
        return status, out, err

    def test_right(self):
        self.assertEqual(self.check("ups: [{name: a, address: /dev/ttyS0}]"),
                         (0, "The configuration is right: 1 UPS.\n", ""))
        self.assertEqual(self.check("ups: [{name: a, address: /dev/ttyS0}]", "--ups", "b=tcp://h:1"),
                         (0, "The configuration is right: 2 UPSes.\n", ""))

    def test_wrong(self):
        status, out, err = self.check("ups: [{name: a, adress: /dev/ttyS0}]")
        self.assertEqual((status, out), (2, ""))
        self.assertRegex(err, r"^upslink_exporter: .*config\.yaml:1:17: unknown key .*address.*\n$")
        status, out, err = self.check("ups: [{name: a, address: /dev/ttyS0}]", "--web.config.file", "/nowhere/web.yaml")
        self.assertEqual((status, out), (2, ""))
        self.assertIn("/nowhere/web.yaml", err)


if __name__ == "__main__":
    stand.main(at_once=6)
