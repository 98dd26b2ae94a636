#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Writes the configurations of N Prometheus servers that share the exporters, from shard.yml, beside it:
#
#   deploy/prometheus/fleet/shards.sh 4      shard-0.yml to shard-3.yml
#
# Prometheus expands environment variables in external labels and nowhere else, so the number has to be written.
set -euo pipefail

count=${1:-}
if [[ ! $count =~ ^[1-9][0-9]*$ ]]; then
  echo "shards.sh: say how many Prometheus servers there are, such as shards.sh 4" >&2
  exit 2
fi
cd "$(dirname "${BASH_SOURCE[0]}")"
for ((number = 0; number < count; number++)); do
  sed -e '/^# One of several/,/^# exporters whose/d' -e "s/^# Two servers/# Number $number of $count. &/" \
    -e "s/cluster: shard-0/cluster: shard-$number/" -e "s/modulus: 2$/modulus: $count/" \
    -e "s/regex: \"0\"$/regex: \"$number\"/" shard.yml >"shard-$number.yml.new"
  mv "shard-$number.yml.new" "shard-$number.yml"
done
