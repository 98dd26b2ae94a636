# SPDX-License-Identifier: Apache-2.0
# Smart-UPS 5000 RM DL4 112.1DL4.I.

[unit]
like = su1400rm
title = Smart-UPS 5000 RM DL4 112.1DL4.I, 230 V
source = NUT device dump of a SMART-UPS 5000 RM DL4

[state]
input_voltage = 226.2
input_voltage_maximum = 226.2
input_voltage_minimum = 226.2
load = 39.0
charge = 100.0
runtime = 16
battery_voltage = 55.05
battery_nominal = 48
temperature = 22.5
transfer_cause = R

[answers]
^A = text "SMART-UPS 5000 RM DL4"
V = text "PWI"
b = text "112.1DL4.I"
g = text "048"
m = text "09/02/08"
n = text "AS0836160289"
x = free "09/02/08"
