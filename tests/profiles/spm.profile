# SPDX-License-Identifier: Apache-2.0
# SPM series: two-byte commands after 0x9f, listed in the fourth section of `a`.

[unit]
like = su420
title = SPM series (Asia) with two-byte commands
source = Typical results of the two-byte commands as the NUT web site gives them, on the single-byte set of a Smart-UPS 420

[answers]
^A = text "Smart-UPS SPM2K"
0x9f 0xd1 = text "02000,220,220,50.0,009,048.0,11"
0x9f 0xd2 = text "E"
0x9f 0xd3 = text "50.0"
0x9f 0xd4 = text "01.0"
0x9f 0xd5 = text "1"
0x9f 0xd6 = text "47.0,53.0"
0x9f 0xd7 = text "209,231"
0x9f 0xd9 = text "0100000000000000"
0x9f 0xe3 = text "ON"
0x9f 0xe4 = text "ON"
0x9f 0xe5 = text "ON"
0x9f 0xe6 = text "ON"
0x9f 0xe7 = text "OFF"
0x9f 0xe8 = text "ON"
0x9f 0xe9 = text "ON"
0x9f 0xea = text "ON"
0x9f 0xeb = text "ON"
a = text "3.!$%+?=#|.\x01\x0e\x1a')+-89@ABDEFGKLMNOPQRSUVWXYZabcdefgjklmnopqrsuxyz~.\x9f:\xd1\xd2\xd3\xd4\xd5\xd6\xd7\xd9\xe3\xe4\xe5\xe6\xe7\xe8\xe9\xea\xeb"
