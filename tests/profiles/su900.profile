# SPDX-License-Identifier: Apache-2.0
# Smart-UPS 900i, second generation.

[unit]
like = g2
title = Smart-UPS 900i (second generation), 230 V
source = NUT device dump of a Smart-UPS 900i made in 1993

[state]
input_voltage = 229.4
input_voltage_maximum = 231.8
input_voltage_minimum = 229.4
load = 6.2
runtime = 74
battery_voltage = 27.67
temperature = 45.9

[answers]
V = text "7TI"
c = free "UPS_IDEN"
e = setting 10 of 00 10 25 90
k = setting 0 of 0 T L N
l = setting 196 of 196 188 208 204
m = text "02/18/93"
n = text "00016325"
o = setting 225 of 230 240 220 225
p = setting 180 of 020 180 300 600
s = setting H of H M L L
u = setting 253 of 253 264 271 280
x = free "11/02/01"
