#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The rules of the source tree that a compiler does not see.

    lint.py [--root DIR] RULE...     prints findings as `file:line: sentence`; exit status 1 if any
    lint.py --list                   says what the rules are

A rule is a function that takes a Tree and yields findings. self_test.py shows each of them a tree that
breaks it, so that none can go blind unnoticed.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import typing

SPDX = "SPDX-License-Identifier: Apache-2.0"

# The rooms, and from where each may include: prefixes of paths below exporter/. This is the table of
# docs/architecture.md; the rule `architecture` compares the two.
ROOMS = {
    "model": [],
    "catalogue": ["model/"],
    "source": ["model/", "catalogue/"],
    "source/smart": ["model/", "catalogue/", "source/"],
    "poll": ["model/", "catalogue/", "source/source.hpp", "source/interrupt.hpp"],
    "publish/prometheus": ["model/", "catalogue/"],
    "publish/snmp": ["model/", "catalogue/"],
    "publish/status": ["model/", "catalogue/"],
    "web": [],
    "describe": ["model/", "catalogue/"],
    "app": [""],
}

# Third-party headers have one door each: the files that may include them.
DOORS = {
    "libserialport.h": ["source/smart/port_list.cpp", "source/smart/tty_link.cpp"],
    "prometheus/": ["publish/prometheus/"],
    "net-snmp/": ["publish/snmp/agentx"],
    "microhttpd.h": ["web/engine.cpp"],
    "gnutls/": ["web/tls"],
    "zlib.h": ["web/gzip.cpp"],
    "crypt.h": ["web/bcrypt.cpp"],
    "nettle/": ["web/keyed_digest.cpp"],
    "CLI/": ["app/command_line.cpp"],
    "yaml-cpp/": ["app/yaml_file.cpp"],
    "spdlog/": ["app/logging.cpp"],
    "nlohmann/": ["publish/status/document.cpp", "describe/dashboard.cpp"],
}

# Everything else in angle brackets that has a point or a slash in it belongs to the system.
SYSTEM = re.compile(
    r"(sys|netinet|arpa|net|linux)/\w+\.h|"
    r"(errno|fcntl|grp|malloc|netdb|poll|pthread|pty|pwd|signal|stdlib|string|termios|time|unistd)\.h"
)

LONGEST_FILE = 450
BAD_WORDS = {"util", "utils", "helper", "helpers", "manager", "misc", "data", "process", "handle"}


class Finding(typing.NamedTuple):
    path: str
    line: int
    sentence: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.sentence}"


class Tree:
    """The files of the project, by paths relative to its top; build folders and .git are no part of it."""

    def __init__(self, root):
        self.root = pathlib.Path(root).resolve()
        self.files = sorted(self._walk())
        self._texts = {}

    def _walk(self):
        """Does not even look into what is foreign: below build/ may be whole systems."""
        for folder, folders, files in os.walk(self.root):
            at = pathlib.Path(folder).relative_to(self.root)
            foreign = {"__pycache__"} if at.parts else {"__pycache__", "build", ".git"}
            folders[:] = [name for name in folders if name not in foreign]
            yield from ((at / name).as_posix() for name in files if at.parts or name != ".git")

    def text(self, path):
        if path not in self._texts:
            self._texts[path] = (self.root / path).read_text(encoding="utf-8", errors="replace")
        return self._texts[path]

    def lines(self, path):
        return enumerate(self.text(path).splitlines(), 1)

    def below(self, folder, *suffixes):
        return [f for f in self.files if f.startswith(folder) and f.endswith(suffixes)]

    def exists(self, path):
        return (self.root / path).exists()


def includes(tree, path):
    """Line, bracket and name of each #include."""
    for number, line in tree.lines(path):
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if match:
            yield number, match[1], match[2]


def room_of(path):
    """The room of a path below exporter/: the longest that fits; None if there is none."""
    rooms = [room for room in ROOMS if path.startswith(room + "/")]
    return max(rooms, key=len, default=None)


def layers(tree):
    """A room includes only what the table of rooms allows, and no third-party header but by its door."""
    for path in tree.below("exporter/", ".hpp", ".cpp"):
        inside = path.removeprefix("exporter/")
        room = room_of(inside)
        if room is None:
            yield Finding(path, 1, "is in no room; the rooms stand in docs/architecture.md")
            continue
        for line, bracket, name in includes(tree, path):
            if bracket == "<":
                yield from third_party(path, inside, line, name)
            elif "/" not in name and tree.exists(f"exporter/{room}/{name}.in"):
                continue  # made when the build is configured
            elif room_of(name) != room and not any(map(name.startswith, ROOMS[room])):
                yield Finding(path, line, f"{room} may not include {name}")
            else:
                for header in sorted(brings(tree, name)):
                    if not is_door(inside, header):
                        sentence = f"{name} brings <{header}>, whose door is elsewhere"
                        yield Finding(path, line, sentence)
    for path in tree.below("tests/simulator/", ".hpp", ".cpp"):
        for line, bracket, name in includes(tree, path):
            if bracket == '"' and room_of(name) is not None:
                yield Finding(path, line, f"the simulator may not include {name} of the exporter")


def doors_of(header):
    return next((doors for name, doors in DOORS.items() if header.startswith(name)), None)


def is_door(inside, header):
    return any(inside.startswith(door) for door in doors_of(header))


def third_party(path, inside, line, header):
    if "." not in header and "/" not in header:
        return  # the standard library
    if doors_of(header) is None:
        if not SYSTEM.fullmatch(header):
            yield Finding(path, line, f"<{header}> has no door; name one in tests/lint/lint.py")
    elif not is_door(inside, header):
        yield Finding(path, line, f"<{header}> may be included in {' '.join(doors_of(header))} only")


def brings(tree, name, seen=None):
    """The third-party headers with a door that one of our headers includes, itself or through others."""
    seen = set() if seen is None else seen
    path = f"exporter/{name}"
    if name in seen or not tree.exists(path):
        return set()
    seen.add(name)
    found = set()
    for _, bracket, included in includes(tree, path):
        if bracket == '"':
            found |= brings(tree, included, seen)
        elif doors_of(included) is not None:
            found.add(included)
    return found


def architecture(tree):
    """docs/architecture.md lists every room, each with the includes that are allowed to it."""
    page = "docs/architecture.md"
    if not tree.exists(page):
        yield Finding(page, 1, "is missing")
        return
    rows = {}
    for number, line in tree.lines(page):
        match = re.match(r"\| `exporter/([\w/]+)` \|.*\| ([^|]*) \|$", line)
        if match:
            rows[match[1]] = number, match[2]
    for room in ROOMS:
        if room not in rows:
            yield Finding(page, 1, f"the table of rooms lacks exporter/{room}")
    for room, (number, cell) in rows.items():
        listed = {name for name in re.findall(r"`([\w/.]+)`", cell)}
        allowed = {name.removesuffix("/") for name in ROOMS.get(room, [])} if room in ROOMS else None
        if allowed is None:
            yield Finding(page, number, f"exporter/{room} is no room")
        elif allowed == {""} and "everything" not in cell:
            yield Finding(page, number, f"exporter/{room} may include everything")
        elif allowed != {""} and listed != allowed:
            yield Finding(page, number, f"exporter/{room} may include {sorted(allowed) or 'nothing'}")


def headed(tree):
    """A source begins with the SPDX tag and, unless its header does so, says in a paragraph what it is."""
    for path in tree.below("exporter/", ".hpp", ".cpp") + tree.below("tests/", ".hpp", ".cpp"):
        lines = tree.text(path).splitlines()
        if not lines or lines[0] != "// " + SPDX:
            yield Finding(path, 1, f"the first line is not `// {SPDX}`")
            continue
        beginning = [line for line in lines[1:6] if line and not line.startswith("#pragma once")]
        if beginning and beginning[0].startswith("// "):
            continue
        if path.endswith(".cpp"):
            own = path.removesuffix(".cpp") + ".hpp"
            exporter = path.startswith("exporter/")
            if tree.exists(own) or (not exporter and any(b == '"' for _, b, _ in includes(tree, path))):
                continue
        yield Finding(path, 2, "a paragraph that says what this is should follow the SPDX tag")
    others = [
        f
        for f in tree.files
        if f.endswith((".sh", ".py", ".cmake", ".profile")) or f.endswith("CMakeLists.txt")
    ]
    for path in others:
        if not any(SPDX in line for line in tree.text(path).splitlines()[:2]):
            yield Finding(path, 1, "the SPDX tag is missing in the first two lines")


def size(tree):
    """No file of the exporter is longer than one sitting reads."""
    for path in tree.below("exporter/", ".hpp", ".cpp"):
        count = len(tree.text(path).splitlines())
        if count > LONGEST_FILE:
            yield Finding(path, count, f"has more than {LONGEST_FILE} lines; split it by what it does")


def names(tree):
    """No file is named after nothing in particular."""
    for path in tree.files:
        for word in re.split(r"[/_.\-]", path.lower()):
            if word in BAD_WORDS:
                yield Finding(path, 1, f"`{word}` in a file's name says nothing; name what it is")


def listed(tree):
    """Every source of the exporter and of the tests is named in the CMakeLists.txt of its folder or above."""
    for path in tree.below("exporter/", ".cpp") + tree.below("tests/", ".cpp"):
        folder = pathlib.PurePosixPath(path).parent
        candidates = [f"{f}/CMakeLists.txt" for f in (folder, *folder.parents) if f.parts]
        for candidate in candidates:
            relative = path.removeprefix(candidate.removesuffix("CMakeLists.txt"))
            pattern = rf"(^|[\s/(]){re.escape(relative)}($|[\s)])"
            if tree.exists(candidate) and re.search(pattern, tree.text(candidate), re.M):
                break
        else:
            yield Finding(path, 1, "is in no CMakeLists.txt, so nobody builds it")


def is_shell(tree, path):
    if path.endswith(".sh"):
        return True
    if "." in pathlib.PurePosixPath(path).name:
        return False
    return bool(re.match(r"#!.*\b(ba|da)?sh\b", tree.text(path)[:80]))


def shell(tree):
    """Shell scripts parse and, if shellcheck is installed, pass it."""
    shellcheck = shutil.which("shellcheck")
    for path in (f for f in tree.files if is_shell(tree, f)):
        commands = [["bash", "-n", path]]
        if shellcheck:
            commands.append(
                [shellcheck, "--external-sources", "--source-path=SCRIPTDIR:" + str(tree.root)]
                + ["--format=gcc", path]
            )
        for command in commands:
            done = subprocess.run(command, cwd=tree.root, text=True, capture_output=True)
            for line in (done.stdout + done.stderr).splitlines() if done.returncode else []:
                yield Finding(path, 1, line)


def places(tree):
    """No file names a place of one machine: the folder of this checkout, or somebody's home."""
    home = re.compile(r"(?<![\w.])/(home|Users|root)/\w")
    here = tree.root.as_posix()
    for path in tree.files:
        for number, line in tree.lines(path):
            if home.search(line) or here + "/" in line or line.endswith(here):
                yield Finding(path, number, "an absolute path of one machine")


def known_metrics(tree):
    """The names of all metrics, from the tables of the catalogue."""
    known = set()
    for table, prefix in (
        ("quantities", "upslink_"),
        ("families", "upslink_"),
        ("own_families", ""),
    ):
        path = f"exporter/catalogue/{table}.hpp"
        if tree.exists(path):
            for metric in re.findall(r'\.metric = "(\w+)"', tree.text(path)):
                known.add(prefix + metric)
    return known


def known_flags(tree):
    """Every --flag of the exporter, from the golden text of --help."""
    path = "tests/app/help.txt"
    return set(re.findall(r"--[a-z][\w.-]*", tree.text(path))) if tree.exists(path) else set()


def docs(tree):
    """Pages name only what there is: files they link to, scripts, presets, metrics, flags."""
    metrics = known_metrics(tree)
    flags = known_flags(tree)
    presets = set()
    if tree.exists("CMakePresets.json"):
        presets = set(re.findall(r'"name": "(\w+)"', tree.text("CMakePresets.json")))
    for path in (f for f in tree.files if f.endswith(".md")):
        folder = pathlib.PurePosixPath(path).parent
        for number, line in tree.lines(path):
            for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", line):
                if not re.match(r"[a-z]+:", target) and not tree.exists(folder / target):
                    yield Finding(path, number, f"links to {target}, which is not there")
            for script in re.findall(r"(?:^|[\s`])\./((?:tests|deploy)/[\w/.]+\.sh)", line):
                if not tree.exists(script):
                    yield Finding(path, number, f"./{script} is not there")
                elif not (tree.root / script).stat().st_mode & 0o100:
                    yield Finding(path, number, f"./{script} cannot be executed")
            for preset in re.findall(r"--preset[ =](\w+)", line):
                if preset not in presets:
                    yield Finding(path, number, f"there is no preset {preset}")
            for metric in re.findall(r"(?<![\w./-])(upslink_\w+)(?![\w./*-]*[/*])", line):
                if not is_metric(metric, metrics):
                    yield Finding(path, number, f"there is no metric {metric}")
            if re.search(r"\bupslink_exporter ", line):
                for flag in re.findall(r"(?<!\S)--[a-z][\w.-]*", line.split("upslink_exporter ", 1)[1]):
                    if flag.rstrip(".") not in flags:
                        yield Finding(path, number, f"upslink_exporter has no flag {flag}")


# Names that begin like a metric and are none: the program itself, and targets of the build.
NO_METRICS = {"upslink_exporter", "upslink_library", "upslink_test", "upslink_flags"}


def is_metric(name, metrics):
    """A metric, or the beginning of some (`upslink_battery_`)."""
    if name in metrics or name in NO_METRICS:
        return True
    return name.endswith("_") and any(metric.startswith(name) for metric in metrics)


CLAIMS = "docs/security.md"


def shown(tree):
    """docs/security.md names a test for each claim, and each test that it names is there."""
    if not tree.exists(CLAIMS):
        yield Finding(CLAIMS, 1, "is missing")
        return
    has_claims = False
    for number, line in tree.lines(CLAIMS):
        has_claims = line.startswith("|") and (has_claims or "shown by" in line)
        references = re.findall(r"`([\w/]+\.(?:cpp|py)): ([^`]+)`", line)
        if has_claims and not references and "shown by" not in line and set(line) - set("|-: "):
            yield Finding(CLAIMS, number, "no test shows it; name one as `room/file_test.cpp: Name`")
        for path, tests in references:
            for test in tests.split(", "):
                if not has_test(tree, f"tests/{path}", test):
                    yield Finding(CLAIMS, number, f"tests/{path} has no {test}")


def has_test(tree, path, name):
    """A TEST or function of that name in a C++ source, a test, class or function in a script."""
    if not tree.exists(path):
        return False
    pattern = rf"(^|[ ,]){re.escape(name)}[()]" if path.endswith(".cpp") else rf"\b(def|class) {re.escape(name)}\("
    return bool(re.search(pattern, tree.text(path), re.M))


RULES = {
    rule.__name__: rule
    for rule in (layers, architecture, headed, size, names, listed, shell, places, docs, shown)
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", default=pathlib.Path(__file__).resolve().parents[2])
    parser.add_argument("--list", action="store_true", help="say what the rules are")
    parser.add_argument("--names", action="store_true", help="print the names of the rules")
    parser.add_argument("rules", nargs="*", metavar="RULE", help="all of them if none is named")
    arguments = parser.parse_args()
    if arguments.list:
        for name, rule in RULES.items():
            print(f"{name:13} {rule.__doc__}")
        return 0
    if arguments.names:
        print(";".join(RULES))
        return 0
    unknown = [name for name in arguments.rules if name not in RULES]
    if unknown:
        parser.error(f"unknown rule {unknown[0]}; choose from {' '.join(RULES)}")
    tree = Tree(arguments.root)
    findings = [f for name in arguments.rules or RULES for f in RULES[name](tree)]
    for finding in findings:
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
