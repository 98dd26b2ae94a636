#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the fuzzers with clang and lets each of them look for inputs that break the exporter.
#
#   tests/fuzz/run.sh                            every fuzzer for a minute, as many at once as there are cores
#   tests/fuzz/run.sh --seconds 3600 session     one of them for an hour
#   tests/fuzz/run.sh --seed 1                   the same tries each time, as many as there is time for
#   tests/fuzz/run.sh --list                     what they are called
#
# Each begins with the seeds, with tests/fuzz/corpus/NAME, and with what it found interesting before
# (build/fuzz/found/NAME). An input that breaks something is kept in build/fuzz/findings, and the command that
# repeats it is printed. The last line is `N passed, M failed`; exit status 0 if none failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tests/packages.sh

readonly build=build/fuzz
readonly longest_input=4096
readonly longest_try_seconds=25
readonly most_memory_mb=2048

mapfile -t all < <(sed -n 's/^upslink_fuzz_target(\([a-z_]*\) .*/\1/p' tests/fuzz/CMakeLists.txt)
seconds=60
seed=0 # another one each time
names=()
while (($# > 0)); do
  case $1 in
    --seconds)
      seconds=${2:-}
      [[ $seconds =~ ^[1-9][0-9]*$ ]] || {
        echo "run.sh: --seconds needs a number" >&2
        exit 2
      }
      shift
      ;;
    --seed)
      seed=${2:-}
      [[ $seed =~ ^[0-9]+$ ]] || {
        echo "run.sh: --seed needs a number" >&2
        exit 2
      }
      shift
      ;;
    --list)
      printf '%s\n' "${all[@]}"
      exit 0
      ;;
    *)
      if [[ " ${all[*]} " != *" $1 "* ]]; then
        echo "run.sh: there is no fuzzer $1; choose from ${all[*]}" >&2
        exit 2
      fi
      names+=("$1")
      ;;
  esac
  shift
done
if ((${#names[@]} == 0)); then
  names=("${all[@]}")
fi

install_packages "${build_packages[@]}" "${fuzz_packages[@]}"
if [[ -z ${UPSLINK_COMPILER_LAUNCHER+set} ]] && command -v ccache >/dev/null; then
  export UPSLINK_COMPILER_LAUNCHER=ccache
  export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
fi
cmake --preset fuzz
cmake --build --preset fuzz --parallel "$(nproc)" --target "${names[@]/#/fuzz_}"

# One fuzzer; its exit status is that of libFuzzer.
fuzz() {
  local name=$1 folder=$build/tests/fuzz
  local places=("$build/found/$name" "$folder/seeds/$name")
  mkdir -p "$build/found/$name" "$build/findings"
  if [[ -d tests/fuzz/corpus/$name ]]; then
    places+=("tests/fuzz/corpus/$name")
  fi
  "$folder/fuzz_$name" -max_total_time="$seconds" -seed="$seed" -timeout=$longest_try_seconds -max_len=$longest_input \
    -rss_limit_mb=$most_memory_mb -artifact_prefix="$build/findings/$name-" -print_final_stats=1 \
    "${places[@]}" >"$build/findings/$name.log" 2>&1
}

# Says what became of one fuzzer.
report() {
  local name=$1 status=$2 log=$build/findings/$1.log input
  if ((status == 0)); then
    printf '%-12s %10s tries, %s\n' "$name" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" \
      "nothing found"
    return
  fi
  printf '%-12s failed; the end of %s:\n' "$name" "$log"
  grep -v '^stat::\|Uses:' "$log" | tail -n 45
  input=$(sed -n 's/.*Test unit written to \(.*\)/\1/p' "$log" | tail -n 1)
  if [[ -n $input ]]; then
    printf '\nTo repeat it:\n\n    %s/tests/fuzz/fuzz_%s %s\n\n' "$build" "$name" "$input"
  fi
}

running=()
passed=0
failed=0
# Waits for the one that was started first.
finish_one() {
  local name=${running[0]%:*} pid=${running[0]#*:} status=0
  running=("${running[@]:1}")
  wait "$pid" || status=$?
  report "$name" "$status"
  if ((status == 0)); then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
  fi
}

for name in "${names[@]}"; do
  if ((${#running[@]} >= $(nproc))); then
    finish_one
  fi
  fuzz "$name" &
  running+=("$name:$!")
done
while ((${#running[@]} > 0)); do
  finish_one
done
echo "$passed passed, $failed failed"
((failed == 0))
