#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What happens to a UPS, and what its owner sees of it in the metrics.

    states_test.py --exporter PROGRAM --simulator PROGRAM [test...]
"""

import time
import unittest

import stand
import truth

ALERT_SHOWS = 3.0   # after the UPS sent an alert; how fast it is, tests/bench measures
QUIET_SHOWS = 3.0   # what is found by asking for the status
FAST_SHOWS = 8.0
QUICK = "cadence: {status: 500ms, fast: 1s, slow: 1s, settings: 2s}"  # for what would take minutes


class Scene:
    """One UPS named `a` under an exporter."""

    def __init__(self, case, *options, keys=None, address=None):
        self.case = case
        self.stand = case.enterContext(stand.Stand())
        self.sim = self.stand.simulator("--smart", *options)
        self.address = address(self.sim) if address else self.sim.links[0]
        if keys is None:
            self.exporter = self.stand.exporter({"a": self.address})
        else:
            config = self.stand.folder / "config.yaml"
            config.write_text(f"ups:\n  - {{name: a, address: '{self.address}', {keys}}}\n")
            self.exporter = self.stand.exporter({}, "--config.file", config)
        self.see("upslink_status", 1, flag="on_line")
        self.await_known("upslink_load_ratio" if "bkpro" not in options else "upslink_state")

    def value(self, name, **labels):
        return self.exporter.value(name, ups="a", **labels)

    def see(self, name, value, within=None, **labels):
        """Waits until it is so; the time in seconds."""
        began = time.monotonic()
        end = began + (stand.PATIENCE if within is None else within + stand.SLACK)
        while (seen := self.value(name, **labels)) != value:
            if time.monotonic() > end:
                raise stand.Failure(f"{name}{labels} is {seen}, not {value}, after {within} s")
            time.sleep(0.02)
        return time.monotonic() - began

    def await_known(self, name, **labels):
        wanted = tuple(sorted(labels.items()))
        self.stand.wait(f"{name} is known", lambda: any(
            n == name and set(wanted) <= set(l) for n, l in self.exporter.samples("a")), 60)

    def await_all(self, within=60):
        """Waits until every command is known and everything is published as it is."""
        def wrong():
            what = truth.Truth(self.sim.state())
            series = self.exporter.samples("a")
            left = [(key, series.get(key), right) for key, right in what.values.items()
                    if key not in series or not truth.close(series[key], right, what.commands[key])]
            left += [key for key in series if key[0] in truth.FAMILIES and key not in what.values]
            return left

        end = time.monotonic() + within + stand.SLACK
        while left := wrong():
            if time.monotonic() > end:
                raise stand.Failure(f"not as it is: {left}")
            time.sleep(0.1)

    def counted(self, name, label):
        """What is not 0 of a counter with one label."""
        return {dict(labels)[label]: value for (n, labels), value in self.exporter.samples("a").items()
                if n == name and value}

    def alerts(self):
        return self.counted("upslink_alerts_total", "alert")

    def transfers(self):
        return self.counted("upslink_transfers_total", "cause")

    def info(self):
        return next((dict(labels) for n, labels in self.exporter.samples("a") if n == "upslink_info"), {})

    def messages(self, level):
        return [line["msg"] for line in self.exporter.log_lines() if line["level"] == level]


class LineTest(unittest.TestCase):
    def fails_and_returns(self, quiet, cause, word):
        scene = Scene(self)
        scene.await_known("upslink_transfer_cause", cause="none")
        within = QUIET_SHOWS if quiet else ALERT_SHOWS
        began = time.monotonic()
        scene.sim.ask(f"line fail {quiet} cause={cause}")
        scene.see("upslink_status", 1, within, flag="on_battery")
        self.assertEqual(scene.value("upslink_status", flag="on_line"), 0)
        scene.see("upslink_transfer_cause", 1, FAST_SHOWS, cause=word)
        self.assertEqual(scene.transfers(), {word: 1})
        scene.see("upslink_input_quality_acceptable", 0, FAST_SHOWS)
        scene.stand.wait("the input voltage is gone", lambda: scene.value("upslink_input_voltage_volts") == 0)
        time.sleep(max(0, began + 5 - time.monotonic()))  # some time on battery
        scene.sim.ask(f"line restore {quiet}")
        lasted = time.monotonic() - began
        scene.see("upslink_status", 0, within, flag="on_battery")
        self.assertEqual(scene.value("upslink_status", flag="on_line"), 1)
        self.assertAlmostEqual(scene.value("upslink_on_battery_seconds_total"), lasted,
                               delta=(1.2 if quiet else 0.6) + stand.SLACK)
        scene.see("upslink_input_quality_acceptable", 1, FAST_SHOWS)
        self.assertEqual(scene.transfers(), {word: 1})
        return scene

    def test_failure_with_alert(self):
        scene = self.fails_and_returns("", "T", "notch_or_spike")
        self.assertEqual(scene.alerts(), {"line_fail": 1, "line_restored": 1})
        self.assertAlmostEqual(scene.value("upslink_alert_last_timestamp_seconds", alert="line_restored"),
                               time.time(), delta=stand.PATIENCE)

    def test_quiet_failure(self):
        self.assertEqual(self.fails_and_returns("quiet", "R", "rate_of_change").alerts(), {})

    def test_two_failures_count_by_cause(self):
        scene = Scene(self)
        scene.await_known("upslink_transfer_cause", cause="none")
        for cause, word in (("H", "high_voltage"), ("L", "low_voltage")):
            scene.sim.ask(f"line fail cause={cause}")
            scene.see("upslink_transfers_total", 1, FAST_SHOWS, cause=word)
            scene.sim.ask("line restore")
            scene.see("upslink_status", 1, ALERT_SHOWS, flag="on_line")
        self.assertEqual(scene.transfers(), {"high_voltage": 1, "low_voltage": 1})
        self.assertEqual(scene.alerts(), {"line_fail": 2, "line_restored": 2})

    def test_trim_and_boost(self):
        scene = Scene(self)
        for command, flag in (("trim", "smart_trim"), ("boost", "smart_boost")):
            scene.sim.ask(f"{command} on")
            scene.see("upslink_status", 1, QUIET_SHOWS, flag=flag)
            output = scene.sim.state()["quantities"]["output_voltage_volts"]
            scene.stand.wait("the output voltage", lambda output=output: abs(
                (scene.value("upslink_output_voltage_volts") or 0) - output) < 2)
            scene.sim.ask(f"{command} off")
            scene.see("upslink_status", 0, QUIET_SHOWS, flag=flag)
        self.assertEqual((scene.alerts(), scene.transfers()), ({}, {}))

    def test_line_voltage_drifts(self):
        scene = Scene(self)
        scene.sim.ask("line voltage 241")
        scene.see("upslink_input_voltage_volts", 241, FAST_SHOWS)
        scene.sim.ask("line frequency 49.5")
        scene.see("upslink_input_frequency_hertz", 49.5, FAST_SHOWS)

    def test_bypass(self):
        scene = Scene(self, "--profile", "matrix")
        scene.await_known("upslink_state", flag="bypass_command")
        scene.sim.ask("bypass on")
        scene.see("upslink_state", 1, FAST_SHOWS, flag="bypass_command")
        scene.sim.ask("bypass off")
        scene.see("upslink_state", 0, FAST_SHOWS, flag="bypass_command")


class BatteryTest(unittest.TestCase):
    def test_self_test(self):
        scene = Scene(self, keys=QUICK)
        scene.await_known("upslink_self_test_result", result="none")
        scene.await_known("upslink_transfer_cause", cause="none")
        scene.sim.ask("self-test")
        scene.see("upslink_status", 1, ALERT_SHOWS, flag="on_battery")
        scene.see("upslink_transfers_total", 1, FAST_SHOWS, cause="test")
        scene.see("upslink_self_test_result", 1, 20, result="passed")
        scene.see("upslink_status", 0, QUIET_SHOWS, flag="on_battery")
        self.assertEqual(scene.transfers(), {"test": 1})
        self.assertEqual(scene.alerts(), {"line_fail": 1, "line_restored": 1})
        self.assertAlmostEqual(scene.value("upslink_on_battery_seconds_total"), 8, delta=1 + stand.SLACK)

    def test_self_test_of_a_weak_battery(self):
        scene = Scene(self, keys=QUICK)
        scene.await_known("upslink_self_test_result", result="none")
        scene.sim.ask("battery weak")
        scene.sim.ask("self-test")
        scene.see("upslink_self_test_result", 1, 20, result="failed_capacity")
        scene.see("upslink_status", 1, QUIET_SHOWS, flag="replace_battery")
        self.assertEqual(scene.alerts().get("replace_battery"), 1)

    def test_replace_battery(self):
        scene = Scene(self)
        scene.sim.ask("battery replace")
        scene.see("upslink_status", 1, ALERT_SHOWS, flag="replace_battery")
        scene.sim.ask("battery good")
        scene.see("upslink_status", 0, QUIET_SHOWS, flag="replace_battery")
        self.assertEqual(scene.alerts(), {"replace_battery": 1})

    def test_low_battery(self):
        scene = Scene(self)
        scene.sim.ask("line fail")
        scene.see("upslink_status", 1, ALERT_SHOWS, flag="on_battery")
        scene.sim.ask("battery low")
        scene.see("upslink_status", 1, ALERT_SHOWS, flag="battery_low")
        scene.sim.ask("battery ok")
        scene.see("upslink_status", 0, ALERT_SHOWS, flag="battery_low")
        self.assertEqual(scene.alerts(), {"line_fail": 1, "battery_low": 1, "battery_recovered": 1})

    def test_overload(self):
        scene = Scene(self)
        before = scene.value("upslink_load_ratio")
        scene.sim.ask("overload on")
        scene.see("upslink_status", 1, QUIET_SHOWS, flag="overload")
        scene.see("upslink_load_ratio", 1.2, FAST_SHOWS)
        scene.sim.ask("overload off")
        scene.see("upslink_status", 0, QUIET_SHOWS, flag="overload")
        scene.see("upslink_load_ratio", before, FAST_SHOWS)

    def test_calibration(self):
        scene = Scene(self)
        scene.sim.ask("charge 100")
        scene.sim.ask("calibrate")
        scene.see("upslink_status", 1, QUIET_SHOWS, flag="runtime_calibration")
        bits = scene.sim.state()["registers"]["status"]
        scene.see("upslink_status", bits >> 4 & 1, QUIET_SHOWS, flag="on_battery")
        scene.sim.ask("calibrate stop")
        scene.see("upslink_status", 0, QUIET_SHOWS, flag="runtime_calibration")

    def test_runtime_that_cannot_be_told(self):
        scene = Scene(self)
        scene.await_known("upslink_battery_runtime_seconds")
        scene.sim.ask("quantity runtime unknown")
        scene.see("upslink_battery_runtime_seconds", None, FAST_SHOWS)
        self.assertEqual(scene.value("upslink_command_supported", command="j"), 1)
        scene.sim.ask("quantity runtime 12")
        scene.see("upslink_battery_runtime_seconds", 720, FAST_SHOWS)

    def test_faults(self):
        scene = Scene(self)
        scene.await_known("upslink_fault", register="3")
        scene.sim.ask("register fault3 20")
        scene.see("upslink_fault", 1, FAST_SHOWS, register="3", flag="battery_charger")
        scene.sim.ask("register fault3 auto")
        scene.see("upslink_fault", 0, FAST_SHOWS, register="3", flag="battery_charger")
        self.assertEqual(scene.alerts(), {"abnormal": 1, "abnormal_cleared": 1})

    def test_energy(self):
        scene = Scene(self, keys="nominal_power_watts: 1000")
        scene.sim.ask("quantity load 50")
        scene.see("upslink_output_power_watts", 500, FAST_SHOWS)
        before, began = scene.value("upslink_output_energy_joules_total"), time.monotonic()
        scene.stand.wait("five seconds' worth", lambda: scene.value(
            "upslink_output_energy_joules_total") - before > 2500)
        self.assertAlmostEqual(time.monotonic() - began, 6, delta=2.5 + stand.SLACK)


class SettingsTest(unittest.TestCase):
    def test_change_with_alert(self):
        scene = Scene(self)
        scene.await_known("upslink_input_transfer_high_volts")
        scene.sim.ask("eeprom u 264 delay=1")
        scene.see("upslink_input_transfer_high_volts", 264)
        self.assertEqual(scene.alerts(), {"eeprom_changed": 1})
        scene.sim.ask("eeprom c KITCHEN delay=0")
        scene.stand.wait("the new name", lambda: scene.info().get("name", "").strip() == "KITCHEN")

    def test_quiet_change(self):
        scene = Scene(self, keys=QUICK)
        scene.await_known("upslink_input_transfer_high_volts")
        scene.sim.ask("eeprom u 264 quiet")
        scene.see("upslink_input_transfer_high_volts", 264, 15)
        self.assertEqual(scene.alerts(), {})

    def test_name_with_alert_characters(self):
        scene = Scene(self, keys=QUICK)
        scene.sim.ask('set c "RACK#1!$"')
        scene.stand.wait("the name", lambda: scene.info().get("name") == "RACK#1!$")
        opened = scene.sim.ask("stats")["commands"]["c"]
        scene.stand.wait("it is read again", lambda: scene.sim.ask("stats")["commands"]["c"] >= opened + 3)
        self.assertEqual(scene.info()["name"], "RACK#1!$")
        self.assertEqual(scene.alerts(), {})

    def test_date_orders(self):
        dates = {"mdy": "11/20/04", "dmy": "20/11/04", "ymd": "2004-11-20"}
        with stand.Stand() as s:
            sim = s.simulator("--smart", "--count", len(dates))
            config = "ups:\n"
            for unit, (order, text) in enumerate(dates.items()):
                sim.ask(f"set x {text}", unit)
                config += f"  - {{name: {order}, address: {sim.links[unit]}, battery_date_order: {order}}}\n"
            path = s.folder / "config.yaml"
            path.write_text(config)
            exporter = s.exporter({}, "--config.file", path)
            for order in dates:
                self.assertEqual(s.wait(f"the date in {order}", lambda order=order: exporter.value(
                    "upslink_battery_replaced_timestamp_seconds", ups=order)), truth.epoch("11/20/04"))

    def test_undocumented_switch(self):
        scene = Scene(self, "--profile", "g2", keys=QUICK)
        scene.await_known("upslink_dip_switch", flag="desensitized")
        self.assertIsNone(scene.value("upslink_dip_switch", flag="bit5"))
        scene.sim.ask("register dip 21")
        scene.see("upslink_dip_switch", 1, flag="bit5")
        self.assertEqual(scene.value("upslink_dip_switch", flag="low_battery_warning_5min"), 1)

    def test_extremes_switched_off(self):
        scene = Scene(self, keys="read_extremes: false")
        scene.stand.wait("a few cycles", lambda: scene.sim.ask("stats")["commands"].get("L", 0) >= 6)
        scene.await_known("upslink_calibration_constant")
        commands = scene.sim.ask("stats")["commands"]
        self.assertNotIn("M", commands)
        self.assertNotIn("N", commands)
        names = {name for name, _ in scene.exporter.samples("a")}
        self.assertFalse({"upslink_input_voltage_maximum_volts", "upslink_input_voltage_minimum_volts"} & names)


class MeasureUpsTest(unittest.TestCase):
    def test_alarm_and_contacts(self):
        scene = Scene(self, "--measure-ups", "1", keys=QUICK)
        scene.await_known("upslink_contact_closed", contact="1")
        scene.await_known("upslink_ambient_temperature_celsius", probe="1")
        scene.sim.ask("measure-ups alarm on")
        scene.see("upslink_alerts_total", 1, ALERT_SHOWS, alert="environment")
        scene.sim.ask("register contacts 20")
        scene.see("upslink_contact_closed", 1, FAST_SHOWS, contact="2")
        scene.sim.ask("quantity ambient_temperature 31.5")
        scene.see("upslink_ambient_temperature_celsius", 31.5, FAST_SHOWS, probe="1")
        self.assertNotIn("J", scene.sim.ask("stats")["commands"])

    def test_latched_register_on_request(self):
        scene = Scene(self, "--measure-ups", "1", keys="read_latched: true, " + QUICK)
        scene.await_known("upslink_environment_alarm_register", register="1")
        self.assertEqual(scene.value("upslink_environment_alarm_register", register="1"), 15)


class ConnectionTest(unittest.TestCase):
    def test_replug(self):
        scene = Scene(self)
        scene.sim.ask("unplug")
        scene.see("upslink_up", 0, 5)
        self.assertEqual(len(scene.messages("warn")), 2 if any(
            "not there" in line for line in scene.messages("warn")) else 1)
        scene.stand.wait("the readings are gone", lambda: not any(
            name in truth.FAMILIES and truth.cadence(command) in ("status", "fast")
            for command, name in (("Q", "upslink_status"), ("P", "upslink_load_ratio"))
            if any(n == name for n, _ in scene.exporter.samples("a"))))
        scene.sim.ask("replug")
        scene.see("upslink_up", 1, 6)
        scene.await_known("upslink_load_ratio")
        self.assertEqual(scene.value("upslink_link_opens_total"), 2)
        self.assertEqual((scene.alerts(), scene.transfers()), ({}, {}))

    def other_unit(self, profile, number):
        """A su700, and after it another unit with that serial number on the same path."""
        scene = Scene(self)
        scene.await_known("upslink_input_transfer_high_volts")
        scene.stand.wait("who it is", lambda: scene.info().get("serial_number"))
        before = scene.info()
        scene.sim.ask("unplug")
        scene.see("upslink_up", 0, 5)
        scene.sim.stop()
        scene.sim = scene.stand.simulator("--profile", profile, "--link", scene.address)
        scene.see("upslink_up", 1)
        scene.stand.wait("the other one's number", lambda: scene.info().get("serial_number") == number, 40)
        self.assertNotEqual(number, before["serial_number"])
        scene.stand.wait("it is said", lambda: "this is another UPS than before" in scene.messages("info"))
        return scene

    def test_another_unit_on_the_same_path(self):
        self.other_unit("g2", "07025563").await_all(90)

    def nothing_stays(self, profile, number):
        """What the former unit said, and the present one does not, is gone soon."""
        scene = self.other_unit(profile, number)
        what = truth.Truth(scene.sim.state())

        def left():
            info, series = scene.info(), scene.exporter.samples("a")
            found = [f"{label}={info.get(label)}" for label, right in what.info.items()
                     if right is not None and info.get(label) not in ("", right)]
            return found + [key for key in series if key[0] in truth.FAMILIES and key not in what.values]

        end = time.monotonic() + 35 + stand.SLACK  # the slow readings are good for 30 s
        while left() and time.monotonic() < end:
            time.sleep(0.2)
        self.assertEqual(left(), [])

    def test_nothing_stays_of_the_former_unit_with_a_silent_one(self):
        self.nothing_stays("g2", "07025563")

    def test_nothing_stays_of_the_former_unit_with_one_that_says_na(self):
        self.nothing_stays("bkpro", "NB9718301122")

    def test_tcp(self):
        scene = Scene(self, "--tcp", "127.0.0.1:0", address=lambda sim: sim.addresses[0])
        scene.await_all()
        self.assertEqual(scene.info()["link"], "tcp")
        scene.sim.ask("line fail")
        scene.see("upslink_status", 1, ALERT_SHOWS, flag="on_battery")
        scene.sim.ask("unplug")
        scene.see("upslink_up", 0, 5)
        scene.sim.ask("replug")
        scene.see("upslink_up", 1)
        scene.sim.ask("line restore")
        scene.see("upslink_status", 1, flag="on_line")
        # A connection that is made while the other end goes away counts as well.
        self.assertIn(scene.value("upslink_link_opens_total"), (2, 3))

    def test_switched_off_and_on(self):
        scene = Scene(self, "--profile", "matrix")
        scene.sim.ask("off")
        scene.see("upslink_alerts_total", 1, ALERT_SHOWS, alert="turning_off")
        scene.see("upslink_up", 0, 5)
        scene.sim.ask("on")
        scene.see("upslink_up", 1, 5)

    def test_silence_and_dumb(self):
        scene = Scene(self)
        scene.sim.ask("fault silence")
        scene.see("upslink_up", 0, 5)
        scene.see("upslink_status", None, 5, flag="on_line")
        scene.sim.ask("fault silence off")
        scene.see("upslink_up", 1, 3)
        scene.see("upslink_status", 1, 3, flag="on_line")
        scene.sim.ask("dumb")
        opened = scene.value("upslink_link_opens_total")
        scene.stand.wait("it is in smart mode again", lambda: scene.sim.state()["smart"], 5)
        self.assertEqual(scene.value("upslink_link_opens_total"), opened)
        self.assertEqual(len([m for m in scene.messages("warn") if "does not answer" in m]), 1)


if __name__ == "__main__":
    stand.main(at_once=6)
