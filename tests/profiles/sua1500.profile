# SPDX-License-Identifier: Apache-2.0
# Smart-UPS 1500 RM 617.3.D (SUA class): mixed case name, blank padded UPS id.

[unit]
like = su420
title = Smart-UPS 1500 RM 617.3.D (SUA), 120 V
source = The answers that a management card forwarded in a recorded datagram (2006)

[state]
input_voltage = 116.6
input_voltage_maximum = 118.0
input_voltage_minimum = 115.9
frequency = 60.00
load = 38.3
charge = 90.0
runtime = 31
battery_voltage = 27.27
battery_nominal = 24
temperature = 28.8
packs = 0
boost_below = 108
trim_above = 126
transfer_cause = T

[answers]
^A = text "Smart-UPS 1500 RM"
/ = text "00.88"
> = count packs %03d
C = number temperature %05.1f
V = text "FWD"
a = text "3.!$%+?=#|.\x01\x0e\x1a')+-789>@ABCDEFGKLMNOPQRSUVWXYZabcdefgjklmnopqrsuxyz~"
b = text "617.3.D"
c = free "UPS03R  "
g = text "024"
l = setting 106
m = text "03/31/06"
n = text "AS0614132629"
o = setting 120
p = setting 090
u = setting 127
x = free "03/31/06"
