#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A configuration with a secret is never printed with it: hashes and keys at right and wrong places of wrong
files, at the start, in --config.check, at a reload by signal and by request; and passwords of requests."""

import pathlib
import re
import signal
import unittest

from certificates import Certificates
from scene import HASH, PASSWORD, USER, Door, basic, ends_well, stand

WINDOW = 8  # so many characters of a secret in a row are too many
GOOD = f"basic_auth_users:\n  {USER}: {HASH}\n"


def in_block(text, indent):
    return "|\n" + "".join(" " * indent + line + "\n" for line in text.strip().splitlines())


def wrong_files(key, certificate, folder):
    """Files of web configuration that have something wrong, and a secret."""
    h = HASH
    tls = f"tls_server_config:\n  cert_file: {folder}/server.pem\n  key_file: {folder}/server.key\n"
    users = "basic_auth_users:\n"
    block = in_block(key, 4)
    other = in_block(key.replace(key.splitlines()[1], key.splitlines()[1][::-1]), 4)
    return {
        # Hashes that are none, or not of this kind.
        "a short hash": users + f"  a: {h[:-1]}\n",
        "a long hash": users + f"  a: {h}x\n",
        "an unknown kind": users + f"  a: {h.replace('$2b$', '$2q$')}\n",
        "a cost too high": users + f"  a: {h.replace('$10$', '$31$')}\n",
        "no cost": users + f"  a: {h.replace('$10$', '$')}\n",
        "no dollars": users + f"  a: {h[7:]}\n",
        "a list": users + f"  a: [{h}]\n",
        "a map": users + f"  a: {{{h}: 1}}\n",
        "a blank in it": users + f"  a: {h[:30]} {h[30:]}\n",
        "a colon before a user": users + f"  a:b: {h}\n",
        # Names.
        "twice": users + f"  a: {h}\n  a: {h}\n",
        "as a name": users + f"  {h}: a\n",
        "no name": users + f"  '': {h}\n",
        "a list of users": users + f"  - {h}\n",
        "users as a hash": f"basic_auth_users: {h}\n",
        "users as a user": f"basic_auth_users: '{USER}:{h}'\n",
        # Keys that are unknown.
        "below an unknown key": f"basic_auth_user:\n  a: {h}\n",
        "beside an unknown key": users + f"  a: {h}\nunknown: 1\n",
        "as an unknown key": f"{h}: 1\n",
        "as an unknown key's value": f"password: {h}\n",
        "as an unknown key of TLS": f"{tls}  {h}: 1\n",
        "as a header's name": f"http_server_config: {{headers: {{'{h}': x}}}}\n",
        # Not YAML.
        "an open quote": users + f"  a: \"{h}\n",
        "an open bracket": users + f"  a: [{h}\n",
        "an open brace": users + f"  a: {{{h}\n",
        "two colons": users + f"  a: {h}: b\n",
        "a tab": users + f"\ta: {h}\n",
        "bad indentation": users + f"    a: {h}\n  b: {h}\n c: {h}\n",
        "an alias": users + f"  a: *{h}\n",
        "an alias of nothing": users + f"  a: *{h[7:20]}\n",
        "an anchor alone": f"&{h[7:]} *{h[7:]}\n",
        "a tag": users + f"  a: !{h[7:]} {h}x\n",
        "a directive": f"%YAML {h}\n---\n{users}  a: {h}\n",
        "an escape": users + f"  a: \"\\q{h}\"\n",
        "no document": f"{h}\n",
        "two documents": f"--- {h}\n--- {h}\n",
        "NUL": users + f"  a: {h}\0{h}\n",
        "no UTF-8": users + f"  a: {h}\udcff\n",
        # A hash where something else belongs.
        **{f"as {name}": f"{tls}  {name}: {h}\n" for name in (
            "client_auth_type", "client_ca_file", "client_ca", "client_allowed_sans", "min_version", "max_version",
            "cipher_suites", "prefer_server_cipher_suites", "curve_preferences")},
        **{f"in {name}": f"{tls}  {name}: [{h}]\n" for name in ("cipher_suites", "curve_preferences", "min_version")},
        "as cert_file": f"tls_server_config: {{cert_file: '{h}', key_file: '{folder}/server.key'}}\n",
        "as key_file": f"tls_server_config: {{cert_file: '{folder}/server.pem', key_file: '{h}'}}\n",
        "as cert": f"tls_server_config: {{cert: '{h}', key_file: '{folder}/server.key'}}\n",
        "as key": f"tls_server_config: {{cert_file: '{folder}/server.pem', key: '{h}'}}\n",
        "as tls_server_config": f"tls_server_config: {h}\n",
        "as rate_limit": f"rate_limit: {h}\n",
        "as an interval": f"rate_limit: {{interval: {h}, burst: 1}}\n",
        "as a burst": f"rate_limit: {{interval: 1s, burst: {h}}}\n",
        "as http2": f"http_server_config: {{http2: {h}}}\n",
        "as headers": f"http_server_config: {{headers: {h}}}\n",
        "as a frame option": f"http_server_config: {{headers: {{X-Frame-Options: '{h}'}}}}\n",
        "as content type options": f"http_server_config: {{headers: {{X-Content-Type-Options: '{h}'}}}}\n",
        # Keys.
        "a key without a certificate": f"tls_server_config:\n  key: {block}",
        "a key as a certificate": f"tls_server_config:\n  cert: {block}  key: {block}",
        "a key as an authority": f"{tls}  client_auth_type: RequireAndVerifyClientCert\n  client_ca: {block}",
        "a key as a file": f"tls_server_config:\n  cert_file: {folder}/server.pem\n  key_file: {block}",
        "a key as a certificate's file": f"tls_server_config:\n  cert_file: {block}  key_file: {folder}/server.key\n",
        "a damaged key": f"tls_server_config:\n  cert_file: {folder}/server.pem\n  key: {other}",
        "a key as an unknown key": f"tls_server_config:\n  cert_file: {folder}/server.pem\n  keys: {block}",
        "a key and its file": f"{tls}  key: {block}",
        "a key not indented": f"tls_server_config:\n  cert_file: {folder}/server.pem\n  key: |\n{key}",
        "a key in quotes": f"tls_server_config:\n  cert_file: {folder}/server.pem\n  key: \"{key}\n",
        "another's key": f"tls_server_config:\n  cert: {in_block(certificate, 4)}  key: {block}",
        "a key as a user": users + f"  a: {block}",
        "a key as the file": key,
    }


def wrong_main_files():
    """The same in the other file, to which the secrets do not belong."""
    return {
        "users": f"basic_auth_users:\n  a: {HASH}\n",
        "users of web": f"web:\n  basic_auth_users: {{a: '{HASH}'}}\n",
        "a hash as web": f"web: {HASH}\n",
        "a hash as a key of web": f"web:\n  {HASH}: a\n",
        "an open quote": f"web: \"{HASH}\n",
    }


class Scene:
    """An exporter with two files, at debug level, and everything that can be heard of it."""

    def __init__(self, test):
        self.test = test
        self.stand = test.enterContext(stand.Stand())
        self.certificates = Certificates(self.stand.folder)
        self.secrets = {HASH[7:], self.certificates.key("server").read_text().split("-----")[2].replace("\n", ""),
                        self.certificates.key("client").read_text().split("-----")[2].replace("\n", "")}
        self.link = self.stand.simulator("--smart").links[0]
        self.main, self.web = self.stand.folder / "config.yaml", self.stand.folder / "web.yml"
        self.main_text = f"ups: [{{name: rack, address: {self.link}}}]\n"
        self.main.write_text(self.main_text)
        self.write(self.web, GOOD)
        self.flags = ("--config.file", self.main, "--web.config.file", self.web, "--log.level", "debug")

    def start(self):
        self.exporter = self.stand.exporter({}, *self.flags)
        self.test.addCleanup(ends_well, self.test, self.exporter)
        self.door = Door(self.exporter.port, authorization=basic(USER, PASSWORD))
        self.stand.wait("it answers", lambda: self.door.ask().status == 200)
        return self.exporter

    def write(self, path, text):
        fresh = path.with_suffix(".new")
        fresh.write_bytes(text.encode("utf-8", "surrogateescape"))
        fresh.rename(path)

    def keeps_secrets(self, said, what):
        squeezed = re.sub(r"\s|\\n", "", said)
        for secret in self.secrets:
            for at in range(len(secret) - WINDOW + 1):
                for heard in (said, squeezed):
                    if secret[at:at + WINDOW] in heard:
                        self.test.fail(f"{what}: {secret[at:at + WINDOW]} of a secret is said in:\n{said[-2000:]}")

    def everything(self):
        process = pathlib.Path("/proc") / str(self.exporter.child.pid)
        pages = [self.door.ask(path) for path in ("/metrics", "/", "/api/v1/ups", "/-/ready", "/nothing")]
        return "\n".join([self.exporter.log(), self.exporter.out(), (process / "cmdline").read_text(),
                          *(str(page.headers) + page.text for page in pages)])


class FileTest(unittest.TestCase):
    def files(self, scene):
        read = lambda name: scene.certificates.file(name).read_text()
        key = scene.certificates.key("client").read_text()
        for name, text in wrong_files(key, read("server"), scene.certificates.folder).items():
            yield name, scene.web, text, GOOD
        for name, text in wrong_main_files().items():
            yield f"main file: {name}", scene.main, scene.main_text + text, scene.main_text

    def test_start_and_check(self):
        scene = Scene(self)
        count = 0
        for name, path, text, good in self.files(scene):
            scene.write(path, text)
            for options in ((), ("--config.check",)):
                with self.subTest(file=name, options=options):
                    status, out, err, _ = stand.run_exporter(*scene.flags, "--web.listen-address", "127.0.0.1:0",
                                                             "--snmp.agentx-address", "off", *options)
                    self.assertEqual(status, 2, f"{name}: {out}{err}")
                    self.assertGreater(len(err), 20)
                    scene.keeps_secrets(out + err, name)
                    count += 1
            scene.write(path, good)
        print(f"  {count} starts and checks of wrong files")

    def test_reload(self):
        scene = Scene(self)
        exporter = scene.start()
        count = 0
        for name, path, text, good in self.files(scene):
            with self.subTest(file=name):
                scene.write(path, text)
                exporter.child.send_signal(signal.SIGHUP)
                answer = scene.door.ask("/-/reload", "POST")
                self.assertEqual(answer.status, 500, f"{name}: {answer.text}")
                self.assertIn("stays", answer.text)
                scene.keeps_secrets(answer.text, name)
                scene.write(path, good)
                count += 1
        answer = scene.door.ask("/-/reload", "POST")
        self.assertEqual(answer.status, 200, answer.text)
        scene.keeps_secrets(scene.everything(), "after all")
        print(f"  {count} reloads of wrong files, {len(exporter.log_lines())} lines of log")

    def test_noticed_changes(self):
        """The exporter looks at the file by itself, too."""
        scene = Scene(self)
        exporter = scene.start()
        scene.write(scene.web, f"basic_auth_users:\n  a: {HASH[:-1]}\n  {HASH}: b\n")
        scene.stand.wait("it is noticed", lambda: "has changed and is refused" in exporter.log(), 60)
        scene.keeps_secrets(scene.everything(), "a noticed change")


class RequestTest(unittest.TestCase):
    def test_passwords_of_requests(self):
        """Neither right nor wrong ones, however they come, are in a log or on a page."""
        scene = Scene(self)
        exporter = scene.start()
        guess = "tr0ub4dor-and-3"
        scene.secrets |= {PASSWORD, guess, basic(USER, PASSWORD)[6:], basic(USER, guess)[6:]}
        guessed = basic(USER, guess)
        fields = [f"Authorization: {guessed}", f"Authorization: {guessed}!", f"Authorization: Bearer {guess}",
                  f"Authorization: {guessed}\0", f"Authorization {guessed}", f"Authorization: {guess}" + "x" * 9000,
                  f"{guessed}: Authorization", f"Authorization: {guessed}\r\n {guess}"]
        for field in fields:
            for target in ("/metrics", "/nothing", f"http://{USER}:{guess}@localhost/metrics"):
                with Door(exporter.port).connect() as connection:
                    connection.sendall(f"GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{field}\r\n\r\n".encode())
                    received = b""
                    try:
                        while more := connection.recv(1 << 16):
                            received += more
                    except ConnectionResetError:
                        pass
                    scene.keeps_secrets(received.decode("latin-1"), field)
                    self.assertNotIn(b"upslink_up", received)
        scene.keeps_secrets(scene.everything(), "requests")


if __name__ == "__main__":
    stand.main()
