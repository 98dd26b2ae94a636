# SPDX-License-Identifier: Apache-2.0
"""Makes the first file system of a virtual machine: busybox, kernel modules, and programs with the shared
libraries that they need, as a cpio archive in the kernel's "newc" form (Documentation/driver-api/early-userspace
of the kernel has it). No root and no cpio is needed: a device node is only an entry of the archive.
"""

import os
import pathlib
import re
import stat
import subprocess


class Archive:
    def __init__(self):
        self.parts = []
        self.known = set()

    def _entry(self, name, mode, content=b"", device=(0, 0)):
        encoded = name.encode() + b"\0"
        fields = [len(self.known) + 1, mode, 0, 0, 1, 0, len(content), 0, 0, *device, len(encoded), 0]
        head = b"070701" + b"".join(b"%08x" % field for field in fields) + encoded
        self.parts += [head, bytes(-len(head) % 4), content, bytes(-len(content) % 4)]
        self.known.add(name)

    def folder(self, name):
        """A folder, with those above it."""
        if name in ("", ".") or name in self.known:
            return
        self.folder(os.path.dirname(name))
        self._entry(name, stat.S_IFDIR | 0o755)

    def file(self, name, content, executable=False):
        self.folder(os.path.dirname(name))
        self._entry(name, stat.S_IFREG | (0o755 if executable else 0o644), content)

    def link(self, name, target):
        self.folder(os.path.dirname(name))
        self._entry(name, stat.S_IFLNK | 0o777, target.encode())

    def character_device(self, name, major, minor):
        self.folder(os.path.dirname(name))
        self._entry(name, stat.S_IFCHR | 0o600, device=(major, minor))

    def program(self, name, path):
        """A program, and the libraries that the dynamic loader finds for it here."""
        self.file(name, pathlib.Path(path).read_bytes(), executable=True)
        listed = subprocess.run(["ldd", path], capture_output=True, text=True, check=True).stdout
        for library in re.findall(r"(/\S+) \(0x", listed):
            if library[1:] not in self.known:
                self.file(library[1:], pathlib.Path(library).read_bytes(), executable=True)

    def write(self, path):
        self._entry("TRAILER!!!", 0)
        pathlib.Path(path).write_bytes(b"".join(self.parts))


# Run by pid 1. The commands of the test come over TCP, each connection to a shell of its own.
INIT = """#!/bin/sh
/bin/busybox mkdir -p /usr/bin /usr/sbin /sbin
/bin/busybox --install -s
export PATH=/bin:/sbin:/usr/bin:/usr/sbin
mount -t devtmpfs devtmpfs /dev
mount -t proc proc /proc
mount -t sysfs sysfs /sys
chmod 1777 /tmp
ip link set lo up
{modules}
ip addr add 10.0.2.15/24 dev eth0
ip link set eth0 up
chgrp dialout /dev/ttyS1 && chmod 660 /dev/ttyS1
uevent /bin/on_uevent &
until [ "$(cat /sys/class/net/eth0/carrier)" = 1 ]; do usleep 20000; done
echo "guest ready" >/dev/console
exec nc -ll -p 9000 -e /bin/sh
"""

# What udev does for a serial adapter, a little later than the kernel: the group, and the name by its identity.
ON_UEVENT = """#!/bin/sh
[ "$SUBSYSTEM" = tty ] || exit 0
case $DEVNAME in ttyUSB*) ;; *) exit 0 ;; esac
echo "$(cut -d ' ' -f 1 /proc/uptime) $ACTION $DEVNAME" >>/tmp/uevents
if [ "$ACTION" = add ]; then
  chgrp dialout "/dev/$DEVNAME" && chmod 660 "/dev/$DEVNAME"
  usb=/sys$DEVPATH/../../../..
  mkdir -p /dev/serial/by-id
  ln -sfn "../../$DEVNAME" "/dev/serial/by-id/usb-QEMU_$(cat "$usb/serial")-if00-port0"
else
  rm -f /dev/serial/by-id/*
  rmdir /dev/serial/by-id /dev/serial
fi
"""


def build(path, guest_files, program):
    """Writes the archive; `program` becomes /bin/upslink_exporter, to be run as the user ups."""
    guest_files = pathlib.Path(guest_files)
    order = ["e1000", "usb-common", "usbcore", "xhci-hcd", "xhci-pci", "usbserial", "ftdi_sio"]
    archive = Archive()
    for folder in ("proc", "sys", "dev", "tmp", "etc", "root", "run"):
        archive.folder(folder)
    archive.character_device("dev/console", 5, 1)
    archive.file("bin/busybox", (guest_files / "busybox").read_bytes(), executable=True)
    archive.link("bin/sh", "busybox")
    for module in order:
        archive.file(f"modules/{module}.ko", (guest_files / "modules" / f"{module}.ko").read_bytes())
    archive.file("etc/passwd", b"root:x:0:0::/root:/bin/sh\nups:x:1000:1000::/tmp:/bin/sh\n"
                               b"other:x:1001:1001::/tmp:/bin/sh\n")
    archive.file("etc/group", b"root:x:0:\ndialout:x:20:ups\nups:x:1000:\nother:x:1001:\n")
    archive.program("bin/upslink_exporter", program)
    loading = "\n".join(f"insmod /modules/{module}.ko" for module in order)
    archive.file("init", INIT.format(modules=loading).encode(), executable=True)
    archive.file("bin/on_uevent", ON_UEVENT.encode(), executable=True)
    archive.write(path)
