# SPDX-License-Identifier: Apache-2.0
# Smart-UPS 2200 80.14.I, 48 V battery, no load.

[unit]
like = su1400rm
title = Smart-UPS 2200 80.14.I, 230 V, without load
source = NUT device dump of a SMART-UPS 2200 (on battery there; mains here)

[state]
input_voltage = 230.1
input_voltage_maximum = 230.1
input_voltage_minimum = 228.1
load = 0.0
charge = 89.0
runtime = 353
battery_voltage = 53.60
battery_nominal = 48
battery_output = 228.1
temperature = 24.7
transfer_cause = T

[answers]
^A = text "SMART-UPS 2200"
V = text "MWI"
b = text "80.14.I"
g = text "048"
m = text "01/10/04"
n = text "YS0402211565"
x = free "01/10/04"
