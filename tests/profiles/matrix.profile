# SPDX-License-Identifier: Apache-2.0
# Matrix-UPS 3000: bypass, packs, / \ ^L ^V w, a capability string with ## before each group; no a, b, ^A, R.

[unit]
title = Matrix-UPS 3000 with three packs, 230 V
generation = MX
source = NUT device dump of a Matrix-UPS 3000; the capability string is composed after its published grammar (no real one is public), serial number made up
unknown = NA
alerts = "!$%+?=*#|"

[timing]
turnaround_ms = 40

[state]
input_voltage = 231.8
input_voltage_maximum = 231.8
input_voltage_minimum = 231.8
regulated_output = 239.3
battery_output = 230.0
frequency = 50.00
load = 39.0
charge = 100.0
runtime = 376
battery_voltage = 55.36
battery_nominal = 48
temperature = 21.6
packs = 3
bad_packs = 0
full_current = 13.92
apparent_factor = 1.07
calibration_floor = 35
transfer_cause = T
self_test_result = NO

[answers]
^A = silent
^L = setting E
^N = action turn_on
^V = setting A
^Z = text "##uI43253257261264##lI43176182188196##e44200155090##oI43230240220225##s441HMLA##q44202050710##p443020180300600##k4410TLN##r443000060180300##E443336168ON OFF##\x16431AMI##\x0c441EFGS##w442NO020508"
' = register fault2
- = action edit_next
/ = number output_current %05.2f
7 = register dip
8 = register fault3
9 = choice line_quality
< = number bad_packs %03d
> = count packs %03d
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
S = action shutdown
U = action simulate_failure
V = text "0XI"
W = action self_test
X = choice self_test_result
Y = action smart_mode
Z = action turn_off
\ = number apparent_load %06.2f
^ = action bypass
a = silent
b = silent
c = free "UPS_IDEN"
e = setting 00
f = number charge %05.1f
g = text "048"
j = number runtime %04d: or ">>>>:"
k = setting L
l = setting 176
m = text "10/18/99"
n = text "WM9942000137"
o = setting 230
p = setting 180
q = setting 10
r = setting 000
s = setting H
u = setting 264
w = setting NO
x = free "04/07/03"
y = text "(C) APCC"
z = action factory_reset
~ = register state
