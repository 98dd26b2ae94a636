// SPDX-License-Identifier: Apache-2.0
// What every terminal-like device is set to before its first byte: raw, 2400 8N1, no flow control
// and above all no echo - an echoed `SM` would be a shutdown command. A byte that came with a bad
// stop bit reads as NUL, which is in no good reply.
#pragma once

namespace upslink::smart {

/// Sets the line and proves that echo is off. 0, or the errno of what failed.
int set_line(int descriptor);

/// Takes an advisory lock that other users of this convention (and a second exporter) respect. 0,
/// or the errno: EWOULDBLOCK when somebody else has it.
int lock_line(int descriptor);

/// Refuses later opens (TIOCEXCL), but for those of root.
void refuse_others(int descriptor);

/// DTR on (the 940-0095 cables need it), RTS off (their plug and play). Devices without modem lines
/// have none to set; that is no error.
void set_modem_lines(int descriptor);

/// Asks the driver to pass on what comes at once. An FTDI adapter else collects for 16 ms, by which
/// each reply ends later. Drivers that do not know it say so and stay as they are.
void ask_for_low_latency(int descriptor);

}  // namespace upslink::smart
