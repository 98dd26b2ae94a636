# SPDX-License-Identifier: Apache-2.0
# Smart-UPS 1400 RM, 230 V: the answers of the third generation with its own names and a 24 V battery.

[unit]
like = su700
title = Smart-UPS 1400 RM, third generation, 230 V
source = Composed: command set of the Smart-UPS 700, choices of a public 230 V capability string, SKU and code of the 1400 family; no transcript of this unit is public

[timing]
turnaround_ms = 45

[state]
input_voltage = 226.2
input_voltage_maximum = 227.5
input_voltage_minimum = 224.9
load = 39.0
charge = 100.0
runtime = 22
battery_voltage = 27.54
temperature = 36.5
packs = 0
transfer_cause = R

[answers]
^A = text "SMART-UPS 1400 RM"
^Z = text "#uD43132135138129uM43229234239224uA43110112114108uI43253264271280lD43103100097106lM43177172168182lA43090092081085lI43196188208204e44200155090oI43230240220225oD13115oJ13100oM13208s441HMLLq44202050710p443020180300600k4410TLNr443000060180300E443336168ON OFF"
> = count packs %03d
V = text "KWI"
a = text "3.!$%+?=#|.\x01\x0e\x1a+-789>@ABCDEFGKLMNOPQRSUVWXYZ'abcefgjklmnopqrsuxyz~\x7f"
b = text "70.11.I"
l = setting 196
m = text "11/29/99"
n = text "NS9948110275"
x = free "11/29/99"
