# SPDX-License-Identifier: Apache-2.0
"""What a measurement needs: Debian's packages, the programs of the release build, NUT and apcupsd. What is
missing is fetched or built; nothing is done where all is there."""

import os
import pathlib
import subprocess
import sys

from rig import ROOT, Failure, clients_test

BUILD = ROOT / "build" / "release"
PLACES = {
    "exporter": "exporter/app/upslink_exporter",
    "simulator": "tests/simulator/ups-simulator",
    "snmp_client": "tests/bench/snmp-client",
    "fault_schedules": "tests/faults/fault-schedules",
}


def packages(*groups):
    """Those of tests/packages.sh."""
    named = " ".join(f'"${{{group}[@]}}"' for group in groups)
    script = f"source tests/packages.sh && install_packages {named}"
    if subprocess.run(["bash", "-c", script], cwd=ROOT, stdout=sys.stderr, check=False).returncode:
        raise Failure("Debian's packages cannot be installed; what apt-get printed above says why")


def programs(options, names):
    """{name: path}: where the option of the name says, or of the release build."""
    found = {name: pathlib.Path(getattr(options, name, None) or BUILD / PLACES[name]) for name in names}
    missing = [name for name, path in found.items() if not os.access(path, os.X_OK)]
    for name in missing:
        if getattr(options, name, None):
            raise Failure(f"{found[name]} cannot be executed")
    if missing:
        packages("build_packages")
        print("building the release preset", file=sys.stderr)
        targets = [pathlib.Path(PLACES[name]).name for name in names]
        for command in (["cmake", "--preset", "release"], ["cmake", "--build", "--preset", "release", "--target", *targets]):
            if subprocess.run(command, cwd=ROOT, stdout=sys.stderr, check=False).returncode:
                raise Failure(f"{' '.join(command)} failed; build it by hand, or give --exporter and --simulator")
    return {name: path.resolve() for name, path in found.items()}


def clients():
    """NUT and apcupsd, unpacked into build/clients if they are nowhere."""
    try:
        clients_test.find_program("sbin/apcupsd", "usr/sbin/apcupsd")
        clients_test.find_program("lib/nut/apcsmart")
    except clients_test.Failure:
        unpack = ROOT / "tests" / "simulator" / "unpack_clients.sh"
        if subprocess.run([unpack], stdout=sys.stderr, check=False).returncode:
            raise Failure(f"NUT and apcupsd cannot be unpacked; run {unpack}, which says why") from None
