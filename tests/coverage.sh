#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# How much of the exporter the unit tests and the end-to-end tests pass: lines and branches, by room. A report, not a
# gate. docs/testing.md has its last output and says what counts.
#
#   tests/coverage.sh [argument of ctest...]      such as -R '^Session' for some tests alone
#
# Writes build/coverage/index.html with a page for each source, and prints a table. Exit status 0 also if tests fail: what
# they passed counts, and that some failed is said.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly build=build/coverage
jobs=$(nproc)
readonly jobs

cmake --preset coverage >/dev/null
cmake --build --preset coverage --parallel "$jobs"

# What an earlier run counted. The programs write when they end, by SIGTERM as well, and add to what is there.
find "$build" -name '*.gcda' -delete

# Programs that were compiled without optimization, and count, are slow; nothing here is about time.
UPSLINK_TEST_SLACK=10 ctest --preset coverage --parallel "$jobs" --no-tests=error \
  --label-exclude '^(slow|system|lint)$' --output-log "$build/tests.log" --quiet "$@" || failed=1
grep -h 'tests passed' "$build/tests.log"
if [[ -n ${failed:-} ]]; then
  echo "coverage: some tests failed, $build/tests.log says which" >&2
fi

# Branches that only an exception takes are left out: nearly every call has one, and the program throws nearly nothing.
gcovr --root . --object-directory "$build" --filter exporter/ --gcov-ignore-parse-errors=negative_hits.warn_once_per_file \
  --exclude-throw-branches --exclude-unreachable-branches --print-summary -j "$jobs" \
  --html-details "$build/index.html" --json-summary "$build/coverage.json" "$build" >/dev/null
python3 tests/coverage_table.py "$build/coverage.json"
