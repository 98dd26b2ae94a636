#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tells which tests of a JUnit file of ctest failed, each with the end of its output.

    tests/failures.py NAME FILE

NAME is said beside each test: the build that it belongs to.
"""

import sys
from xml.etree import ElementTree

LINES = 60


def failed_tests(path):
    """The (name, output) of the tests of `path` that failed, in its order; none if it is empty."""
    try:
        cases = ElementTree.parse(path).iter("testcase")
    except ElementTree.ParseError:
        return
    for case in cases:
        if case.get("status") == "fail":
            yield case.get("name"), case.findtext("system-out", "")


def main():
    build, path = sys.argv[1:]
    for name, output in failed_tests(path):
        print(f"--- {build}: {name}")
        print("\n".join(output.rstrip().splitlines()[-LINES:]))


if __name__ == "__main__":
    main()
