#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs what requirements.txt names into an environment of its own, unless it is there.
#
#   tools.sh DIR
set -eu
here=$(dirname "$0")
if cmp -s "$here/requirements.txt" "$1/requirements.txt"; then
  exit 0
fi
rm -rf "$1"
python3 -m venv "$1"
"$1/bin/pip" --quiet --disable-pip-version-check install --requirement "$here/requirements.txt"
cp "$here/requirements.txt" "$1/"
