# SPDX-License-Identifier: Apache-2.0
# Smart-UPS SC1500 738.2.I with a battery nearly empty.

[unit]
like = su420
title = Smart-UPS SC1500 738.2.I, 230 V, battery nearly empty
source = NUT device dump of a Smart-UPS SC1500; capability choices of an SC450RM

[state]
input_voltage = 226.0
input_voltage_maximum = 226.0
input_voltage_minimum = 222.0
regulated_output = 224.0
frequency = 51.00
load = 33.1
charge = 18.0
runtime = 2
battery_voltage = 26.77
battery_nominal = 24
transfer_cause = S

[answers]
^A = text "Smart-UPS SC1500"
^Z = text "#uI43253257261265lI43208204200196e44200155090oI13230s441HMLLq44202050710p443060180300600k4410TLNr443000060180300E443336168ON OFF"
V = text "FWI"
b = text "738.2.I"
e = setting 15
g = text "024"
k = setting L
m = text "03/31/07"
n = text "5S0713T66466"
p = setting 300
x = free "03/31/07"
