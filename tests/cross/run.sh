#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds for another architecture and runs the result by qemu: the unit tests of what depends on the sizes
# of types, then the exporter against a simulator of this machine.
#
#   run.sh arm64|armhf NATIVE_EXPORTER NATIVE_SIMULATOR
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
architecture=${1:?arm64 or armhf}
exporter=$(realpath "${2:?an exporter of this machine}")
simulator=$(realpath "${3:?a simulator of this machine}")
units=(model catalogue source describe)
case $architecture in
  arm64) qemu="qemu-aarch64-static" ;;
  armhf) qemu="qemu-arm-static" ;;
  *)
    echo "cross: there is no toolchain for $architecture" >&2
    exit 2
    ;;
esac
if [[ -z ${UPSLINK_COMPILER_LAUNCHER+set} ]] && command -v ccache >/dev/null; then
  export UPSLINK_COMPILER_LAUNCHER=ccache
  export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
fi

tests/cross/sysroot.sh "$architecture"
cmake --preset "$architecture"
cmake --build --preset "$architecture" --target upslink_exporter "${units[@]/%/_test}"
# Not the links over a pty: qemu 7.2 knows no openpty().
for unit in "${units[@]}"; do
  "$qemu" -L "build/sysroots/$architecture" "build/$architecture/tests/$unit/${unit}_test" --gtest_brief=1 \
    --gtest_filter=-DeviceLinkTest.*
done
python3 -B tests/cross/cross_test.py --exporter "build/$architecture/exporter/app/upslink_exporter" \
  --native "$exporter" --simulator "$simulator" --qemu "$qemu" --sysroot "build/sysroots/$architecture"
