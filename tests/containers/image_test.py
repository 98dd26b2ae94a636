#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The Dockerfile is built, and its images run as the documentation says: without rights, without a place
to write, as an unprivileged user.

    image_test.py --folder DIR --simulator PROGRAM [TestClass.test_name ...]
"""

import argparse
import http.client
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import engine  # noqa: E402
import stand  # noqa: E402

DIALOUT = 20


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(port, path):
    """Status and text; (0, "") while nobody listens."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except OSError:
        return 0, ""
    finally:
        connection.close()


def published(port, pattern):
    return re.search(pattern, get(port, "/metrics")[1], re.MULTILINE)


class Image(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.engine = engine.Engine(options.folder)
        cls.engine.build("simulator")
        cls.engine.build("exporter")

    def exporter(self, ups, *words, listen=None):
        self.port = listen or free_port()
        return self.engine.running("exporter", "--env", f"UPSLINK_UPS={ups}", "--env",
                                   f"UPSLINK_WEB_LISTEN_ADDRESS=127.0.0.1:{self.port}", *words)

    def test_what_the_image_says_of_itself(self):
        image = self.engine.configuration("exporter")
        config = image["Config"]
        self.assertEqual(config["User"], f"65532:{DIALOUT}")
        self.assertEqual(config["Entrypoint"], ["/usr/bin/upslink_exporter"])
        self.assertEqual(list(config["ExposedPorts"]), ["12400/tcp"])
        self.assertEqual(config["StopSignal"], "SIGTERM")
        self.assertEqual(image["Healthcheck"]["Test"], ["CMD", "/usr/bin/upslink_exporter", "--healthcheck"])
        self.assertEqual(config["Labels"]["org.opencontainers.image.revision"], "under_test")

    def test_the_user_has_no_rights_and_no_place_to_write(self):
        status, out, err = self.engine.once("exporter", "-c", "id; for d in / /tmp /run /var /dev/shm /etc; do "
                                            "touch $d/x 2>/dev/null && echo wrote $d; done; "
                                            "grep -E '^(CapEff|CapBnd|NoNewPrivs)' /proc/self/status", entrypoint="/bin/sh")
        self.assertEqual(status, 0, err)
        self.assertIn(f"uid=65532(upslink) gid={DIALOUT}(dialout) groups={DIALOUT}(dialout)", out)
        self.assertEqual([line for line in out.splitlines() if line.startswith("wrote")], ["wrote /dev/shm"])
        self.assertEqual(re.findall(r"Cap\w+:\s+(\w+)", out), ["0" * 16] * 2)
        self.assertRegex(out, r"NoNewPrivs:\s+1")

    def test_neither_compiler_nor_source_is_in_it(self):
        status, out, err = self.engine.once("exporter", "-c", "ls /src /usr/bin/g++ /usr/bin/cmake /var/lib/apt/lists/*; "
                                            "ls /usr/bin/upslink_exporter", entrypoint="/bin/sh")
        self.assertEqual((status, out), (0, "/usr/bin/upslink_exporter\n"), err)

    def test_version_and_mistakes_reach_the_caller(self):
        status, out, _ = self.engine.once("exporter", "--version")
        self.assertEqual(status, 0)
        self.assertIn("revision under_test", out)
        status, _, err = self.engine.once("exporter", "--no.such-option")
        self.assertEqual(status, 2)
        self.assertIn("unknown option", err)

    def test_reads_a_ups_behind_tcp(self):
        tcp = free_port()
        with self.engine.running("simulator", command=("--profile", "su700", "--tcp", f"127.0.0.1:{tcp}")), \
                self.exporter(f"rack=tcp://127.0.0.1:{tcp}", "--env", "UPSLINK_SNMP_AGENTX_ADDRESS=off") as container:
            stand.until("the UPS is read", lambda: published(self.port, r'^upslink_up\{ups="rack"\} 1$'))
            stand.until("its model is known",
                        lambda: published(self.port, r'^upslink_info\{.*model="SMART-UPS 700".*\} 1$'))
            self.assertEqual(get(self.port, "/-/healthy")[0], 200)
            status, took = container.stop()
            self.assertEqual(status, 0, "SIGTERM is an orderly end")
            self.assertLess(took, 5)

    def test_health(self):
        with self.exporter("rack=/dev/ttyNone", "--env", "UPSLINK_SNMP_AGENTX_ADDRESS=off") as container:
            stand.until("it listens", lambda: get(self.port, "/-/healthy")[0] == 200)
            self.assertTrue(container.healthy())
            self.assertEqual(container.exit_status("/usr/bin/upslink_exporter", "--healthcheck"), 0)
            nobody = f"127.0.0.1:{free_port()}"
            self.assertEqual(container.exit_status("env", f"UPSLINK_WEB_LISTEN_ADDRESS={nobody}",
                                                   "/usr/bin/upslink_exporter", "--healthcheck"), 1)

    def test_reads_a_serial_port_by_the_right_of_the_group(self):
        with tempfile.TemporaryDirectory() as folder:
            link = pathlib.Path(folder) / "ups"
            with subprocess.Popen([options.simulator, "--profile", "su700", "--link", str(link)],
                                  stdout=subprocess.PIPE, text=True) as simulator:
                try:
                    self.assertIn("ready", simulator.stdout.readline())
                    port = os.readlink(link)
                    os.chown(port, 0, DIALOUT)
                    os.chmod(port, 0o660)  # as udev leaves /dev/ttyUSB0
                    with self.exporter("rack=/dev/ttyUSB0", "--env", "UPSLINK_SNMP_AGENTX_ADDRESS=off",
                                       "--volume", f"{port}:/dev/ttyUSB0"):
                        stand.until("the UPS is read", lambda: published(self.port, r'^upslink_up\{ups="rack"\} 1$'))
                    os.chown(port, 0, 0)
                    with self.exporter("rack=/dev/ttyUSB0", "--env", "UPSLINK_SNMP_AGENTX_ADDRESS=off",
                                       "--volume", f"{port}:/dev/ttyUSB0") as container:
                        stand.until("it says what is missing",
                                    lambda: "permission" in container.logs().lower())
                        self.assertFalse(published(self.port, r'^upslink_up\{ups="rack"\} 1$'))
                finally:
                    simulator.terminate()

    def test_serves_snmp_by_a_mounted_socket_and_a_mounted_configuration(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            snmp, tcp = free_port(), free_port()
            (folder / "snmpd.conf").write_text(
                f"agentaddress udp:127.0.0.1:{snmp}\nmaster agentx\nagentXSocket unix:{folder}/agentx/master\n"
                "agentXPerms 0660 0750 root dialout\nrocommunity public 127.0.0.1\n")
            (folder / "config.yaml").write_text(
                f'ups: [{{name: rack, address: "tcp://127.0.0.1:{tcp}"}}]\n'
                f'web: {{listen_addresses: ["127.0.0.1:{free_port()}"]}}\n')
            (folder / "agentx").mkdir()
            folder.chmod(0o755)
            environment = dict(os.environ, SNMP_PERSISTENT_DIR=name, SNMPCONFPATH=name, MIBS="")
            with subprocess.Popen(["/usr/sbin/snmpd", "-f", "-Lf", folder / "log", "-C", "-c", folder / "snmpd.conf",
                                   "-I", "-smux"], env=environment) as snmpd:
                try:
                    with self.engine.running("simulator", command=("--profile", "su700", "--tcp", f"127.0.0.1:{tcp}")), \
                            self.engine.running("exporter", "--volume", f"{folder}/agentx:/var/agentx:ro",
                                                "--volume", f"{folder}/config.yaml:/etc/upslink-exporter/config.yaml:ro",
                                                command=("--config.file", "/etc/upslink-exporter/config.yaml")):
                        stand.until("upsIdentModel is served", lambda: "SMART-UPS 700" in subprocess.run(
                            ["snmpget", "-v2c", "-cpublic", "-t0.5", "-r0", f"127.0.0.1:{snmp}", "1.3.6.1.2.1.33.1.1.2.0"],
                            env=environment, capture_output=True, text=True, check=False).stdout)
                finally:
                    snmpd.terminate()


if __name__ == "__main__":
    engine.enter_namespace()
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", required=True, type=pathlib.Path, help="where images are kept")
    parser.add_argument("--simulator", required=True, help="the program ups-simulator")
    options, rest = parser.parse_known_args()
    options.folder = options.folder.resolve()
    options.simulator = os.path.abspath(options.simulator)
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
