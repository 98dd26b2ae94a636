# SPDX-License-Identifier: Apache-2.0
"""A virtual machine that boots a tree with systemd, on Debian's kernel, with a root shell on a serial port.

    machine = Booted(folder, the_tree, port="127.0.0.1:4001", adapter="127.0.0.1:4002")
    machine.sh("systemctl is-active upslink-exporter")
    machine.plug_in()            # an FTDI adapter, whose line leads to the address `adapter`

/dev/ttyS1 leads to the address `port`. QEMU interprets the code (`-accel tcg`), so that no KVM is needed; it has no
network, and is ended by its own id.
"""

import json
import pathlib
import socket
import subprocess
import time

import tree

ADAPTER_SERIAL = "UPSLINK7"
SHELL = """[Unit]
Description=A root shell for the test

[Service]
Type=idle
ExecStartPre=/bin/stty -F /dev/ttyS2 raw -echo
ExecStart=/bin/bash --norc --noprofile
StandardInput=tty
StandardOutput=tty
StandardError=tty
TTYPath=/dev/ttyS2
Environment=TERM=dumb PATH=/usr/sbin:/usr/bin:/sbin:/bin

[Install]
WantedBy=multi-user.target
"""


class Booted:
    def __init__(self, folder, the_tree, port, adapter):
        self.folder = pathlib.Path(folder)
        disk = self._disk(the_tree)
        boot = the_tree.folder / "boot"
        kernel, initrd = (next(boot.glob(name)) for name in ("vmlinuz-*", "initrd.img-*"))
        self.console = self.folder / "console.log"
        monitor, shell = self.folder / "monitor", self.folder / "shell"
        with open(self.folder / "qemu.log", "wb") as log:
            self.child = subprocess.Popen(self._command(kernel, initrd, disk, port, adapter, monitor, shell),
                                          stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        self.monitor_line = self._connect(monitor)
        self.monitor = self.monitor_line.makefile("rw")
        self.monitor.readline()  # the greeting
        self._ask("qmp_capabilities")
        self.shell = self._connect(shell)
        self.heard = b""

    def _command(self, kernel, initrd, disk, port, adapter, monitor, shell):
        return [
            "qemu-system-x86_64", "-accel", "tcg", "-smp", "2", "-m", "1024", "-nodefaults", "-display", "none",
            "-no-reboot", "-kernel", str(kernel), "-initrd", str(initrd), "-nic", "none",
            "-append", "root=/dev/vda rw console=ttyS0 panic=-1 mitigations=off",
            "-drive", f"file={disk},format=raw,if=virtio,cache=unsafe",
            "-chardev", f"file,id=console,path={self.console}", "-serial", "chardev:console",
            "-chardev", self._to(port, "ups"), "-serial", "chardev:ups",
            "-chardev", f"socket,id=shell,path={shell},server=on,wait=off", "-serial", "chardev:shell",
            "-chardev", self._to(adapter, "adapter"), "-device", "qemu-xhci,id=usb",
            "-qmp", f"unix:{monitor},server=on,wait=off"]

    @staticmethod
    def _to(address, name):
        host, port = address.rsplit(":", 1)
        return f"socket,id={name},host={host},port={port}"

    def _disk(self, the_tree):
        """An ext4 file system of the tree, with the shell in it."""
        unit = self.folder / "proof-shell.service"
        unit.write_text(SHELL)
        the_tree.take(unit)
        the_tree.run("mv /tmp/proof-shell.service /etc/systemd/system; systemctl enable proof-shell.service")
        disk = self.folder / "disk"
        tree.run([*tree.ROOT, "mke2fs", "-q", "-t", "ext4", "-d", the_tree.folder, disk, "2G"])
        if tree.ROOT:
            tree.run([*tree.ROOT, "chmod", "666", disk])
        return disk

    def _connect(self, path):
        end = time.monotonic() + 30
        while True:
            line = socket.socket(socket.AF_UNIX)
            try:
                line.connect(str(path))
                return line
            except OSError:
                line.close()
                if self.child.poll() is not None or time.monotonic() > end:
                    raise tree.Failure(f"qemu: {(self.folder / 'qemu.log').read_text()}") from None
                time.sleep(0.05)

    def _ask(self, command, **arguments):
        self.monitor.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self.monitor.flush()
        while True:
            answer = json.loads(self.monitor.readline())
            if "error" in answer:
                raise tree.Failure(f"{command}: {answer['error']['desc']}")
            if "return" in answer:
                return

    def plug_in(self):
        self._ask("device_add", driver="usb-serial", id="ftdi", bus="usb.0", chardev="adapter", serial=ADAPTER_SERIAL)

    def wait_for_shell(self, within):
        """Asks until the shell answers."""
        end = time.monotonic() + within
        while time.monotonic() < end:
            try:
                return self.sh("true", patience=5)
            except TimeoutError:
                if self.child.poll() is not None:
                    break
        raise tree.Failure("the machine did not boot:\n" + self.console.read_text(errors="replace")[-6000:])

    def sh(self, script, patience=300):
        """What a script says, as root; a Failure if its last command fails."""
        status, said = self.status(script, patience)
        if status != 0:
            raise tree.Failure(f"{script!r} ended with {status}: {said}\n{self.journal()}")
        return said

    def status(self, script, patience=300):
        """The exit status of a script, and what it said."""
        self.shell.settimeout(patience)
        mark = f"end-{time.monotonic_ns()}"
        begin = f"begin-{mark}".encode()
        self.shell.sendall(f"echo begin-{mark}; ( {script}\n) 2>&1 </dev/null; it=$?; echo; echo {mark} $it\n".encode())
        while True:
            at = self.heard.rfind(f"\n{mark} ".encode())
            if at >= 0 and b"\n" in self.heard[at + 1:]:
                break
            more = self.shell.recv(65536)
            if not more:
                raise tree.Failure("the machine is gone:\n" + self.console.read_text(errors="replace")[-6000:])
            self.heard += more.replace(b"\r", b"")
        said = self.heard[self.heard.rfind(begin) + len(begin):at].decode(errors="replace").strip()
        number = int(self.heard[at:].split()[1])
        self.heard = b""
        return number, said

    def until(self, script, patience=240):
        """Runs a script each second until it succeeds; what it said."""
        end = time.monotonic() + patience
        while True:
            status, said = self.status(script)
            if status == 0:
                return said
            if time.monotonic() > end:
                raise tree.Failure(f"not within {patience} s: {script!r}: {said}\n{self.journal()}")
            time.sleep(1)

    def journal(self):
        return self.status("journalctl -b -n 40 --no-pager -u 'upslink*'")[1]

    def stop(self):
        self.child.kill()
        self.child.wait()
        for line in (self.monitor, self.monitor_line, self.shell):
            line.close()
