# SPDX-License-Identifier: Apache-2.0
# Early Back-UPS Pro 21.L.I: registers and identity only; its `a` is no list that a client understands.

[unit]
title = Back-UPS Pro 21.L.I (early, 1997), small command set
generation = VS
source = E-mail reports of two owners of an early Back-UPS Pro (old apcupsd documents, 1997); serial number and the text of a made up
unknown = NA
alerts = "!$?"

[timing]
turnaround_ms = 40

[state]
input_voltage = 230.0
frequency = 50.00
load = 20
charge = 100.0
runtime = 20
battery_voltage = 13.7
battery_nominal = 12
transfer_high = 264
transfer_low = 184
transfer_cause = T
self_test_result = NO

[answers]
^A = text "BACK-UPS PRO 420"
' = register fault2
+ = text "NO"
- = text "NO"
8 = register fault3
9 = text "FF"
@ = action sleep
A = action lamp_test
G = choice transfer_cause
K = action turn_off_delayed
Q = register status
R = action leave_smart_mode
S = action shutdown
U = action simulate_failure
W = action self_test
X = text "NO"
Y = action smart_mode
a = text "3.!$?"
b = text "21.L.I"
n = text "NB9718301122"
y = text "(c) APCC"
~ = register state
