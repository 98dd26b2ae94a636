# SPDX-License-Identifier: Apache-2.0
# Smart-UPS 420 21.6.I: no temperature, NA to 7 < >.

[unit]
title = Smart-UPS 420 21.6.I, 230 V, no temperature
generation = L3
source = apctest "query all" of a Smart-UPS 420 (public forum post, 2008), with the colon of j and the # of ^Z that apcupsd removes
unknown = NA
alerts = "!$%+?=#|"

[timing]
turnaround_ms = 40

[state]
input_voltage = 221.7
input_voltage_maximum = 221.7
input_voltage_minimum = 221.7
frequency = 49.75
load = 62.4
charge = 100.0
runtime = 13
battery_voltage = 13.77
battery_nominal = 12
self_test_age = 10.7
boost_below = 205
transfer_cause = R
self_test_result = NO

[answers]
^A = text "SMART-UPS 420"
^N = action turn_on
^Z = text "#uD43127130133136uA43108110112114uI43253257261265lD43106103100097lA43092090088086lI43208204200196e44200155090oD13115oA13100oI13230s441HMLLq44202050710p443020180300600k4410TLNr443000060180300E443336168ON OFF"
' = register fault2
+ = action edit_previous
- = action edit_next
1 = action service_mode
8 = register fault3
9 = choice line_quality
@ = action sleep
A = action lamp_test
B = number battery_voltage %05.2f
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
V = text "DWI"
W = action self_test
X = choice self_test_result
Y = action smart_mode
Z = action turn_off
a = text "3.!$%+?=#|.\x01\x0e\x1a')+-89@ABDEFGKLMNOPQRSUVWXYZabcdefgjklmnopqrsuxyz~"
b = text "21.6.I"
c = free "UPS_IDEN"
d = number self_test_age %05.1f
e = setting 00
f = number charge %05.1f
g = text "012"
j = number runtime %04d: or ">>>>:"
k = setting 0
l = setting 208
m = text "05/22/02"
n = text "QS0221240847"
o = setting 230
p = setting 020
q = setting 02
r = setting 000
s = setting H
u = setting 253
x = free "05/22/02"
y = text "(C) APCC"
z = action factory_reset
~ = register state
