# SPDX-License-Identifier: Apache-2.0
"""The Debian packages: what lintian says of them, what they install, the service in a Debian of its own
against the simulator of the other package, and what stays when they are upgraded, removed and purged.

    python3 packages_test.py --source . --cache build/packages [TestClass.test_name ...]
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import hardening
import tree

arguments = argparse.Namespace(source=None, cache=None)
PACKAGES = ("upslink-exporter", "ups-simulator")

# Path, mode and owner of what the service needs. A wrong mode would open it to others, or close it to the service.
FILES = """
/etc/default/upslink-exporter 644 root:root
/etc/upslink-exporter 755 root:root
/etc/upslink-exporter/config.yaml 644 root:root
/usr/bin/ups-simulator 755 root:root
/usr/bin/upslink_exporter 755 root:root
/usr/lib/systemd/system/upslink-exporter.service 644 root:root
/usr/lib/systemd/system/upslink-exporter.socket 644 root:root
/usr/lib/sysusers.d/upslink-exporter.conf 644 root:root
/usr/lib/udev/rules.d/60-upslink-exporter.rules 644 root:root
/usr/share/doc/upslink-exporter/copyright 644 root:root
/usr/share/doc/upslink-exporter/examples/snmpd/upslink.conf 644 root:root
/usr/share/man/man1/ups-simulator.1.gz 644 root:root
/usr/share/man/man1/upslink_exporter.1.gz 644 root:root
/usr/share/man/man5/upslink_exporter.yaml.5.gz 644 root:root
/usr/share/snmp/mibs/UPSLINK-MIB.txt 644 root:root
/usr/share/ups-simulator/profiles/su700.profile 644 root:root
"""

# The simulator, and the exporter as its own user with the configuration of the package, until a scrape shows the UPS.
AT_WORK = r"""
set -e
ups-simulator --profile su700 --tcp 127.0.0.1:4001 >/tmp/simulator.log 2>&1 &
echo 'ups: [{name: rack1, address: "tcp://127.0.0.1:4001"}]' >>/etc/upslink-exporter/config.yaml
touch /tmp/scrape
setpriv --reuid upslink --regid upslink --init-groups --no-new-privs \
  upslink_exporter --config.file /etc/upslink-exporter/config.yaml >/tmp/exporter.log 2>&1 &
for try in $(seq 600); do
  { exec 3<>/dev/tcp/127.0.0.1/12400 && printf 'GET /metrics HTTP/1.0\r\n\r\n' >&3 && cat <&3 >/tmp/scrape; } 2>/dev/null || true
  if grep -q '^upslink_up{ups="rack1"} 1' /tmp/scrape; then
    grep '^upslink_up\|^upslink_unit_info' /tmp/scrape
    exit 0
  fi
  sleep 0.1
done
cat /tmp/simulator.log /tmp/exporter.log
exit 1
"""

# Everything that carries a name of the packages, apart from what says that they have been here.
LEFT = r"""
find / -xdev \( -path /proc -o -path /sys -o -path /tmp -o -path /var/log -o -path /var/cache \) -prune \
  -o \( -iname '*upslink*' -o -name 'ups-simulator*' \) -print | sort
"""


def build_packages(folder):
    """Builds the release and makes its packages in `folder`, as whoever runs this."""
    os.environ.pop("DESTDIR", None)
    for command in (["cmake", "--preset", "release"],
                    ["cmake", "--build", "--preset", "release", "--target", "upslink_exporter", "ups-simulator"],
                    ["cpack", "--preset", "release", "-B", folder]):
        tree.run(command, cwd=arguments.source)
    found = {name: list(pathlib.Path(folder).glob(f"{name}_*.deb")) for name in PACKAGES}
    if any(len(packages) != 1 for packages in found.values()):
        raise tree.Failure(f"cpack made {found}")
    return [packages[0] for packages in found.values()]


class Packages(unittest.TestCase):
    """One folder with the packages, and for each class a tree in which they are installed."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="packages")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.packages = arguments.packages
        cls.tree = tree.Tree(cls.folder / "tree", tree.archive(arguments.cache, "minbase"))
        cls.addClassCleanup(cls.tree.remove)
        cls.before = cls.tree.run(LEFT)
        cls.tree.install(cls.packages)


class Lint(unittest.TestCase):
    def test_lintian_finds_no_error_and_no_warning(self):
        said = tree.run(["lintian", "--fail-on", "error,warning", "--allow-root", *arguments.packages])
        self.assertNotRegex(said, "(?m)^[EW]: ")

    def test_the_programs_are_hardened(self):
        with tempfile.TemporaryDirectory(prefix="hardened") as folder:
            for package in arguments.packages:
                tree.run(["dpkg-deb", "-x", package, folder])
            programs = sorted((pathlib.Path(folder) / "usr/bin").iterdir())
            self.assertEqual([p.name for p in programs], ["ups-simulator", "upslink_exporter"])
            for program in programs:
                self.assertEqual(hardening.weaknesses(program), [], program.name)

    def test_overrides_are_few_and_have_reasons(self):
        for package in arguments.packages:
            listing = tree.run(["dpkg-deb", "-c", package])
            path = re.search(r"\./usr/share/lintian/overrides/\S+", listing)[0]
            text = tree.run(["sh", "-c", f"dpkg-deb --fsys-tarfile {package} | tar -xO {path}"])
            lines = text.splitlines()
            tags = [line for line in lines if not line.startswith("#")]
            self.assertLessEqual(len(tags), 2)
            for tag in tags:
                self.assertTrue(lines[lines.index(tag) - 1].startswith("# "), f"without a reason: {tag}")


class Installed(Packages):
    def test_files_have_their_modes(self):
        wanted = FILES.split("\n")[1:-1]
        paths = " ".join(line.split()[0] for line in wanted)
        self.assertEqual(self.tree.run(f"stat -c '%n %a %U:%G' {paths}").splitlines(), wanted)

    def test_the_user_may_open_ports_and_nothing_else(self):
        self.assertEqual(set(self.tree.run("id -nG upslink").split()), {"upslink", "dialout", "agentx"})
        self.assertRegex(self.tree.run("getent passwd upslink"), r":/:.*/nologin$|:/nonexistent:.*/nologin$")
        self.assertRegex(self.tree.run("getent shadow upslink"), r"^upslink:[!*]+:")
        self.assertEqual(self.tree.run("find / -xdev -user upslink -not -path '/proc/*'"), "")

    def test_conffiles(self):
        said = self.tree.run("dpkg-query -W -f='${Conffiles}' upslink-exporter")
        self.assertEqual({line.split()[0] for line in said.splitlines() if line.strip()},
                         {"/etc/default/upslink-exporter", "/etc/upslink-exporter/config.yaml"})

    def test_the_program_is_the_one_that_was_built(self):
        version = self.tree.run("dpkg-query -W -f='${Version}' upslink-exporter")
        said = self.tree.run("upslink_exporter --version")
        self.assertEqual(re.match(r"[0-9.]+", version)[0], re.match(r"upslink_exporter ([0-9.]+)", said)[1])
        found = re.search(r"~git\d+\.([0-9a-f]{8})-1$", version)
        if found:
            self.assertIn(f"revision {found[1]}", said)

    def test_the_simulator_finds_its_profiles(self):
        there = len(list((pathlib.Path(arguments.source) / "tests/profiles").glob("*.profile")))
        self.assertEqual(len(self.tree.run("ups-simulator --list-profiles").splitlines()), there)

    def test_the_service_is_enabled_and_the_socket_is_not(self):
        wants = self.tree.run("cd /etc/systemd/system; find -name 'upslink*'").split()
        self.assertEqual(wants, ["./multi-user.target.wants/upslink-exporter.service"])

    def test_without_a_ups_it_says_what_to_do(self):
        status, said = self.tree.status("upslink_exporter --config.file /etc/upslink-exporter/config.yaml")
        self.assertEqual(status, 2, said)
        self.assertIn("no UPS is configured; name one", said)

    def test_systemd_takes_the_units_and_rates_the_service_below_2(self):
        unit = "/usr/lib/systemd/system/upslink-exporter.service"
        said = self.tree.run(f"systemd-analyze verify --man=no {unit} {unit.replace('.service', '.socket')} 2>&1")
        self.assertNotIn("upslink", said)
        self.tree.run(f"systemd-analyze security --offline=true --threshold=20 {unit}")
        bare = f"sed /^Private/d {unit} >/tmp/bare.service; systemd-analyze security --offline=true"
        status, said = self.tree.status(f"{bare} --threshold=14 /tmp/bare.service")
        self.assertNotEqual(status, 0, f"the rating does not look at the file: {said}")

    def test_udev_takes_the_rules(self):
        self.tree.run("apt-get -qq install --yes --no-install-recommends udev", network=True)
        look = "udevadm test -N never /sys/class/mem/null 2>&1 | grep upslink || true"
        said = self.tree.run(look)
        self.assertIn("Reading rules file: /usr/lib/udev/rules.d/60-upslink-exporter.rules", said)
        self.assertEqual([line for line in said.splitlines() if "Reading rules file" not in line], [])
        broken = "mkdir -p /etc/udev/rules.d; echo 'SYMLINK==\"a\", NONSENSE=\"1\"' >/etc/udev/rules.d/61-upslink-broken.rules;"
        self.assertIn("61-upslink-broken.rules:1", self.tree.run(broken + look))
        self.tree.run("rm /etc/udev/rules.d/61-upslink-broken.rules")


class AtWork(Packages):
    def test_it_reads_a_ups(self):
        said = self.tree.run(AT_WORK)
        self.assertIn('upslink_up{ups="rack1"} 1', said)


class Life(Packages):
    def test_upgrade_removal_and_purge(self):
        own = "echo '# mine' >>/etc/upslink-exporter/config.yaml"
        mine = "grep -c '# mine' /etc/upslink-exporter/config.yaml"
        self.tree.run(own)
        self.upgrade()
        self.assertEqual(self.tree.run(mine).strip(), "1")
        self.assertIn("99", self.tree.run("dpkg-query -W -f='${Version}' upslink-exporter"))
        self.assertEqual(self.tree.run("tail -n 1 /etc/default/upslink-exporter").strip(), "# new")

        self.tree.run("apt-get -qq remove --yes upslink-exporter ups-simulator")
        left = self.tree.run(LEFT)
        self.assertEqual(self.tree.run(mine).strip(), "1")
        self.assertIn("/etc/default/upslink-exporter", left)
        self.assertNotRegex(left, "(?m)^/usr/")

        self.tree.run("apt-get -qq purge --yes upslink-exporter ups-simulator")
        self.assertEqual(self.tree.run(LEFT), self.before)
        self.assertIn("upslink", self.tree.run("getent passwd upslink"))  # as Debian's packages keep theirs

    def upgrade(self):
        """To a package with a higher version and another /etc/default, which nobody has edited."""
        newer = self.folder / "newer"
        tree.run([*tree.ROOT, "dpkg-deb", "-R", self.packages[0], newer])
        tree.run([*tree.ROOT, "sh", "-ec",
                  f"sed -i 's/^Version: .*/Version: 99-1/' {newer}/DEBIAN/control;"
                  f"echo '# new' >>{newer}/etc/default/upslink-exporter;"
                  f"dpkg-deb -b {newer} {self.folder}/newer.deb"])
        self.tree.take(self.folder / "newer.deb")
        self.tree.run("dpkg -i /tmp/newer.deb </dev/null")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--source", required=True, help="the top folder of the source")
    parser.add_argument("--cache", required=True, help="where the archive of a minimal Debian is kept")
    _, rest = parser.parse_known_args(namespace=arguments)
    arguments.source = os.path.abspath(arguments.source)
    tree.check_root()
    with tempfile.TemporaryDirectory(prefix="packages") as folder:
        arguments.packages = build_packages(folder)
        unittest.main(argv=[sys.argv[0], *rest], verbosity=2, exit=True)


if __name__ == "__main__":
    main()
