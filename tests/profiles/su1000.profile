# SPDX-License-Identifier: Apache-2.0
# Smart-UPS 1000 60.11.I: its EEPROM as apctest printed it, its calibration constants from the manual.

[unit]
like = su700
title = Smart-UPS 1000 60.11.I, third generation, 230 V
source = EEPROM print of a SMART-UPS 1000 (old apcupsd manual) and the constants of one in the apcupsd manual; readings as of the Smart-UPS 700

[answers]
^A = text "SMART-UPS 1000"
^Z = text "#uI43253264271280lI43196188208204e44200155090oI43230240220225s441HMLLq44202050710p443020180300600k4410TLNr443000060180300E443336168ON OFF"
0 = text "A0"
4 = text "35"
5 = text "EF"
6 = text "F9"
V = text "IWI"
b = text "60.11.I"
l = setting 196
m = text "07/31/99"
x = free "07/31/99"
