# SPDX-License-Identifier: Apache-2.0
# Smart-UPS 1400 XL with three external battery packs.

[unit]
like = su1400rm
title = Smart-UPS 1400 RM XL with three external packs, 230 V
source = Composed from the Smart-UPS 1400 RM; packs as in a Matrix-UPS with three of them

[state]
runtime = 98
packs = 3

[answers]
^A = text "SMART-UPS 1400 XL"
V = text "LWI"
b = text "73.11.I"
