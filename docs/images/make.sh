#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes the pictures of the status page again: docs/images/make.sh [MINUTES]. It shows simulated UPSes to
# Debian's Chromium for that long (14), so that there is a history to be seen, and needs the release
# build, the font Inter (fonts-inter), pngquant and optipng.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build=${UPSLINK_BUILD:-build/release}

python3 -B tests/e2e/pictures.py --exporter "$build/exporter/app/upslink_exporter" \
  --simulator "$build/tests/simulator/ups-simulator" docs/images "${1:-14}"
for picture in docs/images/status-*.png; do
  pngquant --force --skip-if-larger --speed 1 --quality 80-98 --output "$picture" "$picture" || true
  optipng -quiet -o5 -strip all "$picture"
done
ls -l docs/images/*.png
