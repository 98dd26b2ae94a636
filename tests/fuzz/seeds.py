#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the seeds of the fuzzers from what the repository has anyway: what units answered, recordings,
the examples of the documentation, bad requests. `seeds.py REPOSITORY FOLDER` fills FOLDER/NAME/."""

import hashlib
import pathlib
import re
import shutil
import sys


def write(folder, seeds):
    """One file for each different seed, called by its content so that the folder is always the same."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for seed in seeds:
        (folder / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)


def unescaped(text):
    return re.sub(rb"\\(x..|.)", lambda found: {b"r": b"\r", b"n": b"\n", b"t": b"\t"}.get(found[1])
                  or (bytes.fromhex(found[1][1:].decode()) if found[1][:1] == b"x" else found[1]), text)


def byte_of(name):
    """The byte of a command as profiles write it: Q, ^A, 0x7f."""
    if name.startswith(b"0x"):
        return bytes.fromhex(name[2:].decode())
    if len(name) == 2 and name.startswith(b"^"):
        return bytes([name[1] - 0x40])
    return name if len(name) == 1 else b""


def answers_of(profile):
    """What one profile answers: pairs of a command and a text."""
    said = re.findall(rb'^(\S+) = text "((?:[^"\\]|\\.)*)"', profile, re.M)
    said += re.findall(rb"^(\S) = setting (\S+)", profile, re.M)
    return [(byte_of(name), unescaped(text)) for name, text in said if byte_of(name)]


def answers_heard(transcript):
    said = re.findall(rb'ask +(\S+) .*?"(.*)\\r\\n"', transcript)
    return [(byte_of(name), unescaped(text)) for name, text in said if byte_of(name)]


def blocks_of(document, language):
    return re.findall(rb"^```" + language + rb"\n(.*?)^```", document, re.M | re.S)


class Repository:
    def __init__(self, root):
        self.root = root
        self.profiles = [path.read_bytes() for path in sorted(root.glob("tests/profiles/*.profile"))]
        self.transcripts = [path.read_bytes() for path in sorted(root.glob("tests/recordings/*.transcript"))]
        self.units = [answers_of(profile) for profile in self.profiles]
        self.units += [answers_heard(transcript) for transcript in self.transcripts]

    def yaml(self, document):
        return blocks_of((self.root / document).read_bytes(), b"yaml")


def codec(repository):
    return [text for unit in repository.units for _, text in unit] + [b"NA", b">>>>:", b"NO,NO", b"21.08,"]


def session(_):
    """Step after step as session.cpp takes them: 0 is a handshake, 4 and a number a question, 1 listens."""
    everything = b"".join(b"\4" + bytes([number, 0]) for number in range(70))
    late = b"".join(b"\0\0" + b"\4" + bytes([number, 1, 50]) for number in range(20))
    return [b"\1\1\0" + everything, b"\1\1" + late, b"\0\1" + everything, b"\0\1" + late, b"\1\0" + bytes(range(60))]


def faces(repository):
    """A line for each reply, which begins with its command."""
    return [b"\n".join(command + text for command, text in unit) + b"\n!\n#" for unit in repository.units]


def config(repository):
    blocks = repository.yaml("docs/configuration.md") + repository.yaml("README.md")
    return blocks + [(repository.root / "deploy/debian/config.yaml").read_bytes(), b"ups: []\n", b"log: &a {level: warn}\n"]


def web_config(repository):
    return repository.yaml("docs/web-configuration.md") + repository.yaml("README.md") + [
        b"basic_auth_users: {a: $2y$10$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG}\n",
        b"rate_limit: {interval: 10ms, burst: 5}\nhttp_server_config: {headers: {X-Frame-Options: deny}}\n",
        b"tls_server_config:\n  cert: |\n    -----BEGIN CERTIFICATE-----\n    AA==\n    -----END CERTIFICATE-----\n"
        b"  key: |\n    -----BEGIN PRIVATE KEY-----\n    AA==\n    -----END PRIVATE KEY-----\n",
    ]


FUZZERS = [codec, session, faces, config, web_config]


def main():
    repository = Repository(pathlib.Path(sys.argv[1]))
    for fuzzer in FUZZERS:
        write(pathlib.Path(sys.argv[2]) / fuzzer.__name__, fuzzer(repository))


if __name__ == "__main__":
    main()
