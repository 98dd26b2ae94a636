# SPDX-License-Identifier: Apache-2.0
# Smart-UPS RT 2000 XL 416.7.I: an empty serial number, / listed but NA, 48 V battery.

[unit]
like = rt
title = Smart-UPS RT 2000 XL 416.7.I, 48 V battery, empty serial number
source = NUT device dump of a Smart-UPS RT 2000 XL

[state]
battery_voltage = 53.73
battery_nominal = 48

[answers]
^A = text "Smart-UPS RT 2000 XL  "
/ = text "NA"
B = number battery_voltage %05.2f
V = text "5YI"
b = text "416.7.I"
g = text "048"
n = text ""
