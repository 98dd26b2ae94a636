# SPDX-License-Identifier: Apache-2.0
"""A container engine without a daemon and without a registry: buildah builds, podman runs, and the image
that the Dockerfile begins with is made here, of Debian's packages, under the name that it has elsewhere.

    enter_namespace()                  first of all: the script goes on as root in mounts of its own
    engine = Engine(folder)            images and layers are kept in the folder for the next time
    engine.build("exporter")
    with engine.running("exporter", "--env", "UPSLINK_UPS=a=/dev/ttyS0") as container: ...
"""

import contextlib
import json
import os
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BASE = "docker.io/library/debian:bookworm-slim"
# What the documentation says a container of the exporter can do without.
LOCKED = ["--read-only", "--read-only-tmpfs=false", "--cap-drop=ALL", "--security-opt=no-new-privileges"]
# Where there is no systemd, no cgroups to manage, and not the right to raise limits.
PLAIN = ["--network=host", "--cgroups=disabled", "--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024",
         "--health-interval=disable"]


def enter_namespace():
    """Starts this script again as root in a mount namespace: what is mounted ends with it."""
    if "UPSLINK_CONTAINERS_INSIDE" in os.environ:
        unified = "/sys/fs/cgroup/unified"  # beside cgroups of version 1 crun would not start
        if os.path.ismount(unified):
            subprocess.run(["umount", unified], check=True)
        return
    rise = [] if os.geteuid() == 0 else ["sudo", "--preserve-env=PATH"]
    ccache = subprocess.run(["ccache", "-k", "cache_dir"], capture_output=True, text=True, check=True).stdout.strip()
    os.makedirs(ccache, exist_ok=True)
    os.execvp("env", ["env", *rise, "unshare", "--mount", "env", f"UPSLINK_CONTAINERS_INSIDE={ccache}",
                      sys.executable, *sys.argv])


def run(*command, **options):
    """Its output; a CalledProcessError, after its words, when it fails."""
    done = subprocess.run(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace", check=False, **options)
    if done.returncode != 0:
        print(done.stdout[-6000:], file=sys.stderr)
        done.check_returncode()
    return done.stdout


class Container:
    def __init__(self, engine, name):
        self.engine, self.name = engine, name

    def exit_status(self, *command):
        """Of a command that runs in it."""
        return subprocess.run(self.engine.podman("exec", self.name, *command), capture_output=True,
                              check=False).returncode

    def healthy(self):
        """What its health check says now."""
        return subprocess.run(self.engine.podman("healthcheck", "run", self.name), capture_output=True,
                              check=False).returncode == 0

    def logs(self):
        return subprocess.run(self.engine.podman("logs", self.name), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False).stdout

    def stop(self):
        """Its exit status, and how many seconds it took."""
        began = time.monotonic()
        run(*self.engine.podman("stop", "--time", "10", self.name))
        took = time.monotonic() - began
        state = json.loads(self.engine.ask("inspect", self.name))[0]["State"]
        return state["ExitCode"], took


class Engine:
    def __init__(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.storage = ["--root", str(folder / "storage"), "--runroot", str(folder / "run"),
                        "--storage-driver", "overlay"]
        if subprocess.run(self.buildah("inspect", "--type", "image", BASE), capture_output=True,
                          check=False).returncode != 0:
            self.make_base()

    def buildah(self, *words):
        return ["buildah", *self.storage, *words]

    def podman(self, *words):
        return ["podman", *self.storage, "--cgroup-manager", "cgroupfs", "--events-backend", "file", *words]

    def ask(self, *words):
        return run(*self.podman(*words))

    def make_base(self):
        tree = self.folder / "debian.tar"
        tree.unlink(missing_ok=True)
        run(ROOT / "tests" / "debian_tree.sh", "--variant=minbase", "--format=tar", tree)
        container = run(*self.buildah("from", "scratch")).strip()
        run(*self.buildah("add", container, str(tree), "/"))
        run(*self.buildah("commit", "--rm", container, BASE))
        tree.unlink()

    def build(self, target):
        """The image of a stage of the Dockerfile. What was compiled before is taken from ccache."""
        run(*self.buildah("bud", "--layers", "--format=docker", "--pull-never", "--isolation=chroot",
                          "--volume", os.environ["UPSLINK_CONTAINERS_INSIDE"] + ":/ccache",
                          "--build-arg=CCACHE_DIR=/ccache", "--build-arg=REVISION=under_test",
                          f"--target={target}", f"--tag=localhost/{target}", str(ROOT)))

    def configuration(self, image):
        return json.loads(self.ask("image", "inspect", f"localhost/{image}"))[0]

    def start(self, image, *words, command=()):
        name = self.ask("run", "--detach", *PLAIN, *LOCKED, *words, f"localhost/{image}", *command)
        return Container(self, name.split()[-1])

    @contextlib.contextmanager
    def running(self, image, *words, command=()):
        container = self.start(image, *words, command=command)
        try:
            yield container
        except BaseException:
            print(f"--- {image} said:\n{container.logs()[-4000:]}", file=sys.stderr)
            raise
        finally:
            run(*self.podman("rm", "--force", "--time", "2", container.name))

    def once(self, image, *command, entrypoint=None):
        """Exit status and output of a container that ends by itself."""
        words = [] if entrypoint is None else ["--entrypoint", entrypoint]
        done = subprocess.run(self.podman("run", "--rm", *PLAIN, *LOCKED, *words, f"localhost/{image}", *command),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
        return done.returncode, done.stdout, done.stderr
