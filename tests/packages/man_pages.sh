#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The manual pages: groff and mandoc find nothing to warn of, and that of the simulator has the options that the program
# has. (The exporter's are made from the table of settings; app_test compares them.)
#
#   man_pages.sh PATH-OF-UPS-SIMULATOR
set -euo pipefail
simulator=$(realpath "${1:?give the path of ups-simulator}")
cd "$(dirname "${BASH_SOURCE[0]}")/../../docs/man"
failed=0

complain() {
  echo "$*" >&2
  failed=1
}

# Pages have no date: it would change with every build.
for page in *.[15]; do
  said=$(LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings --encoding=UTF-8 --local-file "$page" 2>&1 >/dev/null)
  [[ -z $said ]] || complain "man: $said"
  said=$(mandoc -T lint -W warning "$page" | grep -v 'missing date' || true)
  [[ -z $said ]] || complain "$said"
done

options_of_program() {
  "$simulator" --help | grep -oE -- '^ +(-[a-z],)?--[a-z-]+' | grep -oE -- '--[a-z-]+' | sort
}

options_of_page() {
  sed -n '/^\.SH OPTIONS/,/^\.SH EXIT/{/^\.TP/{n;p}}' ups-simulator.1 | sed 's/\\-/-/g' | grep -oE -- '--[a-z-]+' | sort
}

diff <(options_of_program) <(options_of_page) ||
  complain "docs/man/ups-simulator.1 (>) has other options than ups-simulator --help (<)"
exit "$failed"
