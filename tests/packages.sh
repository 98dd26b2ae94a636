# SPDX-License-Identifier: Apache-2.0
# The Debian 12 packages that this project is built and tested with, and how a script gets them. To be
# sourced by bash: `source tests/packages.sh`, then `install_packages "${build_packages[@]}"`.
# shellcheck shell=bash disable=SC2034

# What cmake/dependencies.cmake looks for, and the tools that build it.
build_packages=(
  g++ cmake ninja-build pkg-config dpkg-dev file git ca-certificates python3
  prometheus-cpp-dev libserialport-dev libcli11-dev libyaml-cpp-dev libspdlog-dev
  libmicrohttpd-dev libgnutls28-dev nettle-dev libcrypt-dev zlib1g-dev libsnmp-dev
  nlohmann-json3-dev libgtest-dev libgmock-dev
)

# What shows the exporter at work: a scraper, an SNMP agent with its tools, and a way to talk to the
# simulator.
demo_packages=(curl socat snmp snmpd)
prometheus_packages=(prometheus) # if it is wanted

# What checks it: the compiler's second opinion, Prometheus' own parser (promtool) and what it alerts, readers of
# manual pages, a browser. NUT and apcupsd exclude each other as
# packages: tests/simulator/unpack_clients.sh.
test_packages=(clang-format clang-tidy cppcheck gcovr shellcheck ccache prometheus smitools nut-snmp
  prometheus-snmp-exporter prometheus-alertmanager python3-venv python3-yaml man-db mandoc chromium
  sslscan nghttp2-client)

# What measures it (tests/bench): a load and bad clients for the web server, a receiver of notifications.
bench_packages=(wrk slowhttptest openssl snmptrapd)

# What fuzzes it (tests/fuzz/run.sh).
fuzz_packages=(clang-14 libclang-rt-14-dev)

# What makes and runs images, Debian packages and whole systems, and what builds and runs for other
# architectures (tests/containers, tests/packages, tests/system, tests/cross).
system_packages=(buildah podman crun mmdebstrap lintian qemu-system-x86 qemu-user-static
  g++-aarch64-linux-gnu g++-arm-linux-gnueabihf)

# Whether a package is installed.
is_installed() {
  [[ $(dpkg-query -W -f='${db:Status-Abbrev}' "$1" 2>/dev/null) == ii* ]]
}

# Runs a command as root: as it is, or by sudo.
as_root() {
  if ((EUID == 0)); then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "packages: run this as root, or install sudo" >&2
    return 1
  fi
}

# Installs the packages that are missing. Services that come with them are not started. Nothing is done,
# and root is not needed, when all are there.
install_packages() {
  local missing=() package
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "packages: this is not Debian, so nothing is installed; needed are: $*" >&2
    return 0
  fi
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  if ((${#missing[@]} == 0)); then
    echo "packages: all $# are installed"
    return 0
  fi
  echo "packages: installing ${missing[*]}"
  (
    policy=/usr/sbin/policy-rc.d # what Debian asks before it starts a service
    if [[ ! -e $policy ]]; then
      trap 'as_root rm -f "$policy"' EXIT
      printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
      as_root chmod 755 "$policy"
    fi
    as_root apt-get -qq update
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 install \
      --yes --no-install-recommends "${missing[@]}"
  )
}
