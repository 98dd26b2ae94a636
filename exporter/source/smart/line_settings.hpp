// SPDX-License-Identifier: Apache-2.0
// What every terminal-like device is set to before its first byte: raw, 2400 8N1, no flow control
// and above all no echo - an echoed `SM` would be a shutdown command.
#pragma once

namespace upslink::smart {

/// Sets the line and proves that echo is off. 0, or the errno of what failed.
int set_line(int descriptor);

/// Takes the device for us alone: TIOCEXCL and an advisory lock that other users of this convention
/// (and a second exporter) respect. 0, or the errno: EWOULDBLOCK when somebody else has it.
int lock_line(int descriptor);

/// DTR on (the 940-0095 cables need it), RTS off (their plug and play). Devices without modem lines
/// have none to set; that is no error.
void set_modem_lines(int descriptor);

}  // namespace upslink::smart
