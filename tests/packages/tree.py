# SPDX-License-Identifier: Apache-2.0
"""A Debian of its own, in a folder: unpacked from an archive that mmdebstrap makes once, and entered with
a process tree, mounts and a network of its own, so that nothing of the machine is touched.

    tree = Tree(folder, archive(cache, "minbase"))
    tree.run("apt-get update", network=True)
    tree.run("id upslink").stdout

Needs root, or sudo without a password. The mirror is that of the machine's own apt.
"""

import fcntl
import os
import pathlib
import shutil
import subprocess

ROOT = [] if os.geteuid() == 0 else ["sudo", "-n"]

# What becomes the first program of the new process tree: $0 is the folder, the rest is the command.
ENTER = """
ip link set lo up
mount -t proc proc "$0/proc"
mount -t sysfs -o ro sysfs "$0/sys"
mount -t tmpfs tmpfs "$0/run"
exec chroot "$0" "$@"
"""


class Failure(AssertionError):
    pass


def run(command, **more):
    """Runs it to its end and keeps what it says; a Failure if it fails."""
    done = subprocess.run([str(word) for word in command], text=True, errors="replace",
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **more)
    if done.returncode != 0:
        raise Failure(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout[-4000:]}")
    return done.stdout


def check_root():
    if ROOT and (shutil.which("sudo") is None or subprocess.run(["sudo", "-n", "true"], check=False).returncode):
        raise SystemExit("the packages are installed in a Debian of their own, which needs root: run this as root, "
                         "or let sudo work without a password")


def sources():
    """The machine's own sources of Debian packages, as lines of sources.list."""
    release = dict(line.split("=", 1) for line in pathlib.Path("/etc/os-release").read_text().splitlines() if "=" in line)
    codename = release.get("VERSION_CODENAME", "").strip('"')
    lines = run(["apt-get", "indextargets", "--format", "deb $(REPO_URI) $(RELEASE) $(COMPONENT)",
                 "Created-By: Packages"]).splitlines()
    mine = sorted({line for line in lines if line.split()[2].split("-")[0] == codename and line.endswith(" main")})
    if not mine:
        raise Failure("apt has no sources of Debian here; run apt-get update, or add some")
    return codename, "\n".join(mine) + "\n"


def archive(cache, name, include=()):
    """The archive of a minimal Debian; made if it is not in the folder `cache`."""
    path = pathlib.Path(cache) / f"{name}.tar"
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path.with_suffix(".lock"), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            codename, lines = sources()
            new = path.with_suffix(".new.tar")
            run([*ROOT, "mmdebstrap", "--quiet", "--mode=root", "--variant=minbase",
                 *(["--include=" + ",".join(include)] if include else []), codename, new, "-"], input=lines)
            run([*ROOT, "mv", new, path])
    return path


class Tree:
    def __init__(self, folder, source):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        run([*ROOT, "tar", "-x", "--numeric-owner", "-C", self.folder, "-f", source])

    def command(self, script, network=False):
        alone = [] if network else ["--net"]
        return [*ROOT, "unshare", "--mount", "--pid", "--fork", "--kill-child", *alone, "sh", "-ec", ENTER,
                str(self.folder), "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LC_ALL=C.UTF-8",
                "DEBIAN_FRONTEND=noninteractive", "bash", "-c", script]

    def run(self, script, network=False):
        """What a script says inside, as root; a Failure if its last command fails."""
        return run(self.command(script, network), stdin=subprocess.DEVNULL)

    def status(self, script):
        """The exit status of a script inside, and what it said."""
        done = subprocess.run(self.command(script), stdin=subprocess.DEVNULL, text=True, errors="replace",
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        return done.returncode, done.stdout

    def take(self, *files):
        """Copies files to /tmp inside."""
        run([*ROOT, "cp", *files, self.folder / "tmp"])

    def install(self, packages):
        """Installs package files, and what they depend on, with apt."""
        self.take(*packages)
        names = " ".join(f"/tmp/{pathlib.Path(package).name}" for package in packages)
        self.run(f"apt-get -qq update && apt-get -qq install --yes --no-install-recommends {names}", network=True)

    def remove(self):
        run([*ROOT, "rm", "-rf", "--one-file-system", self.folder])
