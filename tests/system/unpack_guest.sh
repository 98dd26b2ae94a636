#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Fetches what the virtual machine of drivers_test.py runs: Debian's kernel, the few modules of it that the
# test loads, and a static busybox. Nothing is installed: a kernel package would write to /boot.
#
#   unpack_guest.sh DIR      makes DIR/vmlinuz, DIR/busybox and DIR/modules/NAME.ko, unless they are there
set -euo pipefail
target=${1:?give the folder to unpack into}
source "$(dirname "${BASH_SOURCE[0]}")/../packages.sh"
readonly modules=(e1000 usb-common usbcore xhci-hcd xhci-pci usbserial ftdi_sio)

# The meta package names the kernel of the day.
download() {
  local kernel
  kernel=$(apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p')
  [[ -n $kernel ]] && apt-get -qq -o APT::Sandbox::User=root download "$kernel" busybox-static
}

if [[ -e $target/complete ]]; then
  exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$target"
target=$(realpath "$target")
cd "$folder"
download || { as_root apt-get -qq update && download; } || {
  echo "unpack_guest: Debian's linux-image-amd64 and busybox-static cannot be fetched; is there a network?" >&2
  exit 1
}

mkdir unpacked
for package in *.deb; do
  dpkg-deb -x "$package" unpacked
done
rm -rf "$target/modules"
mkdir -p "$target/modules"
cp unpacked/boot/vmlinuz-* "$target/vmlinuz"
cp unpacked/bin/busybox "$target/busybox"
for module in "${modules[@]}"; do
  file=$(find unpacked/lib/modules -name "$module.ko" -o -name "$module.ko.xz" -o -name "$module.ko.zst")
  case $file in
    *.xz) xz -dc "$file" >"$target/modules/$module.ko" ;;
    *.zst) zstd -qdc "$file" >"$target/modules/$module.ko" ;;
    *) cp "$file" "$target/modules/$module.ko" ;;
  esac
done
touch "$target/complete"
