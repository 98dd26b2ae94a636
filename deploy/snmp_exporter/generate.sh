#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes snmp.yml from generator.yml and mibs/UPSLINK-MIB.txt, with the generator of Debian's package
# prometheus-snmp-exporter.
#
#   deploy/snmp_exporter/generate.sh [FILE]     default: snmp.yml beside this script
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:-$here/snmp.yml}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp "$here/generator.yml" "$folder/"
(
  cd "$folder"
  MIBDIRS=$here/../../tests/mib/stubs:$here/../../mibs MIBS=ALL \
    prometheus-snmp-generator generate 2>generator.log || {
    cat generator.log >&2
    exit 1
  }
)
cp "$folder/snmp.yml" "$out"
