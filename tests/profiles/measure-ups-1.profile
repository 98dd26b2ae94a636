# SPDX-License-Identifier: Apache-2.0
# Measure-UPS (I): one probe, four contacts. It answers these itself and passes all else on.

[unit]
accessory = yes
title = Measure-UPS I
source = Values seen in public logs of units with a Measure-UPS
alerts = "&"

[state]
ambient_temperature = 24.13
ambient_humidity = 19.2

[answers]
I = mask FF
J = text "0F,00"
[ = text "NO,NO"
] = text "NO,NO"
h = number ambient_humidity %05.1f
i = register contacts
t = number ambient_temperature %05.2f
v = text "4Kx"
{ = text "NO,NO"
} = text "NO,NO"
