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


def lists(_):
    """As lists.cpp takes them: whether each text is the usual one, or its length and itself; then questions."""
    level = b"3.!$%+?=#|.QLF.ab"
    asked = bytes([0, 0, 0, 1, 0]) * 10
    return [b"\1\1" + asked, b"\0" + bytes([0, len(level)]) + level + b"\1" + asked]


def http(repository):
    """Two switches (http.cpp), then what a client sends."""
    sys.path.insert(0, str(repository.root / "tests/abuse"))
    import raw_requests
    tables = [table for table in vars(raw_requests).values() if isinstance(table, dict) and table]
    streams = [row[0] for table in tables for row in table.values()
               if isinstance(row, tuple) and isinstance(row[0], bytes) and len(row[0]) < 3000]
    get = b"GET /metrics HTTP/1.1\r\nHost: a\r\n"
    right = b"Authorization: Basic dXNlcjpyaWdodA==\r\n\r\n"
    slow = b"Authorization: Basic dzpyaWdodA==\r\n\r\n"
    late = b"POST /-/reload HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
    head = b"HEAD /metrics HTTP/1.1\r\nHost: a\r\n\r\n"
    some = [get + right, get + slow, get + b"\r\n" + late + head, late + get + right]
    return [b"\0\0" + stream for stream in streams] + [
        bytes(switches) + stream for stream in some for switches in ((0, 0), (1, 0), (1, 7), (6, 40))]


def negotiation(_):
    prometheus = b"application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
    return [prometheus + b"\ngzip, identity;q=0.5\nBasic dXNlcjpyaWdodA==", b"*/*\n*;q=0\nBasic Og==",
            b"text/html,application/xhtml+xml;q=0.9\nx-gzip;q=1.000\nbearer abc", b"\n\n"]


def snmp(_):
    return [bytes([switches]) + bytes(range(7, 250, step)) * 2 for switches in (0, 8, 15) for step in (1, 3)]


def recordings(repository):
    return [b"\n".join(transcript.split(b"\n")[:length] + [b"end complete\n"])
            for transcript in repository.transcripts for length in (12, 40, 200)]


def masking(_):
    """As masking.cpp takes them: what was heard first, then a time, a question, and what was heard."""
    told = bytes([0, 9, 1, 1, 1, 4, 1])
    return [told * 6, bytes([1]) + bytes(range(200)), told + bytes(range(0, 250, 3))]


FUZZERS = [codec, session, lists, faces, config, web_config, http, negotiation, snmp, recordings, masking]


def main():
    repository = Repository(pathlib.Path(sys.argv[1]))
    for fuzzer in FUZZERS:
        write(pathlib.Path(sys.argv[2]) / fuzzer.__name__, fuzzer(repository))


if __name__ == "__main__":
    main()
