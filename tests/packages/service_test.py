# SPDX-License-Identifier: Apache-2.0
"""The service of the package under a real systemd: a Debian that was booted, with snmpd, a serial port and a USB
adapter that is plugged in later, each with a simulated UPS at its other end.

    python3 service_test.py --source . --cache build/packages

The steps build on each other and are one test, for a machine takes a while to boot without KVM.
"""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import booted
import packages_test
import tree

arguments = packages_test.arguments
INSIDE = ("systemd-sysv", "udev", "dbus", "linux-image-amd64", "initramfs-tools", "zstd", "kmod", "iproute2", "snmpd", "snmp",
          "curl")

CONFIGURATION = f"""
ups:
  - {{name: rack1, address: /dev/ttyS1}}
  - {{name: rack2, address: /dev/upslink/{booted.ADAPTER_SERIAL}}}
"""
DROP_IN = """[Service]
WatchdogSec=20
"""
SCRAPE = "curl -fsS --max-time 20 http://localhost:12400/metrics"


def prepared(folder, packages):
    """A tree with both packages, a configuration, and snmpd opened as its README says."""
    inside = tree.Tree(folder / "tree", tree.archive(arguments.cache, "boot", INSIDE))
    inside.install(packages)
    (folder / "upses").write_text(CONFIGURATION)
    (folder / "watchdog.conf").write_text(DROP_IN)
    inside.take(folder / "upses", folder / "watchdog.conf")
    inside.run("""set -e
cat /tmp/upses >>/etc/upslink-exporter/config.yaml
mkdir -p /etc/systemd/system/upslink-exporter.service.d
mv /tmp/watchdog.conf /etc/systemd/system/upslink-exporter.service.d/
install -d -m 755 /var/agentx
install -m 644 /usr/share/doc/upslink-exporter/examples/snmpd/upslink.conf /etc/snmp/snmpd.conf.d/
echo proof >/etc/hostname; echo '127.0.0.1 localhost' >/etc/hosts; : >/etc/fstab
mv /tmp/upslink-exporter_*.deb /opt/upslink-exporter.deb; rm /tmp/*.deb
passwd -qd root""")
    return inside


class Service(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="service")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        inside = prepared(self.folder, arguments.packages)
        self.addCleanup(inside.remove)
        addresses = self.simulators()
        self.machine = booted.Booted(self.folder, inside, *addresses)
        self.addCleanup(self.machine.stop)

    def simulators(self):
        program = os.path.join(arguments.source, "build/release/tests/simulator/ups-simulator")
        child = subprocess.Popen([program, "--profile", "su700", "--tcp", "127.0.0.1:0", "--count", "2"],
                                 stdout=subprocess.PIPE, text=True)
        self.addCleanup(child.wait)
        self.addCleanup(child.terminate)
        self.addCleanup(child.stdout.close)
        return re.search(r"tcp=(\S+)", child.stdout.readline())[1].split(",")

    def shown(self, name):
        return self.machine.sh(f"systemctl show -P {name} upslink-exporter")

    def up(self, ups):
        self.machine.until(f"{SCRAPE} | grep -q '^upslink_up{{ups=\"{ups}\"}} 1'")

    def test_service(self):
        machine = self.machine
        machine.wait_for_shell(900)

        machine.until("systemctl is-active upslink-exporter")
        self.assertEqual(self.shown("Type"), "notify")
        self.assertEqual(machine.sh("ps -o user= -p $(systemctl show -P MainPID upslink-exporter)"), "upslink")
        self.assertEqual(machine.sh("systemctl --failed --plain --no-legend | grep upslink || true"), "")
        machine.sh("systemd-analyze security --threshold=20 upslink-exporter.service")

        machine.sh(f"{SCRAPE} | grep '^process_start_time_seconds '")  # it sees /proc beside the processes: locks, too
        self.up("rack1")  # a port of the machine, which has no other way in than DeviceAllow= and the group dialout

        machine.plug_in()  # after the service has started
        machine.until(f"test -c /dev/upslink/{booted.ADAPTER_SERIAL}")
        self.up("rack2")
        machine.sh("udevadm info --query=property /sys/bus/usb-serial/devices/ttyUSB0/../.. | grep ID_MM_DEVICE_IGNORE=1")

        walk = "snmpwalk -v 2c -c public localhost 1.3.6.1.4.1.8072.9999.9999.2400"
        machine.until(f"test $({walk} | grep -c SMART-UPS) = 2")

        self.no_way_out()
        self.reload()
        self.watchdog()
        self.socket()
        self.bad_configuration()
        self.package_scripts()

    def no_way_out(self):
        """What the service may not do, tried in its own sandbox by a shell in the exporter's place."""
        self.machine.sh(r"""set -e
mkdir -p /run/systemd/system
sed -e 's,^ExecStart=.*,ExecStart=/bin/bash /usr/local/bin/tries,' -e 's,^Type=.*,Type=oneshot,' \
  -e '/^Restart/d' -e '/^Watchdog/d' /usr/lib/systemd/system/upslink-exporter.service >/run/systemd/system/tries.service
cat >/usr/local/bin/tries <<'END'
tried() { "$@" 2>/dev/null && echo "went: $*"; }
exec 2>&1
tried bash -c ': </dev/ttyS0'
tried bash -c ': </dev/tty1'
tried bash -c ': </dev/vda'
tried touch /var/lib/x
tried touch /etc/upslink-exporter/x
tried ls /root
tried ls /proc/1
tried unshare --user true
tried dmesg
echo tried all
END
systemctl daemon-reload
systemctl start tries""")
        said = self.machine.sh("journalctl -b -o cat --no-pager -u tries")
        went = [line for line in said.splitlines() if line.startswith("went:")]
        self.assertIn("tried all", said)
        self.assertEqual(went, ["went: bash -c : </dev/ttyS0"])  # one of its kind: up to the group

    def reload(self):
        before = self.shown("MainPID")
        self.machine.sh("systemctl reload upslink-exporter")
        self.machine.until("systemctl is-active upslink-exporter")
        self.assertEqual(self.shown("MainPID"), before)
        self.up("rack1")

    def watchdog(self):
        """A program that hangs is ended and started again."""
        before = self.shown("MainPID")
        self.machine.sh("kill -STOP $(systemctl show -P MainPID upslink-exporter)")
        self.machine.until("test $(systemctl show -P NRestarts upslink-exporter) -ge 1", 240)
        self.machine.until("systemctl is-active upslink-exporter")
        self.assertNotEqual(self.shown("MainPID"), before)
        self.assertIn("Watchdog timeout", self.machine.sh("journalctl -b -o cat --no-pager -u upslink-exporter"))
        self.up("rack1")

    def socket(self):
        """systemd has the port; README.md of deploy/systemd says these steps."""
        self.machine.sh("""set -e
echo 'ARGS="--web.systemd-socket"' >>/etc/default/upslink-exporter
systemctl stop upslink-exporter
systemctl start upslink-exporter.socket upslink-exporter""")
        self.assertIn('"systemd"', self.machine.sh("ss -Hltnp 'sport = 12400' || true"))
        self.up("rack1")
        self.machine.sh("""set -e
sed -i '$d' /etc/default/upslink-exporter
systemctl stop upslink-exporter.socket upslink-exporter
systemctl start upslink-exporter""")

    def bad_configuration(self):
        """It fails with a sentence, and is not started again and again."""
        self.machine.sh("echo 'nonsense: 1' >>/etc/upslink-exporter/config.yaml")
        status, _ = self.machine.status("systemctl restart upslink-exporter")
        self.assertNotEqual(status, 0)
        self.machine.sh("sleep 5")  # more than RestartSec=
        self.assertEqual(self.shown("ActiveState"), "failed")
        self.assertEqual((self.shown("ExecMainStatus"), self.shown("Result")), ("2", "exit-code"))
        self.assertIn('unknown key "nonsense"', self.machine.sh("journalctl -b -o cat -n 20 --no-pager -u upslink-exporter"))

    def package_scripts(self):
        """An installation succeeds whether or not the service can be started, and says so; removal stops it."""
        install = "dpkg -i /opt/upslink-exporter.deb"
        self.assertIn("is not running; journalctl -u upslink-exporter says why", self.machine.sh(install))
        self.machine.sh("sed -i '$d' /etc/upslink-exporter/config.yaml")
        self.assertNotIn("not running", self.machine.sh(install))
        self.assertEqual(self.shown("ActiveState"), "active")

        self.machine.sh("dpkg -r upslink-exporter")
        self.assertNotEqual(self.machine.status("pgrep upslink_exporter")[0], 0)
        self.machine.sh("dpkg -P upslink-exporter")
        self.assertIn("name a UPS in /etc/upslink-exporter/config.yaml", self.machine.sh(install))
        self.assertEqual((self.shown("ActiveState"), self.shown("ExecMainStatus")), ("failed", "2"))


if __name__ == "__main__":
    packages_test.main()
