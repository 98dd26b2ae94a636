# SPDX-License-Identifier: Apache-2.0
# Smart-UPS RT 10000 XL 476.18.W: protocol level 4, 192 V battery (three digits), 10 ms for each byte.

[unit]
title = Smart-UPS RT 10000 XL 476.18.W, level 4, 192 V battery, slow bytes
generation = RT
source = Answers and times of a SURT10000XL in a public issue, settings and language of a Smart-UPS RT 2000 XL, command list of a SURT1000XL 411.7.I (its lost last byte taken as 0x7f); serial number made up
unknown = NA
alerts = "!$%+?=*#|"

[timing]
turnaround_ms = 35
byte_ms = 10

[state]
input_voltage = 233.2
input_voltage_maximum = 233.2
input_voltage_minimum = 233.2
regulated_output = 229.3
frequency = 49.98
load = 63.0
charge = 100.0
runtime = 9
battery_voltage = 219.2
battery_nominal = 192
temperature = 34.6
packs = 1
bad_packs = 0
self_test_age = 120.4
full_current = 41.7
transfer_cause = S
self_test_result = NO

[answers]
^A = text "Smart-UPS RT 10000 XL  "
^L = setting E of E F G S
^N = action turn_on
^V = text "NA"
^Z = text "#uI43253257261265lI43161166171176e44200155090oI43230220240225s451HMLLAq44202050710p443020180300600k4410TLNr443000060180300E443336168ON OFF"
' = register fault2
+ = action edit_previous
- = action edit_next
/ = number output_current %05.2f
1 = action service_mode
7 = register dip
8 = register fault3
9 = choice line_quality
< = number bad_packs %03d
> = count packs %03d
@ = action sleep
A = action lamp_test
B = number battery_voltage %05.1f
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
V = text "5YW"
W = action self_test
X = choice self_test_result
Y = action smart_mode
Z = action turn_off
\ = text "NA"
^ = action bypass
a = text "4.!$%+?=*#|\x04.\x01\x05\x09\x0c\x0e\x14\x16\x1a')+-/789<>@ABCDEFGKLMNOPQRSUVWXYZ\\^abcdefgjklmnopqrsuwxyz~\x7f.\x81:\xd0\xe2\xf0\xfd\xfe\xff"
b = text "476.18.W"
c = free "UPS_IDEN"
d = number self_test_age %05.1f
e = setting 00
f = number charge %05.1f
g = text "192"
j = number runtime %04d: or ">>>>:"
k = setting 0
l = setting 161 of 161 166 171 176
m = text "11/22/06"
n = text "NS0706011873"
o = setting 230 of 230 220 240 225
p = setting 020
q = setting 02
r = setting 000
s = setting A
u = setting 253 of 253 257 261 265
w = text "NA"
x = free "11/22/06"
y = text "(C) APCC"
z = action factory_reset
~ = register state
0x7f = action abort_shutdown
