#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Shows the exporter at work without a UPS: installs what is missing (Debian 12, as root or with sudo),
# builds, starts a simulated Smart-UPS 700, the exporter that reads it, and an snmpd of its own beside
# it, and tells what to try. Ctrl-C stops all and leaves nothing behind but the folder build/release.
#
#   deploy/demo.sh                      until Ctrl-C
#   deploy/demo.sh --listen ADDRESS     serve there, such as :12400 (default: a free local port)
#   deploy/demo.sh --prometheus         with a Prometheus that scrapes it and has the alerts of deploy/prometheus
#   deploy/demo.sh --check              asks and answers its own questions, then ends: 0 if all is well
# shellcheck disable=SC2317  # await and trap call the functions that look unreachable
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source tests/packages.sh

readonly build=build/release
readonly patience=30 # seconds until something must have come

listen=127.0.0.1:0
check=
folder=
simulator=
exporter=
snmpd=
with_prometheus=
prometheus=

usage() {
  sed -n '3,10s/^# \{0,1\}//p' deploy/demo.sh
}

fail() {
  echo "demo: $*" >&2
  if [[ -n $folder ]]; then
    tail -n 20 "$folder"/*.log >&2 || true
  fi
  exit 1
}

stop() {
  local pid
  for pid in $prometheus $exporter $snmpd $simulator; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  if [[ -n $folder ]]; then
    rm -rf "$folder"
  fi
}

# Repeats a command until it succeeds; fails with a sentence when that takes too long.
await() {
  local what=$1 until=$((SECONDS + patience))
  shift
  until "$@"; do
    ((SECONDS < until)) || fail "$what did not come in $patience seconds"
    kill -0 "$simulator" 2>/dev/null || fail "the simulator ended"
    [[ -z $exporter ]] || kill -0 "$exporter" 2>/dev/null || fail "the exporter ended"
    sleep 0.1
  done
}

simulator_ready() {
  grep -q '^ready' "$folder/simulator.log"
}

# The address that the exporter says it listens on; empty until it does.
listening_on() {
  sed -n 's/.* msg="\{0,1\}listening"\{0,1\} .*address="\{0,1\}\([^ "]*\).*/\1/p' "$folder/exporter.log" |
    head -n 1
}

is_listening() {
  [[ -n $(listening_on) ]]
}

# Whether a scrape has a line that matches.
published() {
  curl -fsS --max-time 5 "$url" 2>/dev/null >"$folder/scrape" && grep -Eq "$1" "$folder/scrape"
}

# A port of the loopback that nobody uses, for snmpd, which cannot let the kernel choose.
free_port() {
  python3 -c 'import socket; s = socket.socket(type=socket.SOCK_DGRAM); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# An snmpd that knows nothing of the system's: its files, its port and its AgentX socket are its own.
start_snmpd() {
  snmp_at=127.0.0.1:$(free_port)
  mkdir "$folder/snmp"
  cat >"$folder/snmp/snmpd.conf" <<END
agentaddress udp:$snmp_at
master agentx
agentXSocket unix:$folder/agentx
rocommunity public 127.0.0.1
END
  SNMP_PERSISTENT_DIR=$folder/snmp SNMPCONFPATH=$folder/snmp MIBS='' \
    snmpd -f -Lf "$folder/snmpd.log" -C -c "$folder/snmp/snmpd.conf" -I -smux &
  snmpd=$!
}

# The snmpwalk that is shown, and that --check runs.
walk="snmpwalk -v 2c -c public -M $PWD/tests/mib/stubs:$PWD/mibs -m UPSLINK-MIB"

# Whether the walk of a table has a line that matches.
walked() {
  SNMP_PERSISTENT_DIR=$folder/snmp $walk "$snmp_at" "UPSLINK-MIB::$1" >"$folder/walk" 2>/dev/null &&
    grep -Eq "$2" "$folder/walk"
}

tell_simulator() {
  local reply
  reply=$(echo "$*" | socat -t 5 - "UNIX-CONNECT:$folder/control") || fail "the control socket does not answer"
  [[ $reply == ok ]] || fail "the simulator said to \"$*\": $reply"
}

# A Prometheus that scrapes the exporter at $1, with the rules that the project ships, on a port of the
# loopback that the kernel chooses.
start_prometheus() {
  local rules
  rules=$(printf ', "%s"' "${rule_files[@]}")
  cat >"$folder/prometheus.yml" <<END
global: {scrape_interval: 5s, evaluation_interval: 5s}
rule_files: [${rules#, }]
scrape_configs:
  - job_name: upslink
    static_configs: [{targets: ["$1"]}]
END
  promtool check config "$folder/prometheus.yml" >"$folder/promtool.log" 2>&1 ||
    fail "promtool does not accept the rules of deploy/prometheus"
  prometheus --config.file="$folder/prometheus.yml" --storage.tsdb.path="$folder/prometheus" \
    --web.listen-address=127.0.0.1:0 >"$folder/prometheus.log" 2>&1 &
  prometheus=$!
}

# The address that Prometheus says it listens on; empty until it does.
prometheus_at() {
  sed -n 's/.* msg="Listening on" address=\([^ ]*\).*/\1/p' "$folder/prometheus.log" | head -n 1
}

prometheus_listens() {
  [[ -n $(prometheus_at) ]]
}

# Where its pages are: Debian's Prometheus has the classic ones alone.
prometheus_pages() {
  curl -fsS --max-time 5 -o /dev/null -w '%{redirect_url}' "http://$(prometheus_at)/" | sed 's|/graph$||'
}

# Whether a page of Prometheus' API has a text that matches.
prometheus_answers() {
  curl -fsS --max-time 5 "http://$(prometheus_at)$1" 2>/dev/null >"$folder/answer" && grep -Eq "$2" "$folder/answer"
}

while (($# > 0)); do
  case $1 in
    --check) check=yes ;;
    --prometheus) with_prometheus=yes ;;
    --listen)
      (($# > 1)) || fail "--listen needs an address, such as :12400"
      listen=$2
      shift
      ;;
    -h | --help)
      usage
      exit 0
      ;;
    *)
      echo "demo: unknown option $1" >&2
      usage >&2
      exit 2
      ;;
  esac
  shift
done

rule_files=()
if [[ -n $with_prometheus ]]; then
  # Other files of that folder are no rules.
  mapfile -t rule_files < <(grep -ls '^groups:' "$PWD"/deploy/prometheus/*.yml)
  ((${#rule_files[@]} > 0)) ||
    fail "there are no rules in deploy/prometheus; run this in a complete checkout, or without --prometheus"
  demo_packages+=("${prometheus_packages[@]}")
fi

install_packages "${build_packages[@]}" "${demo_packages[@]}"
cmake --preset release
cmake --build --preset release --parallel "$(nproc)" --target upslink_exporter ups-simulator

trap stop EXIT
trap 'exit 0' INT
trap 'exit 143' TERM
folder=$(mktemp -d)

"$build/tests/simulator/ups-simulator" --profile su700 --link "$folder/ups" \
  --control "$folder/control" >"$folder/simulator.log" 2>&1 &
simulator=$!
await "the simulator" simulator_ready

start_snmpd
"$build/exporter/app/upslink_exporter" --ups "demo=$folder/ups" --web.listen-address "$listen" \
  --snmp.agentx-address "unix:$folder/agentx" 2>"$folder/exporter.log" &
exporter=$!
await "the web server" is_listening
address=$(listening_on)
url="http://${address/#\[::\]/localhost}/metrics"
url=${url/0.0.0.0/localhost}
await "upslink_up 1" published '^upslink_up\{ups="demo"\} 1$'
await "the flag on_line" published '^upslink_status\{.*flag="on_line".*\} 1$'
await "the same over SNMP" walked upslinkRegisterTable 'upslinkStatus\.1 = BITS: .*onLine'

if [[ -n $with_prometheus ]]; then
  start_prometheus "$(sed -E 's|^http://([^/]*)/.*|\1|' <<<"$url")"
  await "Prometheus" prometheus_listens
  await "the rules" prometheus_answers /api/v1/rules '"type":"alerting"'
  await "up 1" prometheus_answers '/api/v1/query?query=up' '"value":\[[0-9.]+,"1"\]'
  pages=$(prometheus_pages)
fi

if [[ -n $check ]]; then
  tell_simulator line fail
  await "the flag on_battery" published '^upslink_status\{.*flag="on_battery".*\} 1$'
  await "the same over SNMP" walked upslinkRegisterTable 'upslinkStatus\.1 = BITS: .*onBattery'
  if [[ -n $with_prometheus ]]; then
    await "the alert" prometheus_answers /api/v1/alerts '"alertname":"UpsOnBattery"'
    curl -fsS "$pages/graph" "$pages/alerts" "$pages/targets" >/dev/null || fail "Prometheus has no such pages"
  fi
  tell_simulator line restore
  await "the flag on_line" published '^upslink_status\{.*flag="on_line".*\} 1$'
  echo "demo: the exporter reads the simulated UPS, and saw its line fail and return, also over SNMP"
  [[ -z $with_prometheus ]] ||
    echo "demo: Prometheus scrapes it, with the rules of deploy/prometheus, and saw it, too"
  exit 0
fi

cat <<END

A simulated Smart-UPS 700 is being read. Its metrics:

  $url

The same over SNMP, from an snmpd of its own:

  $walk $snmp_at UPSLINK-MIB::upslinkPowerTable

Things to try in another terminal:

1. Look at the load and at the battery.

  curl -s $url | grep -E '^upslink_(load|battery)'

2. Let the line fail, look, and let it return.

  echo 'line fail' | socat - UNIX-CONNECT:$folder/control
  curl -s $url | grep -E '^upslink_(status|transfers|alerts).* [^0]'
  echo 'line restore' | socat - UNIX-CONNECT:$folder/control

3. Damage what the serial line carries for a minute: failures are counted by reason, and no wrong value
   appears. (The faults and everything else the simulator knows: tests/simulator/README.md.)

  echo 'fault flipped rate=0.02 seconds=60' | socat - UNIX-CONNECT:$folder/control
  curl -s $url | grep -E '^upslink_(request_failures|input_voltage)'

END

if [[ -n $with_prometheus ]]; then
  cat <<END
4. Look at it in Prometheus. Let the line fail as above: UpsOnBattery waits for 30 seconds, then fires.

  $pages/alerts
  $pages/graph?g0.expr=upslink_status%7Bflag%3D%22on_battery%22%7D&g0.tab=0&g0.range_input=5m
  $pages/targets

END
fi

cat <<END
The exporter logs to $folder/exporter.log.
Ctrl-C stops all and removes $folder.
END

# shellcheck disable=SC2086  # none, if Prometheus was not wanted
wait -n "$simulator" "$exporter" "$snmpd" $prometheus || true
fail "one of the programs ended"
