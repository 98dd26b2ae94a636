# SPDX-License-Identifier: Apache-2.0
# Smart-UPS RT 5000 451.2.I: its capability string ends in the middle of a group.

[unit]
like = rt
title = Smart-UPS RT 5000 XL 451.2.I, broken ^Z
source = Composed: the RT answers with a ^Z cut off as it is known of firmware 451.2.I, and a group with a count below 0 as logged from other SURT units

[answers]
^A = text "Smart-UPS RT 5000 XL   "
^Z = text "#uI43253257261265lI43161166171176e44200155090\x16I/3oI43230220240225s451HMLLAq44202050710p44302018"
V = text "5YI"
b = text "451.2.I"
