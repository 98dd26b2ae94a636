# SPDX-License-Identifier: Apache-2.0
# Smart-UPS 600, second generation: settings that are none of the choices.

[unit]
like = g2
title = Smart-UPS 600 (second generation), 230 V
source = NUT device dump of a Smart-UPS 600 made in 1993

[state]
input_voltage = 239.3
input_voltage_maximum = 243.0
input_voltage_minimum = 240.5
load = 29.6
runtime = 34
battery_voltage = 27.67
temperature = 23.8
transfer_cause = R

[answers]
V = text "6TI"
c = free "UPS_IDEN"
e = setting 00 of 00 10 25 90
k = setting 0 of 0 T L N
l = setting 196 of 196 188 208 204
m = text "02/22/93"
n = text "30021991"
o = setting 225 of 230 240 220 225
p = setting 020 of 020 180 300 600
r = setting 000 of 000 060 180 300
u = setting 260 of 253 264 271 280
x = free "02/22/93"
