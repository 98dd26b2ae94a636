# SPDX-License-Identifier: Apache-2.0
"""What should be published for a UPS, told from the answers that the simulator says it would give.

A second decoder, written from docs/metrics.md alone: it shares nothing with the exporter's. A series is
the pair (name, labels as a sorted tuple without `ups`); values are floats. upslink_info is one series
whose labels are compared one by one.
"""

import datetime
import re

REGISTERS = {
    "Q": ("upslink_status", {}, ["runtime_calibration", "smart_trim", "smart_boost", "on_line", "on_battery",
                                 "overload", "battery_low", "replace_battery"]),
    "~": ("upslink_state", {}, ["waking_up", "bypass_internal_fault", "going_to_bypass", "bypass_command",
                                "returning_from_bypass", "bypass_manual", "ready_on_command",
                                "ready_on_command_or_line_return"]),
    "8": ("upslink_fault", {"register": "3"},
          ["low_battery_shutdown", "overload_no_transfer", "main_relay", "sleeping", "shutdown_pending",
           "battery_charger", "bypass_relay", "over_temperature"]),
    "'": ("upslink_fault", {"register": "2"},
          ["electronics_fan", "isolation_fan", "bypass_supply", "output_voltage_select", "dc_imbalance",
           "no_battery_in_bypass", "boost_trim_relay", "bad_output_voltage"]),
    "7": ("upslink_dip_switch", {},
          ["low_battery_warning_5min", "alarm_delayed_30s", "output_range_shifted", "desensitized",
           None, None, None, None]),
}

CHOICES = {
    "G": ("upslink_transfer_cause", "cause",
          {"O": "none", "R": "rate_of_change", "H": "high_voltage", "L": "low_voltage",
           "T": "notch_or_spike", "S": "test", "K": "software"}),
    "X": ("upslink_self_test_result", "result",
          {"OK": "passed", "BT": "failed_capacity", "NG": "failed_overload", "NO": "none"}),
    "s": ("upslink_input_sensitivity", "sensitivity", {"H": "high", "M": "medium", "L": "low", "A": "auto"}),
    "E": ("upslink_self_test_schedule", "schedule",
          {"336": "14_days", "168": "7_days", "ON": "power_on", "OFF": "off"}),
    "k": ("upslink_alarm_delay", "mode", {"0": "5s", "T": "30s", "L": "low_battery", "N": "never"}),
    "\x16": ("upslink_output_voltage_selection", "selection", {"A": "auto", "M": "208v", "I": "240v"}),
    "\x0c": ("upslink_panel_language", "language",
             {"E": "english", "F": "french", "G": "german", "S": "spanish", "1": "other", "2": "other",
              "3": "other", "4": "other"}),
}

# Plain numbers: name, factor to base units.
NUMBERS = {
    "L": ("upslink_input_voltage_volts", 1), "O": ("upslink_output_voltage_volts", 1),
    "P": ("upslink_load_ratio", 0.01), "f": ("upslink_battery_charge_ratio", 0.01),
    "B": ("upslink_battery_voltage_volts", 1), "F": ("upslink_input_frequency_hertz", 1),
    "M": ("upslink_input_voltage_maximum_volts", 1), "N": ("upslink_input_voltage_minimum_volts", 1),
    "/": ("upslink_output_current_amperes", 1), "\\": ("upslink_apparent_load_ratio", 0.01),
    "C": ("upslink_internal_temperature_celsius", 1), "d": ("upslink_self_test_age_seconds", 3600),
    "<": ("upslink_battery_packs_bad", 1), "u": ("upslink_input_transfer_high_volts", 1),
    "l": ("upslink_input_transfer_low_volts", 1), "o": ("upslink_output_voltage_nominal_volts", 1),
    "g": ("upslink_battery_voltage_nominal_volts", 1), "q": ("upslink_battery_runtime_low_seconds", 60),
    "e": ("upslink_battery_charge_restart_ratio", 0.01), "p": ("upslink_shutdown_delay_seconds", 1),
    "r": ("upslink_restart_delay_seconds", 1), ">": ("upslink_battery_packs_external", 1),
    "w": ("upslink_runtime_conservation_seconds", 60),
}

PROBES = {  # one probe each
    "t": ("upslink_ambient_temperature_celsius", 1), "h": ("upslink_ambient_humidity_ratio", 0.01),
}
LIMITS = {  # both probes
    "[": ("upslink_ambient_temperature_high_celsius", 1), "]": ("upslink_ambient_temperature_low_celsius", 1),
    "{": ("upslink_ambient_humidity_high_ratio", 0.01), "}": ("upslink_ambient_humidity_low_ratio", 0.01),
}
CONSTANTS = "0456"
INFO = {"c": "name", "\x01": "model", "b": "firmware", "V": "firmware_code", "n": "serial_number",
        "m": "manufactured", "a": "protocol"}

FAST = set("LOPfBjFMN9G8'~/\\")
SLOW = set("CXd<tThHiJ")
SETTINGS = set("ulsogqexEkpr7>\x16\x0cwI[]{}c0456")
NOT_PUBLISHED = set("yJ\x1a")  # on request, and the latched register
ASKED = (FAST | SLOW | SETTINGS | set(INFO) | set("Qv")) - NOT_PUBLISHED

# What stands in the simulator's `state` under a name of its own, to check this decoder with.
EXACT = {
    "L": "input_voltage_volts", "O": "output_voltage_volts", "P": "load_ratio", "f": "battery_charge_ratio",
    "B": "battery_voltage_volts", "F": "input_frequency_hertz", "/": "output_current_amperes",
    "\\": "apparent_load_ratio", "C": "internal_temperature_celsius", "d": "self_test_age_seconds",
    "<": "battery_packs_bad", ">": "battery_packs_external", "j": "battery_runtime_seconds",
    "t": "ambient_temperature_celsius", "h": "ambient_humidity_ratio",
}


def cadence(command):
    if command == "Q":
        return "status"
    for name, commands in (("fast", FAST), ("slow", SLOW), ("settings", SETTINGS)):
        if command in commands:
            return name
    return "identity"


def command_byte(printed):
    """The byte behind `^A` or `0x9f`; two-byte commands have none."""
    if re.fullmatch(r"\^[@-_]", printed):
        return chr(ord(printed[1]) - 64)
    if re.fullmatch("0x[0-9a-f]{2}", printed):
        return chr(int(printed, 16))
    return printed if len(printed) == 1 else None


def printed(command):
    return "^" + chr(ord(command) + 64) if ord(command) < 32 else command


def malformed(command, answer):
    """Whether this is none of the forms that the page of metrics has for the command."""
    return command == "a" and re.fullmatch(r"\d\..+", answer, re.DOTALL) is None


def says_nothing(command, answer):
    """Whether this good reply says that there is no value."""
    if command in NUMBERS or command in LIMITS:
        return set(answer.split(",")) == {"NO"}
    return shown(answer) == "" or answer == ">>>>:"


def number_of(command, answer):
    """The value of a plain number, in base units; None for everything else."""
    if command not in NUMBERS or answer == "NO":
        return None
    return float(answer) * NUMBERS[command][1]


def labels_of(**labels):
    return tuple(sorted(labels.items()))


def epoch(text, order="mdy"):
    fields = [int(part) for part in re.split("[/.-]", text.strip())]
    day = dict(zip(order, fields))
    year = day["y"] if day["y"] > 99 else day["y"] + (1900 if day["y"] >= 90 else 2000)
    return datetime.datetime(year, day["m"], day["d"], tzinfo=datetime.timezone.utc).timestamp()


def shown(text):
    """Text as a label shows it: without blanks and unprintable bytes at its end, others as \\xNN."""
    text = re.sub(r"[^\x21-\x7e]+$", "", text)
    return "".join(c if " " <= c <= "~" else f"\\x{ord(c):02x}" for c in text)


def series_of(command, answer, date_order="mdy"):
    """The series, with their values, that this answer to this command becomes."""
    if answer is None or answer == "NA" or command in NOT_PUBLISHED:
        return {}
    if command in REGISTERS:
        name, labels, flags = REGISTERS[command]
        bits = int(answer, 16)
        found = {}
        for bit, flag in enumerate(flags):
            if flag is not None or bits >> bit & 1:
                found[name, labels_of(flag=flag or f"bit{bit}", **labels)] = float(bits >> bit & 1)
        return found
    if command in CHOICES:
        name, label, words = CHOICES[command]
        return {(name, labels_of(**{label: word})): float(word == words[answer.strip()])
                for word in words.values()}
    if command in NUMBERS:
        name, factor = NUMBERS[command]
        return {} if answer == "NO" else {(name, ()): float(answer) * factor}
    if command in PROBES:
        name, factor = PROBES[command]
        return {(name, labels_of(probe="1")): float(answer) * factor}
    if command in LIMITS:
        name, factor = LIMITS[command]
        return {(name, labels_of(probe=str(n))): float(field) * factor
                for n, field in enumerate(answer.split(","), 1) if field != "NO"}
    if command in CONSTANTS:
        return {("upslink_calibration_constant", labels_of(register=command)): float(int(answer, 16))}
    if command == "j":
        return {} if answer == ">>>>:" else {("upslink_battery_runtime_seconds", ()): float(answer[:-1]) * 60}
    if command == "9":
        return {("upslink_input_quality_acceptable", ()): float(answer == "FF")}
    if command == "x":
        return {("upslink_battery_replaced_timestamp_seconds", ()): epoch(answer, date_order)}
    if command == "I":
        return {("upslink_environment_alarm_mask", ()): float(int(answer, 16))}
    if command == "i":
        return {("upslink_contact_closed", labels_of(contact=str(n))): float(int(answer, 16) >> n + 3 & 1)
                for n in range(1, 5)}
    if command == "v":
        return {("upslink_accessory_info", labels_of(firmware=answer)): 1.0}
    if command in "TH":
        packed = "," in answer or re.fullmatch(r"\d\d\.\d\d", answer)
        if not packed:
            return {("upslink_uptime_seconds", ()): float(answer) * 3600} if command == "T" else {}
        name, factor = PROBES[command.lower()]
        second = (answer.split(",") + [""])[1]
        return {(name, labels_of(probe="2")): float(second) * factor} if second else {}
    raise KeyError(f"no rule for {printed(command)}, which answered {answer!r}")


def info_of(answers):
    """The labels of upslink_info. `model` is None where it is the exporter's own knowledge."""
    labels = {}
    for command, label in INFO.items():
        answer = answers.get(command)
        text = "" if answer in (None, "NA") or malformed(command, answer) else shown(answer)
        if label == "manufactured" and text:
            try:
                text = datetime.datetime.fromtimestamp(epoch(text), datetime.timezone.utc).strftime("%Y-%m-%d")
            except (ValueError, KeyError):
                text = None  # another order of its parts, or none
        if label == "protocol":
            text = text[:1]
        if label == "model" and not text:
            text = None
        labels[label] = text
    return labels


def answers_of(state):
    """By command byte. Those of two bytes, which nobody asks for, are left out, and so are `+` and `-`,
    which some units refuse with NO."""
    answers = {}
    for name, answer in state["answers"].items():
        command = command_byte(name)
        if command is not None and command not in "\x9f+-":
            answers[command] = answer
    return answers


class Truth:
    """All series that a state of the simulator means, each with the command that it is from."""

    def __init__(self, state, date_order="mdy"):
        self.answers = answers_of(state)
        self.commands = {}
        self.values = {}
        for command, answer in self.answers.items():
            if command in INFO:
                continue
            for series, value in series_of(command, answer, date_order).items():
                self.values[series] = value
                self.commands[series] = command
        self.info = info_of(self.answers)


FAMILIES = {name for name, _, _ in REGISTERS.values()} | {name for name, _, _ in CHOICES.values()}
FAMILIES |= {name for table in (NUMBERS, PROBES, LIMITS) for name, _ in table.values()}
FAMILIES |= {"upslink_calibration_constant", "upslink_battery_runtime_seconds",
             "upslink_input_quality_acceptable", "upslink_battery_replaced_timestamp_seconds",
             "upslink_environment_alarm_mask", "upslink_contact_closed", "upslink_accessory_info",
             "upslink_uptime_seconds", "upslink_environment_alarm_register"}


def close(published, true, command):
    """As exact as the exporter promises: 2 % for what drifts, no difference for the rest."""
    drifts = command in NUMBERS or command in "jthTH"
    if drifts and cadence(command) in ("fast", "slow"):
        return abs(published - true) <= 0.02 * max(abs(published), abs(true)) + 1e-12
    return abs(published - true) <= 1e-9 * max(1, abs(true))
