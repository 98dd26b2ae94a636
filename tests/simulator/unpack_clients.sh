#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Unpacks Debian's NUT and apcupsd side by side into a folder, for clients_test.py. Installed, the two
# packages exclude each other and bring services; unpacked, they are only programs.
#
#   unpack_clients.sh [DIR]      default: build/clients
set -eu
target=${1:-$(dirname "$0")/../../build/clients}
mkdir -p "$target"
target=$(realpath "$target")
packages="nut-server nut-client libupsclient6 apcupsd libusb-0.1-4 libwrap0 libnspr4 libnss3"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
download() {
  # shellcheck disable=SC2086
  apt-get -qq -o APT::Sandbox::User=root download $packages
}
download || { apt-get -qq update && download; }
for package in *.deb; do
  dpkg-deb -x "$package" "$target"
done
echo "unpacked into $target"
