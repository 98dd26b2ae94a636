# SPDX-License-Identifier: Apache-2.0
# Smart-UPS 700, third generation, 230 V.

[unit]
title = Smart-UPS 700, third generation, 230 V
generation = 3G
source = Command list and answers of a SMART-UPS 700 RM 52.9.D (typed session, about 1997) with the values of its 230 V sisters; ^Z of a Smart-UPS as published by W. Rupprecht
unknown = NA
alerts = "!$%+?=#|"

[timing]
turnaround_ms = 25

[state]
input_voltage = 229.5
input_voltage_maximum = 231.8
input_voltage_minimum = 228.1
frequency = 50.00
load = 23.4
charge = 100.0
runtime = 37
battery_voltage = 27.74
battery_nominal = 24
temperature = 33.3
trim_above = 242
boost_below = 208
transfer_cause = S
self_test_result = NO

[answers]
^A = text "SMART-UPS 700"
^N = action turn_on
^Z = text "#uD43127130133136uA43108110112114uI43253257261265lD43106103100097lA43092090088086lI43208204200196e44200155090oD13115oJ13100oI13230s441HMLLq44202050710p443020180300600k4410TLNr443000060180300E443336168ON OFF"
' = register fault2
+ = action edit_previous
- = action edit_next
0 = text "82"
1 = action service_mode
4 = text "28"
5 = text "F2"
6 = text "FA"
7 = register dip
8 = register fault3
9 = choice line_quality
@ = action sleep
A = action lamp_test
B = number battery_voltage %05.2f
C = number temperature %05.1f
D = action calibrate
E = setting 336
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
V = text "GWI"
W = action self_test
X = choice self_test_result
Y = action smart_mode
Z = action turn_off
a = text "3.!$%+?=#|.\x01\x0e\x1a+-789@ABCDEFGKLMNOPQRSUVWXYZ'abcefgjklmnopqrsuxyz~\x7f"
b = text "50.9.I"
c = free "UPS_IDEN"
e = setting 00
f = number charge %05.1f
g = text "024"
j = number runtime %04d: or ">>>>:"
k = setting 0
l = setting 208
m = text "02/18/95"
n = text "S95025484481"
o = setting 230
p = setting 020
q = setting 02
r = setting 000
s = setting H
u = setting 253
x = free "02/18/95"
y = text "(C) APCC"
z = action factory_reset
~ = register state
0x7f = action abort_shutdown
