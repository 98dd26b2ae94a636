#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`record` and the simulator's `--replay`: what is recorded of a unit behaves as that unit.

Every recording in tests/recordings is replayed as well: the page of an exporter that reads it must come to
have all lines of the file NAME.metrics beside it (`absent SERIES`: and not have that one).

    record_test.py --exporter PROGRAM --simulator PROGRAM [test...]
"""

import os
import pathlib
import re
import signal
import socket
import subprocess
import threading
import time
import unittest

import exposition
import stand

RECORDINGS = pathlib.Path(__file__).resolve().parent.parent / "recordings"
# How often and when, which no two runs have alike.
OF_THE_LINE = {
    "upslink_last_success_timestamp_seconds", "upslink_poll_duration_seconds", "upslink_requests_total",
    "upslink_request_failures_total", "upslink_link_bytes_total", "upslink_link_opens_total",
    "upslink_output_energy_joules_total",
}
ON_REQUEST = {"Y", "y", "^Z"}  # asked by `record`, and of no metric
EVENT = re.compile(r" *(\d+\.\d) (?:ask  (\S+) +(\S+) +(\S+) (.*)|hear (.*))")


class Transcript:
    """The lines of one, strictly: `asked` is (command, reply) in order, `heard` what came unasked."""

    def __init__(self, text):
        self.text = text
        lines = text.splitlines()
        if not text.endswith("\n") or lines[0] != "upslink transcript 1":
            raise ValueError(text)
        heads = [line.split(" ", 1) for line in lines[1:5]]
        if [key for key, _ in heads] != ["recorded", "exporter", "link", "masked"]:
            raise ValueError(heads)
        self.head = dict(heads)
        self.end = lines[-1]
        self.asked, self.heard, self.comments = [], [], []
        for line in lines[5:-1]:
            if line.startswith("#"):
                self.comments.append(line)
                continue
            match = EVENT.fullmatch(line)
            if match is None:
                raise ValueError(line)
            if match[2]:
                self.asked.append((match[2], match[5]))
            else:
                self.heard.append(match[6])

    def replies(self, command):
        return [reply for asked, reply in self.asked if asked == command]

    def said(self):
        """All of it but times."""
        return {"link": self.head["link"], "masked": self.head["masked"], "end": self.end, "asked": self.asked,
                "heard": self.heard, "comments": self.comments}


def quoted(line):
    """A whole line as a transcript has it."""
    shown = (f"\\{c}" if c in '"\\' else c if " " <= c < "\x7f" else f"\\x{ord(c):02x}" for c in line)
    return '"' + "".join(shown) + r'\r\n"'


def record(address, file, *options, status=0):
    done, out, err, _ = stand.run_exporter("record", address, file, *options)
    if done != status:
        raise stand.Failure(f"record ended with {done}: {err}")
    return out, err


def recorded(s, address, name, *options):
    """The path of a new recording, and what is in it."""
    path = s.folder / f"{name}.transcript"
    record(address, path, *options)
    return path, Transcript(path.read_text())


def steady(exporter, ups):
    return {series: value for series, value in exporter.samples(ups).items() if series[0] not in OF_THE_LINE}


class RoundTripTest(unittest.TestCase):
    """Unit, recording, replay, recording: the same; and an exporter cannot tell which is which."""

    maxDiff = None

    def check(self, *options):
        options = [*options, "--speed", "0.0001"]  # nothing changes by itself meanwhile
        with stand.Stand() as s:
            original = s.simulator(*options)
            path, first = recorded(s, original.links[0], "first", "--unmasked", "--duration", "6s")
            self.assertEqual(original.ask("bytes")["not_read_only"], {})
            self.assertEqual((first.end, first.head["masked"]), ("end complete", "nothing"))
            self.assertGreaterEqual(len(first.replies("Q")), 7)
            self.check_replies(first, original.state()["answers"])

            replay = s.simulator("--replay", path)
            _, second = recorded(s, replay.links[0], "second", "--unmasked", "--duration", "6s")
            self.assertEqual(second.said(), first.said())

            # Both from the beginning, for what is different when it is read again.
            original, replay = s.simulator(*options), s.simulator("--replay", path)
            self.check_exporter(s.exporter({"original": original.links[0], "replay": replay.links[0]}), first)

    def check_replies(self, transcript, answers):
        """What was recorded is what the unit says that it answers."""
        for command, reply in transcript.asked:
            if command in ("M", "N"):
                continue  # reading them changes them
            if command == "Y":
                self.assertEqual(reply, quoted("SM"))
            elif answers.get(command) is not None:
                self.assertEqual(reply, quoted(answers[command]), command)
            else:
                self.assertIn(reply, ("silence", quoted("NA")), command)

    def check_exporter(self, exporter, transcript):
        answered = {command for command, reply in transcript.asked if reply not in ("silence", quoted("NA"))}
        answered -= ON_REQUEST

        def page(ups):
            """When it asks again for what the unit lacks is chance."""
            return {series: value for series, value in steady(exporter, ups).items()
                    if series[0] != "upslink_command_supported" or dict(series[1])["command"] in answered}

        def all_known():
            known = [series for series in page("replay") if series[0] == "upslink_command_supported"]
            return len(known) == len(answered) and page("original") == page("replay")

        try:
            stand.until("all is known and the same", all_known, 100)
        finally:
            self.assertEqual(page("replay"), page("original"))

    def test_su700(self):
        self.check("--profile", "su700")

    def test_measure_ups(self):
        self.check("--profile", "su1400rm", "--measure-ups", "2")

    def test_sua1500(self):
        self.check("--profile", "sua1500")

    def test_back_ups_pro(self):
        self.check("--profile", "bkpro")

    def test_matrix(self):
        self.check("--profile", "matrix")

    def test_rt(self):
        self.check("--profile", "rt")

    def test_second_generation_which_says_nothing_for_no(self):
        self.check("--profile", "g2")


class NoiseTest(unittest.TestCase):
    def test_a_recording_of_a_bad_line_misleads_nobody(self):
        with stand.Stand() as s:
            bad, good = s.simulator("--seed", "7"), s.simulator()
            # No lost bytes: 22.5 for 229.5 is a good reply to whoever replays it for ever.
            for fault in ("garbage rate=0.04", "alert_inside rate=0.05", "doubled rate=0.03", "truncated rate=0.03",
                          "late rate=0.01"):
                bad.ask("fault " + fault)
            path, transcript = recorded(s, bad.links[0], "bad", "--unmasked", "--duration", "6s")
            self.assertEqual(bad.ask("bytes")["not_read_only"], {})
            self.assertRegex(transcript.text, r"\\x[0-9a-f]{2}")
            replay = s.simulator("--replay", path)
            exporter = s.exporter({"good": good.links[0], "replay": replay.links[0]})

            def readings(ups):
                """Without what the recording reset before, and what noise looks like."""
                left_out = ("upslink_input_voltage_m", "upslink_alert", "upslink_up", "upslink_command_supported")
                return {key: value for key, value in steady(exporter, ups).items()
                        if not key[0].startswith(left_out) and key[0] != "upslink_info"}

            def settled():
                page, right = readings("replay"), readings("good")
                for key, value in page.items():
                    if key in right:
                        self.assertEqual(value, right[key], key)
                return len(right) > 60 and len(page) >= 0.9 * len(right)

            s.wait("nearly all is read through the noise", settled, 60)

    def test_power_failure(self):
        """Alerts come again when they came, and the status is what it was then."""
        with stand.Stand() as s:
            sim = s.simulator()
            path = s.folder / "failure.transcript"
            child = s.program("recording", [stand.programs.exporter, "record", sim.links[0], path, "--duration", "12s"])

            def looks():
                return sim.ask("stats")["commands"].get("Q", 0)

            s.wait("it watches", lambda: looks() >= 3)
            sim.ask("line fail")
            seen = looks() + 2
            s.wait("it was seen", lambda: looks() >= seen)
            sim.ask("line restore")
            self.assertEqual(child.child.wait(stand.PATIENCE), 0, child.log())
            first = Transcript(path.read_text())
            self.assertEqual([h for h in first.heard if h in "!$"], ["!", "$"])
            self.assertIn(r'"10\r\n"', first.replies("Q"))
            self.assertEqual(first.replies("Q")[-1], r'"08\r\n"')

            replay = s.simulator("--replay", path)
            _, second = recorded(s, replay.links[0], "second", "--duration", "12s")
            self.assertEqual(second.heard, first.heard)
            for command in ("L", "O", "G"):
                self.assertEqual(second.replies(command)[-1], first.replies(command)[-1])

            exporter = s.exporter({"ups": s.simulator("--replay", path).links[0]})
            for alert in ("line_fail", "line_restored"):
                s.wait(alert, lambda alert=alert: 1 in [
                    value for (name, labels), value in exporter.samples("ups").items()
                    if name == "upslink_alerts_total" and ("alert", alert) in labels], 30)


class FileTest(unittest.TestCase):
    """What becomes of the file, and the exit status, in every case."""

    def check_one_sentence(self, err, *words):
        self.assertEqual(err.count("\n"), 1, err)
        self.assertTrue(err.startswith("upslink_exporter: "), err)
        for word in words:
            self.assertIn(word, err)

    def test_existing_file(self):
        with stand.Stand() as s:
            sim = s.simulator()
            path = s.folder / "x"
            path.write_text("precious\n" * 10000)
            _, err = record(sim.links[0], path, status=1)
            self.check_one_sentence(err, "is there already", "--force")
            self.assertEqual(path.read_text(), "precious\n" * 10000)
            record(s.folder / "nowhere", path, "--force", status=1)
            self.assertEqual(path.read_text(), "precious\n" * 10000)
            _, err = record(sim.links[0], path, "--force", "--duration", "0s")
            self.check_one_sentence(err, "wrote 6", str(path), "masked")
            self.assertEqual(Transcript(path.read_text()).end, "end complete")

    def test_standard_output(self):
        with stand.Stand() as s:
            out, _ = record(s.simulator().links[0], "-", "--duration", "1s")
            self.assertEqual(Transcript(out).end, "end complete")

    def test_nobody_reads_standard_output(self):
        with stand.Stand() as s:
            read, write = os.pipe()
            os.close(read)
            done = subprocess.run([stand.programs.exporter, "record", s.simulator().links[0], "-", "--duration", "0s"],
                                  stdout=write, stderr=subprocess.PIPE, text=True, env=stand.clean_environment(),
                                  timeout=stand.PATIENCE + 60, check=False)
            os.close(write)
            self.assertEqual(done.returncode, 1)
            self.check_one_sentence(done.stderr, "cannot write standard output")

    def test_a_full_disk(self):
        with stand.Stand() as s, open("/dev/full", "wb") as full:
            done = subprocess.run([stand.programs.exporter, "record", s.simulator().links[0], "-", "--duration", "0s"],
                                  stdout=full, stderr=subprocess.PIPE, text=True, env=stand.clean_environment(),
                                  timeout=stand.PATIENCE + 60, check=False)
            self.assertEqual(done.returncode, 1)
            self.check_one_sentence(done.stderr, "cannot write standard output", "No space left", "not complete")

    def test_masked_unless_told_otherwise(self):
        with stand.Stand() as s:
            sim = s.simulator()
            sim.ask('set c "rack-42"')
            answers = sim.state()["answers"]
            sim.ask(f'set y "(C) {answers["n"]}"')
            path, masked = recorded(s, sim.links[0], "masked", "--duration", "0s")
            for command in ("n", "m", "x", "c"):
                self.assertNotIn(answers[command], masked.text)
            self.assertEqual(masked.replies("n"), [r'"X00000000000\r\n"'])
            self.assertEqual(masked.replies("m"), [r'"01/01/95\r\n"'])
            self.assertEqual(masked.replies("c"), [r'"XXXX-00\r\n"'])
            self.assertEqual(masked.replies("y"), [r'"(C) X00000000000\r\n"'])
            self.assertEqual(masked.replies("^A"), [r'"SMART-UPS 700\r\n"'])
            self.assertNotIn(sim.links[0], masked.text)
            _, plain = recorded(s, sim.links[0], "plain", "--duration", "0s", "--unmasked")
            self.assertEqual(plain.replies("n"), [f'"{answers["n"]}\\r\\n"'])
            exporter = s.exporter({"ups": s.simulator("--replay", path).links[0]})
            s.wait("it replays", lambda: any(
                name == "upslink_info" and ("serial_number", "X00000000000") in labels and ("model", "SMART-UPS 700")
                in labels for name, labels in exporter.samples("ups")))

    def test_what_cannot_be_written(self):
        with stand.Stand() as s:
            sim = s.simulator()
            for file, *words in (
                    (s.folder, "is a directory"), (s.folder / "none" / "x", "is not there"),
                    ("/dev/null", "is there already"), (pathlib.Path("/proc/x"), "is not there")):
                _, err = record(sim.links[0], file, status=1)
                self.check_one_sentence(err, *words)
            os.mkfifo(s.folder / "pipe")
            _, err = record(sim.links[0], s.folder / "pipe", "--force", status=1)
            self.check_one_sentence(err, "pipe")
            self.assertEqual(sim.ask("bytes")["received"], {})

    def test_bad_arguments(self):
        for arguments, word in ((["record"], "address of one UPS"), (["record", "/nowhere/x"], "file to write"),
                                (["record", "/nowhere/x", "a", "b"], "file to write"),
                                (["record", "nowhere", "a"], "nowhere"),
                                (["record", "/nowhere/x", "a", "--duration", "5"], "has no unit"),
                                (["record", "/nowhere/x", "a", "--duratoin", "5s"], "did you mean --duration?"),
                                (["record", "/nowhere/x", "a", "--format", "json"], "goes with probe"),
                                (["record", "/nowhere/x", "a", "--web.telemetry-path", "/x"], "no meaning for record"),
                                (["recrod", "/nowhere/x", "a"], "did you mean record?")):
            with self.subTest(arguments=arguments):
                status, out, err, _ = stand.run_exporter(*arguments, within=5)
                self.assertEqual((status, out), (2, ""))
                self.check_one_sentence(err, word)

    def test_no_port(self):
        with stand.Stand() as s:
            sim = s.simulator()
            _, err = record(s.folder / "none", s.folder / "x", status=1)
            self.check_one_sentence(err, "is not there; plug the adapter in")
            holder = s.exporter({"a": sim.links[0]})
            s.wait("it has the line", lambda: holder.value("upslink_up", ups="a") == 1)
            _, err = record(sim.links[0], s.folder / "x", status=1)
            self.check_one_sentence(err, "is in use by", "stop it")
            self.assertFalse((s.folder / "x").exists())

    def test_nobody_answers(self):
        with stand.Stand() as s:
            sim = s.simulator()
            sim.ask("off")
            sim.ask("fault silence")
            _, err = record(sim.links[0], s.folder / "x", status=1)
            self.check_one_sentence(err, "heard nothing", "nothing was recorded")
            self.assertFalse((s.folder / "x").exists())

    def test_something_else_answers(self):
        with stand.Stand() as s, socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()

            def talk():
                connection, _ = listener.accept()
                with connection:
                    while connection.recv(100):
                        connection.sendall(b"login: \r\n")

            threading.Thread(target=talk, daemon=True).start()
            path = s.folder / "x"
            _, err = record(f"tcp://127.0.0.1:{listener.getsockname()[1]}", path, status=1)
            self.assertIn("text that is no answer", err)
            transcript = Transcript(path.read_text())
            self.assertEqual(transcript.end, "end no_answer")
            self.assertEqual(transcript.head["link"], "tcp")
            self.assertIn(r'"login: \r\n"', transcript.replies("Y"))
            self.assertNotIn("127.0.0.1", transcript.text)
            s.simulator("--replay", path)  # a file like others

    def started(self, s, *options):
        sim = s.simulator()
        path = s.folder / "x"
        child = s.program("recording", [stand.programs.exporter, "record", sim.links[0], path, *options])
        s.wait("it reads", lambda: sim.ask("stats")["commands"].get("C", 0) >= 1)
        return sim, path, child

    def test_unplugged(self):
        with stand.Stand() as s:
            sim, path, child = self.started(s)
            sim.ask("unplug")
            self.assertEqual(child.child.wait(stand.PATIENCE), 1)
            self.assertIn("was lost; what was heard until then is kept", child.log())
            transcript = Transcript(path.read_text())
            self.assertEqual(transcript.end, "end connection_lost")
            self.assertEqual(transcript.replies("L"), [r'"229.5\r\n"'])
            s.simulator("--replay", path)

    def test_ended_in_the_middle(self):
        with stand.Stand() as s:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                _, path, child = self.started(s, "--force")
                self.assertEqual(child.stop(number, within=1), 1, child.log())
                self.assertIn("a signal ended the recording; what was heard until then is kept", child.log())
                transcript = Transcript(path.read_text())
                self.assertEqual(transcript.end, "end interrupted")
                self.assertEqual(transcript.replies("L"), [r'"229.5\r\n"'])
                self.assertNotIn("silence", transcript.text, "a question that was cut off is no silence")

    def test_ended_while_it_watches(self):
        with stand.Stand() as s:
            sim, path, child = self.started(s, "--duration", "1h")
            s.wait("it watches", lambda: sim.ask("stats")["commands"].get("Q", 0) >= 2)
            self.assertEqual(child.stop(signal.SIGINT, within=1), 0, child.log())
            self.assertEqual(Transcript(path.read_text()).end, "end interrupted")


class RecordingsTest(unittest.TestCase):
    def test_every_recording_gives_its_metrics(self):
        paths = sorted(RECORDINGS.glob("*.transcript"))
        self.assertTrue(paths)
        with stand.Stand() as s:
            options = [word for path in paths for word in ("--replay", path)]
            sim = s.simulator(*options, "--count", len(paths))
            names = [path.stem for path in paths]
            exporter = s.exporter(dict(zip(names, sim.links)))
            wanted = {name: self.expected(name) for name in names}
            self.assertTrue(all(wanted.values()))

            def missing():
                found = {name: exporter.samples(name) for name in names}
                return [(name, series, right, found[name].get(series)) for name in names
                        for series, right in wanted[name].items() if found[name].get(series) != right]

            end = time.monotonic() + 60 + 3 * stand.SLACK
            while missing() and time.monotonic() < end:
                time.sleep(0.2)
            self.assertEqual(missing(), [])
            for number in range(len(names)):
                self.assertEqual(sim.ask("bytes", number)["not_read_only"], {})

    @staticmethod
    def expected(name):
        wanted = {}
        for line in (RECORDINGS / f"{name}.metrics").read_text().splitlines():
            if not line or line.startswith("#"):
                continue
            absent = line.startswith("absent ")
            series, value = exposition.sample(line.removeprefix("absent ") + (" 0" if absent else ""))
            wanted[series] = None if absent else value
        return wanted


if __name__ == "__main__":
    stand.main(at_once=8)
