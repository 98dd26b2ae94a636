#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes a tree of Debian 12 with mmdebstrap, from the mirror and by the way to it (proxies) that apt uses
# on this machine. Only the suite bookworm itself is read: what is built against it runs on every state
# of the release.
#
#   debian_tree.sh [OPTION of mmdebstrap...] TARGET
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/packages.sh"

(($# > 0)) || { sed -n '3,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
options=("${@:1:$#-1}")
target=${*: -1}

while IFS= read -r setting; do
  options+=("--aptopt=$setting")
done < <(apt-config dump --format '%f "%v";%n' | grep -Ei '^Acquire::(https?::proxy|Check-|Retries)' || true)
# shellcheck disable=SC2016  # apt-get fills it in
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Codename: bookworm' |
  head -n 1)
mkdir -p "$(dirname "$target")"
as_root mmdebstrap --quiet "${options[@]}" bookworm "$target" ${mirror:+"$mirror"}
