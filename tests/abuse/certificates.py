# SPDX-License-Identifier: Apache-2.0
"""Certificates for a test, made by openssl in its folder: two authorities, a server, and clients of every
kind that a server has to tell apart."""

import subprocess

SCRAPER = "scraper.example"  # the name that a client has to have


class Certificates:
    """NAME.pem and NAME.key for each of `names()`, `authority.pem` among them."""

    def __init__(self, folder):
        self.folder = folder
        for authority in ("authority", "stranger"):
            self._run("req", "-x509", *self._key(authority), "-subj", f"/CN={authority}", "-days", "2",
                      "-addext", "keyUsage=critical,keyCertSign", "-out", self.file(authority))
        self._signed("server", "DNS:localhost,IP:127.0.0.1")
        self._signed("client", f"DNS:{SCRAPER}")
        self._signed("misnamed", "DNS:somebody.example")
        self._signed("foreign", f"DNS:{SCRAPER}", by="stranger")
        self._expired("expired", f"DNS:{SCRAPER}")
        self._run("req", "-x509", *self._key("selfmade"), "-subj", "/CN=selfmade", "-days", "2",
                  "-addext", f"subjectAltName=DNS:{SCRAPER}", "-out", self.file("selfmade"))

    def file(self, name):
        return self.folder / f"{name}.pem"

    def key(self, name):
        return self.folder / f"{name}.key"

    def _run(self, *arguments):
        done = subprocess.run(["openssl", *map(str, arguments)], cwd=self.folder, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=60, check=False)
        if done.returncode:
            raise RuntimeError(f"openssl {arguments[0]}: {done.stderr.decode()}")

    def _key(self, name):
        return ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc", "-keyout", self.key(name))

    def _request(self, name, alternatives):
        self._run("req", "-new", *self._key(name), "-subj", f"/CN={name}", "-out", f"{name}.csr")
        (self.folder / f"{name}.ext").write_text(f"subjectAltName={alternatives}\n")

    def _signed(self, name, alternatives, by="authority"):
        self._request(name, alternatives)
        self._run("x509", "-req", "-in", f"{name}.csr", "-CA", self.file(by), "-CAkey", self.key(by), "-CAcreateserial",
                  "-days", "2", "-extfile", f"{name}.ext", "-out", self.file(name))

    def _expired(self, name, alternatives):
        self._request(name, alternatives)
        (self.folder / "index").write_text("")
        (self.folder / "ca.conf").write_text(
            f"[ca]\ndefault_ca=d\n[d]\ndatabase={self.folder}/index\nnew_certs_dir={self.folder}\ndefault_md=sha256\n"
            "policy=p\nrand_serial=yes\n[p]\ncommonName=supplied\n")
        self._run("ca", "-batch", "-notext", "-config", "ca.conf", "-in", f"{name}.csr", "-cert", self.file("authority"),
                  "-keyfile", self.key("authority"), "-startdate", "20200101000000Z", "-enddate", "20200201000000Z",
                  "-extfile", f"{name}.ext", "-out", self.file(name))
