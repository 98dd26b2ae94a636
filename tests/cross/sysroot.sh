#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes build/sysroots/ARCH: the libraries and headers of Debian 12 for another architecture, which
# cmake/toolchains/ARCH.cmake compiles and links against, and in which qemu finds the loader.
#
# The packages are only unpacked, beside the system and not into it: several -dev packages exist once on a
# machine, whatever the architecture, so that Debian's multiarch would replace the native ones. Nothing
# foreign is run.
#
#   sysroot.sh arm64|armhf
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tests/packages.sh

architecture=${1:?which architecture: arm64 or armhf?}
sysroot=build/sysroots/$architecture
libraries=()
for package in "${build_packages[@]}"; do
  if [[ $package == *-dev ]]; then
    libraries+=("$package")
  fi
done

made_of="${libraries[*]}"
if [[ $(cat "$sysroot/made_of" 2>/dev/null) == "$made_of" ]]; then
  echo "sysroot: $sysroot is there"
  exit 0
fi
as_root rm -rf "$sysroot"
tests/debian_tree.sh --variant=extract --architectures="$architecture" --format=directory \
  --include="$(tr ' ' , <<<"$made_of")" "$sysroot"
# An absolute link would lead out of the sysroot, to the machine's own library or to nothing.
find "$sysroot/lib" "$sysroot/usr/lib" -type l -lname '/*' -print0 |
  while IFS= read -r -d '' link; do
    as_root ln -sfr "$sysroot$(readlink "$link")" "$link"
  done
echo "$made_of" | as_root tee "$sysroot/made_of" >/dev/null
echo "sysroot: made $sysroot"
