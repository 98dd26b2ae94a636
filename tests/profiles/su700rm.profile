# SPDX-License-Identifier: Apache-2.0
# Smart-UPS 700 RM 52.9.D, 120 V: every answer is one that this unit gave. No ^Z, no d, NA to the rest.

[unit]
like = su700
title = Smart-UPS 700 RM 52.9.D, third generation, 120 V, no ^Z
source = Typed session with a SMART-UPS 700 RM in an old apcupsd document (A. Hedrick, about 1997)

[state]
input_voltage = 126.7
input_voltage_maximum = 128.0
input_voltage_minimum = 126.1
frequency = 60.00
load = 23.4
charge = 79.0
runtime = 37
battery_voltage = 27.74
temperature = 33.3
trim_above = 130
boost_below = 108
transfer_cause = S
self_test_result = OK

[answers]
^A = text "SMART-UPS 700 RM"
^N = absent
^Z = absent
> = text "NA"
V = text "GWD"
a = text "3.!$%+?=#|.\x01+-789>@ABCDEFGKLMNOPQRSUVWXYZ'abcefgjklmnopqrsuxyz~\x7f"
b = text "52.9.D"
e = setting 00 of 00 15 50 90
k = setting 0 of 0 T L N
l = setting 103 of 106 103 100 097
m = text "02/18/95"
n = text "S95025484481"
o = setting 115 of 115
p = setting 020 of 020 180 300 600
q = setting 02 of 02 05 07 10
r = setting 000 of 000 060 180 300
s = setting H of H M L L
u = setting 132 of 127 130 133 136
E = setting 336 of 336 168 "ON " OFF
