# SPDX-License-Identifier: Apache-2.0
# Measure-UPS II (AP9612TH class): two probes, packed in T and H.

[unit]
like = measure-ups-1
title = Measure-UPS II with two probes
source = Answers of an AP9612TH environmental card (NUT mailing list, 2009)

[state]
ambient_temperature = 21.08
ambient_humidity = 37.2
ambient_temperature_2 = 20.09
ambient_humidity_2 = 34.0

[answers]
H = list %05.1f ambient_humidity ambient_humidity_2
T = list %05.2f ambient_temperature ambient_temperature_2
v = absent
