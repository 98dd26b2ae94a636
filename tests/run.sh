#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds and tests everything on Debian 12: installs what is missing, then runs the stages in this order.
#
#   format   clang-format over the exporter and the tests
#   dev      the everyday build and its tests
#   asan     the same with the address, leak and undefined behaviour sanitizers
#   tsan     the same with the thread sanitizer
#   demo     deploy/demo.sh --prometheus --check on the release build
#   fuzz     every fuzzer for a minute
#   soak     100 UPSes for ten minutes, with everything that can happen; runs beside the next stages
#   tidy     clang-tidy over the exporter, cppcheck over it and the simulator
#   system   Debian packages, images, other architectures, whole systems that are booted
#
#   tests/run.sh               all stages
#   tests/run.sh dev format    those alone
#
# Every stage runs even if one before it failed. What failed is told again at the end, each test with
# the end of its output. The last line is `N passed, M failed`: the tests of ctest, and one for each
# of format, demo, fuzz and soak, two of tidy. Exit status 0 if none failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source tests/packages.sh

readonly all_stages=(format dev asan tsan demo soak tidy fuzz system)
jobs=$(nproc)
readonly jobs

passed=0
failed=0
skipped=0
summary=()
failures=$(mktemp)
trap 'rm -f "$failures"' EXIT

heading() {
  printf '\n=== %s\n' "$*"
}

# --- what the stages do; each adds to passed, failed and skipped

count_one() {
  if "$@"; then
    passed=$((passed + 1))
  else
    note_failure "$*"
  fi
}

# Counts one failure, to be told again at the end.
note_failure() {
  failed=$((failed + 1))
  echo "--- $1" >>"$failures"
}

format() {
  local sources
  mapfile -t sources < <(find exporter tests -name '*.hpp' -o -name '*.cpp' | sort)
  count_one clang-format --dry-run -Werror "${sources[@]}"
}

tidy() {
  count_one build_preset tidy -- -k 0 # all findings, not only the first
  count_one tests/cppcheck.sh
}

fuzz() {
  count_one tests/fuzz/run.sh --seed 1 # what is new is for longer runs to find
}

demo() {
  count_one deploy/demo.sh --prometheus --check
}

# Begins in the background, for it leaves most of the cores idle; end_soak counts it.
soak() {
  if ! build_preset release --target upslink_exporter ups-simulator; then
    note_failure "the build for the stage soak"
    return
  fi
  soak_log=$(mktemp)
  UPSLINK_TEST_SLACK=5 tests/soak/soak.py --exporter build/release/exporter/app/upslink_exporter \
    --simulator build/release/tests/simulator/ups-simulator >"$soak_log" 2>&1 &
  soak_child=$!
}

end_soak() {
  heading "soak, which ran beside the others"
  if wait "$soak_child"; then
    passed=$((passed + 1))
  else
    note_failure "soak"
    tail -n 60 "$soak_log" >>"$failures"
  fi
  cat "$soak_log"
  rm -f "$soak_log"
}

dev() {
  build_and_test dev
}

asan() {
  build_and_test asan
}

tsan() {
  build_and_test tsan
}

system() {
  if build_preset dev; then
    run_ctest dev "$jobs" --label-regex '^system$'
  else
    note_failure "the build for the stage system"
  fi
}

build_preset() {
  local preset=$1
  shift
  cmake --preset "$preset" && cmake --build --preset "$preset" --parallel "$jobs" "$@"
}

# A build that fails counts as one failure. Tests whose times matter go last, one by one.
build_and_test() {
  local preset=$1
  if ! build_preset "$preset"; then
    note_failure "the build $preset"
    return
  fi
  fetch_clients
  run_ctest "$preset" "$jobs" --label-exclude '^(slow|system)$'
  run_ctest "$preset" 1 --label-regex '^slow$'
}

run_ctest() {
  local preset=$1 parallel=$2 results
  shift 2
  results=$(mktemp)
  ctest --preset "$preset" --parallel "$parallel" --no-tests=error --output-junit "$results" "$@" || true
  add_results "$results"
  tests/failures.py "$preset" "$results" >>"$failures"
  rm -f "$results"
}

# Reads the counts from the first line of a JUnit file of ctest. None at all is a failure.
add_results() {
  local suite tests bad left_out
  suite=$(tr '\n\t' '  ' <"$1" | grep -o '<testsuite [^>]*>' || true)
  tests=$(attribute tests "$suite")
  bad=$(attribute failures "$suite")
  left_out=$(($(attribute skipped "$suite") + $(attribute disabled "$suite")))
  if ((tests == 0)); then
    note_failure "no test ran"
    return
  fi
  passed=$((passed + tests - bad - left_out))
  failed=$((failed + bad))
  skipped=$((skipped + left_out))
}

attribute() {
  local number
  number=$(sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$2")
  echo "${number:-0}"
}

# NUT and apcupsd, for the test that compares them with the simulator: unpacked, not installed.
fetch_clients() {
  if [[ ${UPSLINK_CLIENTS:-} == skip || -n ${UPSLINK_CLIENTS_ROOT:-} ]] || ! command -v apt-get >/dev/null; then
    return
  fi
  if [[ ! -x build/clients/sbin/apcupsd ]]; then
    tests/simulator/unpack_clients.sh ||
      echo "run.sh: NUT and apcupsd cannot be fetched, so their tests will fail" >&2
  fi
}

# --- the stages

run_stage() {
  local stage=$1 start=$SECONDS
  local -i passed_before=$passed failed_before=$failed skipped_before=$skipped
  heading "$stage"
  "$stage"
  summary+=("$(printf '%-8s %5d passed %3d failed %3d skipped %6d s' "$stage" \
    $((passed - passed_before)) $((failed - failed_before)) $((skipped - skipped_before)) \
    $((SECONDS - start)))")
}

stages=("$@")
if ((${#stages[@]} == 0)); then
  stages=("${all_stages[@]}")
fi
for stage in "${stages[@]}"; do
  if [[ " ${all_stages[*]} " != *" $stage "* ]]; then
    echo "run.sh: there is no stage $stage; choose from ${all_stages[*]}" >&2
    exit 2
  fi
done

heading packages
install_packages "${build_packages[@]}" "${demo_packages[@]}" "${test_packages[@]}" \
  "${bench_packages[@]}" "${fuzz_packages[@]}" "${system_packages[@]}"
if [[ -z ${UPSLINK_COMPILER_LAUNCHER+set} ]] && command -v ccache >/dev/null; then
  export UPSLINK_COMPILER_LAUNCHER=ccache
  export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1 # a build in another folder finds what this one has compiled
fi

for stage in "${stages[@]}"; do
  run_stage "$stage"
done

if [[ -n ${soak_child:-} ]]; then
  end_soak
fi
if [[ -s $failures ]]; then
  heading failures
  cat "$failures"
fi
heading summary
printf '%s\n' "${summary[@]}"
if ((skipped > 0)); then
  echo "$skipped skipped"
fi
echo "$passed passed, $failed failed"
((failed == 0))
