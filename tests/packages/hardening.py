# SPDX-License-Identifier: Apache-2.0
"""Whether programs were built so that a mistake in memory ends them: cmake/hardening.cmake.

    python3 hardening.py [--compiler c++] [PROGRAM...]

With a compiler it first builds a program with none of it, of which every weakness has to be found;
then it looks at the programs that are given. packages_test.py does that with those in the packages.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

SOFT = ["-O2", "-w", "-no-pie", "-fno-pie", "-U_FORTIFY_SOURCE", "-fno-stack-protector",
        "-Wl,-z,norelro", "-Wl,-z,lazy", "-Wl,-z,execstack", "-Wl,--disable-new-dtags", "-Wl,-rpath,/tmp"]
SOURCE = """
#include <cstdio>
int main(int count, char** words) {
  char text[20];
  std::snprintf(text, sizeof text, "%s", words[count - 1]);
  return std::puts(text) < 0;
}
"""


def readelf(path, *options):
    return subprocess.run(["readelf", "-W", *options, path], capture_output=True, text=True, check=True).stdout


def weaknesses(path):
    """Sentences; none for a program that has everything."""
    kind, segments, dynamic = readelf(path, "-h"), readelf(path, "-l"), readelf(path, "-d")
    imported = set(re.findall(r" UND (\w+)", readelf(path, "--dyn-syms")))
    stack = re.search(r"GNU_STACK .* ([RWE ]{3}) ", segments)
    checks = {
        "is at a fixed address (no PIE)": re.search(r"Type:\s+DYN", kind) and re.search(r"FLAGS_1\).*\bPIE\b", dynamic),
        "has no RELRO": "GNU_RELRO" in segments,
        "binds its symbols late, so RELRO is partial": re.search(r"FLAGS(_1)?\).*\b(BIND_NOW|NOW)\b", dynamic),
        "has a stack that may be executed": stack and "E" not in stack[1],
        "has no stack protector": imported & {"__stack_chk_fail", "__stack_chk_guard"},
        "has no checked functions (_FORTIFY_SOURCE)": [n for n in imported if re.fullmatch(r"__(?!stack)\w+_chk", n)],
        "has a path of libraries of its own": not re.search(r"\((RPATH|RUNPATH)\)", dynamic),
    }
    return [sentence for sentence, holds in checks.items() if not holds]


def all_are_found(compiler):
    """Every weakness, in a program that has them all."""
    with tempfile.TemporaryDirectory(prefix="hardening") as folder:
        source = pathlib.Path(folder) / "soft.cpp"
        program = source.with_suffix("")
        source.write_text(SOURCE)
        subprocess.run([compiler, *SOFT, source, "-o", program], check=True)
        found = weaknesses(program)
    print(f"built without hardening, a program {', '.join(found)}")
    return len(found) == 7


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--compiler", help="for a program without any")
    parser.add_argument("programs", nargs="*")
    options = parser.parse_args()
    good = not options.compiler or all_are_found(options.compiler)
    if not good:
        print("not all of its weaknesses were found")
    for program in options.programs:
        found = weaknesses(program)
        print(f"{program} {', '.join(found) or 'is hardened'}")
        good = good and not found
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
