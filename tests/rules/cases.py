# SPDX-License-Identifier: Apache-2.0
"""Cases of the alerting rules, from compact tables to what `promtool test rules` takes.

A file *.yml beside this one holds cases:

    interval: 15s                   how far samples are apart
    length: 100m                    how long the cases of this file last
    cases:
      overload:                     its name is also that of the UPS and of the exporter
        says: why it is there       (may be left out)
        series:
          status overload: 0 5m, 1 10m, 0
        fires:
          UpsOverload critical: 5m15s..15m

What a series is short for stands in SHORT. Values follow each other, each for a time, the last one to the
end: a number, `_` for no sample, `A..B` for a way from one to the other.

`fires` says everything that fires and when: the first evaluation and the first one without. Nothing else
may fire, at no time that is looked at, which are the beginning and the end of whatever fires in any case.
Labels beside those of the UPS and the severity follow in braces.

Tags say what a case shows beside that: `quiet`, `test` and `missing` name alerts that do not fire although
they nearly would, during a self test or a calibration, or for want of a series.

Each case that fires is played a second time with a restart of the exporter in the middle of it (`restart: no`
if that would be another case, or a time), which has to change nothing.

A case with `unit: none` has nothing but its own series; `unit: whole` has everything that a UPS without
trouble publishes, `unit: plain`, which is the default, its connection and what most rules ask for.
"""

import copy
import re

import yaml

OUTAGE = 45  # seconds that a restart takes, until the next scrape that succeeds
TAGS = ("quiet", "test", "missing")
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}

FLAGS = {
    "status": "runtime_calibration smart_trim smart_boost on_line on_battery overload battery_low replace_battery",
    "state": "waking_up bypass_internal_fault going_to_bypass bypass_command returning_from_bypass bypass_manual "
             "ready_on_command ready_on_command_or_line_return",
    "fault 3": "low_battery_shutdown overload_no_transfer main_relay sleeping shutdown_pending battery_charger "
               "bypass_relay over_temperature",
    "fault 2": "electronics_fan isolation_fan bypass_supply output_voltage_select dc_imbalance no_battery_in_bypass "
               "boost_trim_relay bad_output_voltage",
    "cause": "none rate_of_change high_voltage low_voltage notch_or_spike test software",
    "alerts": "line_fail line_restored battery_low battery_recovered abnormal abnormal_cleared turning_off "
              "replace_battery environment eeprom_changed",
    "transfers": "none rate_of_change high_voltage low_voltage notch_or_spike test software",
    "test": "passed failed_capacity failed_overload none",
    "failures": "timeout malformed desync implausible link",
}

# What a word of a case means: the metric, and the labels that the words after it are values of.
SHORT = {
    "status": ("upslink_status", "flag"), "state": ("upslink_state", "flag"), "fault": ("upslink_fault", "register flag"),
    "cause": ("upslink_transfer_cause", "cause"), "test": ("upslink_self_test_result", "result"),
    "alerts": ("upslink_alerts_total", "alert"), "transfers": ("upslink_transfers_total", "cause"),
    "failures": ("upslink_request_failures_total", "reason"), "requests": ("upslink_requests_total", ""),
    "ambient": ("upslink_ambient_temperature_celsius", "probe"),
    "ambient_high": ("upslink_ambient_temperature_high_celsius", "probe"),
    "ambient_low": ("upslink_ambient_temperature_low_celsius", "probe"),
    "humidity": ("upslink_ambient_humidity_ratio", "probe"),
    "humidity_high": ("upslink_ambient_humidity_high_ratio", "probe"),
    "humidity_low": ("upslink_ambient_humidity_low_ratio", "probe"),
    "contact": ("upslink_contact_closed", "contact"),
}

COUNTERS = re.compile(r"(alerts|transfers|failures|requests)\b")
OF_THE_EXPORTER = re.compile(r"(scrape|start|exporter_\w+)$")

PLAIN = {
    "scrape": "1", "start": "0", "exporter_build_info": "1", "up": "1", "last_success_timestamp_seconds": "0..1e6",
    "status on_line": "1", "status on_battery": "0", "status runtime_calibration": "0",
}
WHOLE = PLAIN | {
    **{f"{kind} {flag}": "0" for kind, flags in FLAGS.items() for flag in flags.split()},
    "status on_line": "1", "cause none": "1", "test none": "1", "requests": "0..1e5",
    "exporter_snmp_connected": "1", "exporter_config_last_reload_successful": "1",
    "exporter_certificate_expiry_timestamp_seconds": "1e9",
    "input_voltage_volts": "230", "input_transfer_high_volts": "253", "input_transfer_low_volts": "208",
    "input_frequency_hertz": "50", "load_ratio": "0.3", "battery_charge_ratio": "1", "battery_voltage_volts": "27.4",
    "battery_voltage_nominal_volts": "24", "battery_runtime_seconds": "2400", "battery_runtime_low_seconds": "120",
    "battery_replaced_timestamp_seconds": "0", "battery_packs_bad": "0", "self_test_age_seconds": "36000",
    "internal_temperature_celsius": "30", "ambient 1": "22", "ambient_high 1": "30", "ambient_low 1": "10",
    "humidity 1": "0.45", "humidity_high 1": "0.6", "humidity_low 1": "0.2", "contact 1": "1", "contact 2": "0",
}


def seconds(text):
    """12m30s as a number."""
    parts = re.findall(r"(\d+)([smhd])", text)
    assert parts and "".join(map("".join, parts)) == text, f"no length of time: {text}"
    return sum(int(number) * UNITS[unit] for number, unit in parts)


def selector(short, case, job):
    """The series that is meant by `status overload`, in the form of an input series."""
    labels = {"job": job, "instance": f"{case}:12400"}
    word, *values = short.split()
    if word in ("scrape", "start"):
        name = {"scrape": "up", "start": "process_start_time_seconds"}[word]
    else:
        name, keys = SHORT.get(word, (f"upslink_{word}", ""))
        if word == "fault" and len(values) == 1:
            register, = (kind[-1] for kind, flags in FLAGS.items() if kind[:5] == "fault" and values[0] in flags.split())
            values = [register, *values]
        assert len(keys.split()) == len(values), f"{case}: {short}"
        labels |= dict(zip(keys.split(), values))
        if not OF_THE_EXPORTER.match(word):
            labels["ups"] = case
    return name + "{" + ",".join(f'{key}="{value}"' for key, value in labels.items()) + "}"


def canonical(short):
    """`fault 3 main_relay` and `fault main_relay` are the same."""
    return re.sub(r"^fault [23] ", "fault ", short)


def samples(text, interval, length):
    """`0 5m, 1 10m, 0` as a list with a value for each sample; None where there is none."""
    result, count = [], length // interval + 1
    steps = [step.split() for step in str(text).split(",")]
    for i, step in enumerate(steps):
        last = i == len(steps) - 1
        number = count - len(result) if last and len(step) == 1 else seconds(step[1]) // interval
        if step[0] == "_":
            result += [None] * number
        elif ".." in step[0]:
            begin, end = map(float, step[0].split(".."))
            result += [begin + (end - begin) * k / max(number, 1) for k in range(number)]
        else:
            result += [float(step[0])] * number
    assert len(result) <= count, f"longer than the file: {text}"
    return result + [result[-1]] * (count - len(result))


def compact(values):
    """In promtool's notation."""
    words, i = [], 0
    while i < len(values):
        end = i
        while end < len(values) and values[end] == values[i]:
            end += 1
        if values[i] is not None:
            words.append(f"{values[i]:.10g}x{end - i - 1}")
        else:  # Prometheus marks the end of a series
            words += ["stale", f"_x{end - i - 1}"] if i > 0 else [f"_x{end}"]
        i = end
    return " ".join(words)


class Firing:
    """`UpsOverload critical {flag=x}: 5m..10m` of a case."""

    def __init__(self, case, key, times):
        match = re.fullmatch(r"(\w+) (critical|warning|info)(?: \{(.*)\})?", key)
        assert match, f"{case}: {key}"
        self.alert = match[1]
        self.labels = {"severity": match[2]} | dict(pair.split("=") for pair in (match[3] or "").split(", ") if pair)
        begin, _, end = times.partition("..")
        self.begin, self.end = seconds(begin), seconds(end) if end else None

    def at(self, time):
        return self.begin <= time and (self.end is None or time < self.end)


class Case:
    def __init__(self, name, table, interval, length):
        self.name, self.interval, self.length = name, interval, length
        base = {"none": {}, "plain": PLAIN, "whole": WHOLE}[table.get("unit", "plain")]
        given = {canonical(key): value for key, value in base.items()}
        given |= {canonical(key): value for key, value in (table.get("series") or {}).items()}
        self.series = {key: samples(value, interval, length) for key, value in given.items()}
        self.firing = [Firing(name, key, part.strip()) for key, times in (table.get("fires") or {}).items()
                       for part in str(times).split(",")]
        self.gaps = []  # the last moment of each restart, and one when the UPS has just been found again
        self.tags = {tag: table.get(tag, []) for tag in TAGS}
        self.restarts = table.get("restart", True)
        self.job = table.get("job", "upslink")
        unknown = table.keys() - {"says", "unit", "series", "fires", "restart", "job", *TAGS}
        assert not unknown, f"{name}: {unknown}"

    def with_a_restart(self):
        """The same, with the exporter away in the middle of whatever fires; None if there is no such middle."""
        long = [f for f in self.firing if (f.end or self.length) - f.begin > 4 * OUTAGE]
        if not self.restarts or not long:
            return None
        again = copy.deepcopy(self)
        again.name += "-restart"
        if self.restarts is True:
            last = None
            for middle in sorted((firing.begin + (firing.end or self.length)) // 2 for firing in long):
                if last is None or middle - last > 4 * OUTAGE:  # two at once would be a silence
                    again.interrupt(middle)
                    last = middle
        else:
            again.interrupt(seconds(self.restarts))
        return again

    def interrupt(self, begin):
        """No scrape succeeds; then the line is found again, readings follow, and counters begin at 0."""
        first = begin // self.interval
        gap = max(OUTAGE // self.interval, 1)
        self.gaps += [(first + gap - 1) * self.interval, (first + gap) * self.interval]
        for short, values in self.series.items():
            again = values[first + gap:]
            if short == "scrape":
                values[first:first + gap] = [0.0] * gap
                continue
            if COUNTERS.match(short):
                offset = next((v for v in again if v is not None), 0)
                again = [None if v is None else v - offset for v in again]
            if short == "start":
                again = [float(begin)] * len(again)
            values[first:] = [None] * gap + again
            if short == "up":
                values[first + gap] = 0.0
            elif not OF_THE_EXPORTER.match(short) and not COUNTERS.match(short):
                values[first + gap] = None

    def labels(self, firing, of_the_exporter):
        labels = {"job": self.job, "instance": f"{self.name}:12400"} | ({} if of_the_exporter else {"ups": self.name})
        return {key: value for key, value in (labels | firing.labels).items() if value}

    def input_series(self):
        return [{"series": selector(short, self.name, self.job), "values": compact(values)}
                for short, values in self.series.items() if any(v is not None for v in values)]


class Subject:
    """The cases of a file."""

    def __init__(self, path):
        table = yaml.safe_load(path.read_text())
        self.name = path.stem
        self.interval, self.length = seconds(table["interval"]), seconds(table["length"])
        self.cases = [Case(name, case, self.interval, self.length) for name, case in table["cases"].items()]
        self.played = [*self.cases, *(again for case in self.cases if (again := case.with_a_restart()))]

    def times(self):
        """When something begins or ends, and the moment before; and in the middle of restarts."""
        edges = {edge for case in self.cases for f in case.firing for edge in (f.begin, f.end) if edge is not None}
        assert all(edge % self.interval == 0 for edge in edges), f"{self.name}: evaluations are {self.interval} s apart"
        gaps = {time for case in self.played for time in case.gaps}
        return sorted({t for edge in edges for t in (edge - self.interval, edge) if t >= 0} | gaps | {0, self.length})

    def expected(self, alert, time, of_the_exporter):
        return [case.labels(f, of_the_exporter) for case in self.played for f in case.firing
                if f.alert == alert and f.at(time)]
