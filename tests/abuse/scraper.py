#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A client that behaves, as a process of its own so that nothing in the test slows it down.

    scraper.py PORT [--authorization TEXT] [--authority FILE] [--certificate FILE --key FILE]

It scrapes /metrics in turn over a connection that is kept and over one that it opens for each scrape.
`ready` is printed after the first; for each line on standard input, which has a number, a line of JSON tells
the seconds that each scrape since the last one took, and what went wrong, as soon as there were so many. It
ends when standard input does."""

import argparse
import json
import select
import socket
import ssl
import sys
import time

PATIENCE = 10  # what Prometheus has
PAUSE = 0.01


class Scraper:
    def __init__(self, options):
        self.port = options.port
        self.context = None
        if options.authority:
            self.context = ssl.create_default_context(cafile=options.authority)
            if options.certificate:
                self.context.load_cert_chain(options.certificate, options.key)
        authorization = f"Authorization: {options.authorization}\r\n" if options.authorization else ""
        self.request = f"GET /metrics HTTP/1.1\r\nHost: localhost\r\n{authorization}\r\n".encode()
        self.kept = None

    def connect(self):
        connection = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.context.wrap_socket(connection, server_hostname="localhost") if self.context else connection

    def scrape(self, connection):
        connection.sendall(self.request)
        received = b""
        while b"\r\n\r\n" not in received:
            more = connection.recv(1 << 20)
            if not more:
                raise OSError(f"the connection ended after {len(received)} bytes")
            received += more
        head, _, body = received.partition(b"\r\n\r\n")
        status, *fields = head.decode("latin-1").split("\r\n")
        if not status.startswith("HTTP/1.1 200 "):
            raise OSError(status)
        length = next(int(field.split(":")[1]) for field in fields if field.lower().startswith("content-length:"))
        while len(body) < length:
            more = connection.recv(1 << 20)
            if not more:
                raise OSError("the body is short")
            body += more
        if b'upslink_up{ups="rack"} 1\n' not in body:
            raise OSError("the UPS is not up")

    def over_kept(self):
        try:
            if self.kept is None:
                self.kept = self.connect()
            self.scrape(self.kept)
        except OSError:
            self.kept = None
            raise

    def over_fresh(self):
        with self.connect() as connection:
            self.scrape(connection)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    for name in ("--authorization", "--authority", "--certificate", "--key"):
        parser.add_argument(name)
    scraper = Scraper(parser.parse_args())
    kinds = {"kept": scraper.over_kept, "fresh": scraper.over_fresh}
    fewest = None
    for number in range(10**9):
        if number == 1:
            print("ready", flush=True)
        if number <= 1:
            times, failures = {kind: [] for kind in kinds}, []
        for kind, scrape in kinds.items():
            began = time.monotonic()
            try:
                scrape()
                times[kind].append(time.monotonic() - began)
            except (OSError, StopIteration, ValueError) as failure:
                failures.append(f"{kind}, {time.monotonic() - began:.3f} s: {failure!r}")
        if fewest is not None and (len(times["fresh"]) >= fewest or failures):
            print(json.dumps({**times, "failures": failures}), flush=True)
            times, failures, fewest = {kind: [] for kind in kinds}, [], None
        if select.select([sys.stdin], [], [], PAUSE)[0]:
            line = sys.stdin.readline()
            if not line:
                return
            fewest = int(line)


if __name__ == "__main__":
    main()
