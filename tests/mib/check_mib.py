#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks UPSLINK-MIB with the tools that managers use.

    check_mib.py --exporter PROGRAM fresh|smilint|snmptranslate

    fresh          mibs/UPSLINK-MIB.txt is what `describe mib` prints
    smilint        finds nothing at its strictest, at the usual root and at others, and can find something
    snmptranslate  knows every object by its name and by its OID

The base modules are the stubs beside this script. Prints what is wrong; exit status 1 if anything is.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
STUBS = HERE / "stubs"
IN_REPOSITORY = HERE.parent.parent / "mibs" / "UPSLINK-MIB.txt"

DEFAULT_BASE = "1.3.6.1.4.1.8072.9999.9999.2400"
OTHER_BASES = ("1.3.6.1.4.1.99999.1", "1.3.6.1.4.1.99999", "1.3.6.1.4.1.8072.9999.9999.7",
               "1.3.6.1.4.1.2147483647.2.3.4.5.6.7.8.9.10")
ROOTS = {"enterprises": "1.3.6.1.4.1", "netSnmpPlaypen": "1.3.6.1.4.1.8072.9999.9999"}

MOST_LINES = 10  # to show of what a tool says

# What a slip in the tables would do to the module, by a text and what replaces it.
BREAKAGES = {
    "a type that is not there": ("UpslinkHundredths ::=", "UpslinkHundreths ::="),
    "a number given twice": ("::= { upslinkBatteryEntry 2 }", "::= { upslinkBatteryEntry 1 }"),
    "a column in no group": ("upslinkUpsName, upslinkName,", "upslinkUpsName,"),
    "a notification of an unknown object": ("OBJECTS     { upslinkUpsName }",
                                            "OBJECTS     { upslinkUpsNam }"),
    "a label that is no identifier": ("onLine(3)", "on_line(3)"),
    "a text with a quotation mark": ("Input voltage (", 'Input "voltage" ('),
    "no import of a type": ("TruthValue, DateAndTime,", "DateAndTime,"),
}


class Wrong(Exception):
    """What a check has found."""


def run(*command, **environment):
    """The exit status and all that a command prints."""
    if shutil.which(command[0]) is None:
        raise Wrong(f"{command[0]} is not installed; tests/packages.sh says from which package it is")
    done = subprocess.run([str(part) for part in command], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, env=os.environ | environment, timeout=100)
    return done.returncode, done.stdout


def describe(exporter, base=None):
    """The module as the exporter prints it."""
    command = [str(exporter), "describe", "mib"] + (["--base-oid", base] if base else [])
    environment = {name: value for name, value in os.environ.items() if not name.startswith("UPSLINK_")}
    done = subprocess.run(command, text=True, capture_output=True, timeout=100, env=environment)
    if done.returncode != 0 or done.stderr:
        raise Wrong(f"{' '.join(command)}: exit status {done.returncode}\n{done.stderr}")
    return done.stdout


def fresh(exporter, folder):
    page = describe(exporter).splitlines()
    file = IN_REPOSITORY.read_text(encoding="ascii").splitlines() if IN_REPOSITORY.exists() else []
    if page == file:
        return
    at = next((i for i, (a, b) in enumerate(zip(page, file)) if a != b), min(len(page), len(file)))
    raise Wrong(f"mibs/UPSLINK-MIB.txt is stale from its line {at + 1}: "
                "upslink_exporter describe mib > mibs/UPSLINK-MIB.txt")


def remarks_of_smilint(text, folder):
    """All that it says; it exits with 0 whatever it finds."""
    file = folder / "UPSLINK-MIB.txt"
    file.write_text(text, encoding="ascii")
    status, remarks = run("smilint", "-c", os.devnull, "-l", "6", "-m", file, SMIPATH=str(STUBS))
    if status != 0:
        raise Wrong(f"smilint: exit status {status}\n{remarks}")
    return remarks


def smilint(exporter, folder):
    for base in (None, *OTHER_BASES):
        remarks = remarks_of_smilint(describe(exporter, base), folder)
        if remarks:
            raise Wrong(f"smilint at {base or 'the usual root'}:\n{remarks}")
    page = describe(exporter)
    for name, (text, other) in BREAKAGES.items():
        if text not in page:
            raise Wrong(f"{name}: the module has no `{text}` to be broken")
        if not remarks_of_smilint(page.replace(text, other), folder):
            raise Wrong(f"smilint does not see {name}")


def oids_of(page):
    """The OID of each name that the module defines, by its own text."""
    code = re.sub(r'"[^"]*"', '""', page)
    code = re.sub(r"--.*", "", code)
    oids = dict(ROOTS)
    pattern = r"^(\w+) +(?:OBJECT IDENTIFIER|[A-Z-]+)[^:]*::= \{ (\w+) ([^}]*) \}"
    for name, parent, rest in re.findall(pattern, code, re.M):
        arcs = [re.sub(r"\w+\((\d+)\)", r"\1", arc) for arc in rest.split()]
        oids[name] = ".".join([oids[parent], *arcs])
    return {name: oid for name, oid in oids.items() if name not in ROOTS}


def translate(folder, *arguments):
    """What snmptranslate makes of each argument, without any settings or modules of this machine."""
    private = folder / "snmp"
    private.mkdir(exist_ok=True)
    status, out = run("snmptranslate", "-M", f"{STUBS}:{folder}", "-m", "UPSLINK-MIB", *arguments,
                      SNMPCONFPATH=str(private), SNMP_PERSISTENT_DIR=str(private))
    lines = [line for line in out.splitlines() if line and not line.startswith("Created directory")]
    if status != 0:
        raise Wrong(f"snmptranslate: exit status {status}\n" + "\n".join(lines[:MOST_LINES]))
    return lines


def compare(what, asked, wanted, got):
    if len(got) != len(asked):
        raise Wrong(f"snmptranslate says {len(got)} lines of {len(asked)} {what}:\n"
                    + "\n".join(got[:MOST_LINES]))
    for question, right, answer in zip(asked, wanted, got):
        if right != answer:
            raise Wrong(f"snmptranslate takes {question} for {answer}, not for {right}")


def snmptranslate(exporter, folder):
    for base in (DEFAULT_BASE, *OTHER_BASES):
        page = describe(exporter, None if base == DEFAULT_BASE else base)
        (folder / "UPSLINK-MIB.txt").write_text(page, encoding="ascii")
        oids = oids_of(page)
        missing = set(re.findall(r"^(upslink\w+) +[A-Z]", page, re.M)) - set(oids)
        if oids.get("upslinkMIB") != base or missing:
            raise Wrong(f"{oids.get('upslinkMIB')} is the root, not {base}; without OID: {missing}")
        names = [f"UPSLINK-MIB::{name}" for name in oids]
        numbers = [f".{oid}" for oid in oids.values()]
        compare("names", names, numbers, translate(folder, "-On", *names))
        compare("OIDs", numbers, names, translate(folder, "-OS", *numbers))


CHECKS = {check.__name__: check for check in (fresh, smilint, snmptranslate)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--exporter", required=True, type=pathlib.Path)
    parser.add_argument("check", choices=CHECKS)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        try:
            CHECKS[arguments.check](arguments.exporter, pathlib.Path(folder))
        except Wrong as wrong:
            print(wrong)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
