# SPDX-License-Identifier: Apache-2.0
# Smart-UPS 3000 RM 92.11.D, 120 V, warm.

[unit]
like = su1400rm
title = Smart-UPS 3000 RM 92.11.D, 120 V
source = NUT device dump of a SMART-UPS 3000 RM

[state]
input_voltage = 121.5
input_voltage_maximum = 121.5
input_voltage_minimum = 121.5
frequency = 60.00
load = 0.0
charge = 100.0
runtime = 329
battery_voltage = 55.05
battery_nominal = 48
temperature = 46.8
trim_above = 130
boost_below = 108
transfer_cause = O

[answers]
^A = text "SMART-UPS 3000 RM"
V = text "OWD"
b = text "92.11.D"
c = free "s0-ups0"
e = setting 50
g = text "048"
l = setting 103
m = text "12/14/99"
n = text "WS9951003031"
o = setting 115
q = setting 10
u = setting 132
x = free "09/20/13"
