# SPDX-License-Identifier: Apache-2.0
# Smart-UPS v/s 650 62.J.I: the same small set, listed by a proper `a`.

[unit]
like = bkpro
title = Smart-UPS v/s 650 62.J.I, small command set
source = Status of a v/s unit as apcupsd shows it (62.J.I); serial number made up, a composed of the commands that work

[answers]
^A = text "SMART-UPS V/S 650"
a = text "3.!$?.\x01'89@AGKQRSUWXYabny~"
b = text "62.J.I"
y = text "(C) APCC"
