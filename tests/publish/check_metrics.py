#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Gives a file in the text format to `promtool check metrics`, which has to accept it in silence.

Usage: check_metrics.py FILE
"""

import shutil
import subprocess
import sys


def main():
    promtool = shutil.which("promtool")
    if promtool is None:
        sys.exit("promtool is missing: apt-get install prometheus")
    with open(sys.argv[1], "rb") as metrics:
        check = subprocess.run([promtool, "check", "metrics"], stdin=metrics, timeout=60,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    said = check.stdout.decode()
    if check.returncode != 0 or said:
        sys.exit(f"promtool check metrics ended with {check.returncode} and said:\n{said}")


if __name__ == "__main__":
    main()
