# SPDX-License-Identifier: Apache-2.0
# Smart-UPS 1250, second generation: no a, no b, no ^A, no ^Z, and nothing at all to what it does not know.

[unit]
title = Smart-UPS 1250 (second generation, no a), 230 V, silent to unknown commands
generation = G2
source = NUT device dump of a Smart-UPS 1250 made in 1995; firmware code 8TI from the list of known second-generation units
unknown = silent
alerts = "!$%+?=*#"

[timing]
turnaround_ms = 40

[state]
input_voltage = 243.0
input_voltage_maximum = 246.7
input_voltage_minimum = 243.0
frequency = 50.00
load = 0.0
charge = 100.0
runtime = 108
battery_voltage = 27.54
battery_nominal = 24
temperature = 18.4
boost_below = 208
transfer_cause = O
self_test_result = NO

[answers]
- = action edit_next
7 = register dip
8 = register fault3
9 = choice line_quality
@ = action sleep
A = action lamp_test
B = number battery_voltage %05.2f
C = number temperature %05.1f
D = action calibrate
E = setting OFF of 336 168 "ON " OFF
F = number frequency %05.2f
G = choice transfer_cause
K = action turn_off_delayed
L = number input_voltage %05.1f
M = resetting input_voltage_maximum %05.1f
N = resetting input_voltage_minimum %05.1f
O = number output_voltage %05.1f
P = number load %05.1f
Q = register status
R = action leave_smart_mode
S = action shutdown
U = action simulate_failure
V = text "8TI"
W = action self_test
X = choice self_test_result
Y = action smart_mode
Z = action turn_off
c = free "adler"
e = setting 90 of 00 10 25 90
f = number charge %05.1f
g = text "024"
j = number runtime %04d: or ">>>>:"
k = setting N of 0 T L N
l = setting 204 of 196 188 208 204
m = text "08/24/95"
n = text "07025563"
o = setting 220 of 230 240 220 225
p = setting 300 of 020 180 300 600
q = setting 02 of 02 05 07 10
r = setting 300 of 000 060 180 300
s = setting L of H M L L
u = setting 264 of 253 264 271 280
x = free "11/20/04"
y = text "(C) APCC"
z = action factory_reset
