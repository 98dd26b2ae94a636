#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# How much of the exporter the unit tests and the end-to-end tests pass: lines and branches, by room. A report, not a
# gate; docs/testing.md has its last output.
#
#   tests/coverage.sh [argument of ctest...]      such as -R '^Session' for some tests alone
#
# Prints a table and writes build/coverage/index.html with a page for each source. If tests fail it says so, and what
# they passed counts.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build=$PWD/build/coverage
readonly build
readonly rooms='app|catalogue|describe|model|poll|publish|source|web' # labels of unit tests
jobs=$(nproc)
readonly jobs

cmake --preset coverage >/dev/null
cmake --build --preset coverage --parallel "$jobs"

# What an earlier run counted: programs add to what is there when they end, also by SIGTERM.
find "$build" -name '*.gcda' -delete

# Nothing here is about time: programs that count, and were not optimized, are slow.
export UPSLINK_TEST_SLACK=10
if ! ctest --preset coverage --parallel "$jobs" --no-tests=error --label-regex "^($rooms|e2e)\$" \
  --output-log "$build/tests.log" --quiet "$@"; then
  echo "coverage: not all tests passed; $build/tests.log says which failed" >&2
fi
grep 'tests passed' "$build/tests.log"

# Branches that only an exception takes are left out: the compiler makes one for nearly every call.
gcovr --root . --filter exporter/ --exclude-throw-branches --exclude-unreachable-branches -j "$jobs" \
  --html-details "$build/index.html" --json-summary "$build/coverage.json" "$build" >/dev/null
python3 tests/coverage_table.py "$build/coverage.json"
