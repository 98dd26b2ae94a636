#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What cppcheck finds in the exporter and the simulator: faults, and what is slow or not portable. Exit status 1 if
# anything. What it gets wrong is in .cppcheck-suppressions, with reasons.
#
# It needs the list of commands that the everyday build compiles with, and the sources that are made for it. What has not
# changed since the last time is not read again (build/cppcheck).
#
# Debian's 2.10 gives a file up at a literal such as 5s whose value it wants to compare ("Internal Error ...
# toLongNumber"); there write std::chrono::seconds(5).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cmake --preset dev >/dev/null
cmake --build --preset dev --target exporter/publish/status/embedded.cpp >/dev/null
mkdir -p build/cppcheck
cppcheck --project=build/dev/compile_commands.json --file-filter='exporter/*' --file-filter='tests/simulator/*' \
  -j "$(nproc)" --cppcheck-build-dir=build/cppcheck --enable=warning,performance,portability,information \
  --library=googletest --suppressions-list=.cppcheck-suppressions \
  --error-exitcode=1 --quiet --template=gcc
