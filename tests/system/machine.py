# SPDX-License-Identifier: Apache-2.0
"""A virtual machine with Debian's kernel, whose serial ports lead to sockets out here.

    machine = stand.started(Machine(folder, kernel, initramfs, ups_port=..., adapter_port=...))
    machine.shell("ls /dev")            # as root; its output
    machine.plug_in(); machine.unplug()  # the FTDI adapter
    machine.forwarded                   # the port out here that leads to the guest's port 12400

QEMU interprets the guest's code (`-accel tcg`), so that no KVM is needed. It ends with this process, however
that ends.
"""

import datetime
import json
import re
import socket
import time

import stand

ADAPTER_SERIAL = "UPSLINK7"


def seconds(timestamp):
    """A time of the exporter's log, such as 2026-11-21T08:32:20.406Z, as seconds since the epoch."""
    return datetime.datetime.fromisoformat(timestamp.replace("Z", "+00:00")).timestamp()


class Machine(stand.Program):
    def __init__(self, folder, kernel, initramfs, ups_address, adapter_address):
        self.monitor_path = folder / "monitor"
        self.console_path = folder / "console.log"
        ups_host, ups_port = ups_address.removeprefix("tcp://").rsplit(":", 1)
        adapter_host, adapter_port = adapter_address.removeprefix("tcp://").rsplit(":", 1)
        super().__init__(folder, "machine", [
            "setpriv", "--pdeathsig", "TERM", "qemu-system-x86_64", "-accel", "tcg", "-smp", "1", "-m", "512", "-nodefaults",
            "-display", "none", "-no-reboot", "-kernel", kernel, "-initrd", initramfs,
            "-append", "console=ttyS0 loglevel=5 panic=-1 mitigations=off",
            "-nic", "user,model=e1000,restrict=on,hostfwd=tcp:127.0.0.1:0-:12400,hostfwd=tcp:127.0.0.1:0-:9000",
            "-chardev", f"file,id=console,path={self.console_path}", "-serial", "chardev:console",
            "-chardev", f"socket,id=ups,host={ups_host},port={ups_port}", "-serial", "chardev:ups",
            "-chardev", f"socket,id=adapter,host={adapter_host},port={adapter_port}",
            "-device", "qemu-xhci,id=usb",
            "-qmp", f"unix:{self.monitor_path},server=on,wait=off",
            "-trace", "usb_serial_*"])
        stand.until("the machine has a monitor", self._monitor_is_there)
        self.monitor = socket.socket(socket.AF_UNIX)
        self.monitor.settimeout(stand.PATIENCE)
        self.monitor.connect(str(self.monitor_path))
        self.monitor_lines = self.monitor.makefile("rw")
        self.monitor_lines.readline()  # the greeting
        self.events = []
        self.plugged_in = False
        self.ask("qmp_capabilities")
        ports = dict(re.findall(r"HOST_FORWARD\s.*?(\d+)\s+10\.0\.2\.15\s+(\d+)",
                                re.sub(r"TCP\[HOST_FORWARD\]", "HOST_FORWARD", self.human("info usernet"))))
        self.forwarded, self.shell_port = (
            next(int(out) for out, inside in ports.items() if inside == wanted) for wanted in ("12400", "9000"))

    def _monitor_is_there(self):
        if not self.running():
            raise stand.Failure(f"qemu ended with {self.child.returncode}: {self.log()}")
        return self.monitor_path.exists()

    def console(self):
        return self.console_path.read_text(errors="replace")

    def log(self):
        """What a failure shows: QEMU's own words and the guest's console, not the trace."""
        own = [line for line in super().log().splitlines() if not line.startswith("usb_serial_")]
        console = self.console() if self.console_path.exists() else ""
        return "\n".join(own[-20:]) + "\n--- console of the guest\n" + console[-5000:]

    def told_adapter(self):
        """What the driver has told the adapter since the machine runs: (request, value) of each message."""
        told = re.findall(r"usb_serial_handle_control .*control 0x([0-9a-f]+), value 0x([0-9a-f]+)", super().log())
        return [(int(request, 16), int(value, 16)) for request, value in told]

    # --- the monitor

    def ask(self, command, **arguments):
        self.monitor_lines.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self.monitor_lines.flush()
        while True:
            answer = self._read_monitor()
            if "event" in answer:
                self.events.append(answer)
                continue
            if "error" in answer:
                raise stand.Failure(f"{command}: {answer['error']['desc']}")
            return answer["return"]

    def _read_monitor(self):
        try:
            return json.loads(self.monitor_lines.readline())
        except (ConnectionError, ValueError):
            raise stand.Failure(f"qemu ended with {self.child.wait(stand.PATIENCE)}") from None

    def human(self, command):
        return self.ask("human-monitor-command", **{"command-line": command})

    def plug_in(self):
        self.ask("device_add", driver="usb-serial", id="ftdi", bus="usb.0", chardev="adapter",
                 serial=ADAPTER_SERIAL, **{"always-plugged": True})
        self.plugged_in = True

    def unplug(self):
        self.ask("device_del", id="ftdi")
        while not any(event["event"] == "DEVICE_DELETED" for event in self.events):
            self.events.append(self._read_monitor())
        self.events.clear()
        self.plugged_in = False

    def send_break(self, chardev):
        self.ask("chardev-send-break", id=chardev)

    # --- the guest

    def shell(self, script, patience=None):
        """Runs a script in the guest, as root; a Failure if its last command fails."""
        end = "exit status of the script:"
        with socket.create_connection(("127.0.0.1", self.shell_port), timeout=patience or stand.PATIENCE) as line:
            line.sendall(f"exec 2>&1\n{script}\necho '{end}' $?\nexit\n".encode())
            said = b""
            while end.encode() not in said:
                more = line.recv(65536)
                if not more:
                    raise stand.Failure(f"the guest said nothing more to {script!r} after {said!r}")
                said += more
            while not said.endswith(b"\n"):
                said += line.recv(100)
        text, status = said.decode(errors="replace").rsplit(end, 1)
        if status.strip() != "0":
            raise stand.Failure(f"{script!r} failed with {status.strip()}: {text}")
        return text

    def wait_for_guest(self, within):
        def ready():
            if not self.running():
                raise stand.Failure(f"qemu ended with {self.child.returncode}")
            return "guest ready" in self.console()

        began = time.monotonic()
        try:
            stand.until("the guest is up", ready, within)
            stand.until("the guest listens", self._answers, within)
        except stand.Failure as failure:
            raise stand.Failure(f"{failure}\n{self.log()}") from None
        return time.monotonic() - began

    def _answers(self):
        try:
            return self.shell("true", patience=2) == ""
        except (OSError, stand.Failure):
            return False

    def stop(self, number=15, within=None):
        self.monitor.close()
        return super().stop(number, within)
