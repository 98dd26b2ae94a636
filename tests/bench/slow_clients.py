#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Clients that a web server can do without: `slow_clients.py HOST PORT IDLE SLOW` holds that many
connections that say nothing, and that many that send a byte of a request now and then. What the
server ends is opened again. Prints `ready` when all are open, ends when standard input does, and
then prints how many it opened."""

import random
import resource
import select
import socket
import sys
import time

BEGINNING = b"GET /metrics HTTP/1.1\r\nHost: bench\r\nX-Slow: "


class Client:
    def __init__(self, address, slow, poller):
        self.slow, self.sent = slow, 0
        self.due = time.monotonic() + random.uniform(0.1, 3)
        self.socket = socket.create_connection(address)
        self.socket.setblocking(False)
        poller.register(self.socket, select.POLLIN)

    def send(self):
        byte = BEGINNING[self.sent : self.sent + 1] or b"x"
        self.sent += 1
        self.due = time.monotonic() + random.uniform(0.5, 3)
        try:
            self.socket.send(byte)
        except OSError:
            pass  # poll() tells that it is gone


def main():
    host, port, idle, slow = sys.argv[1], *map(int, sys.argv[2:])
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    poller = select.poll()
    clients = {}
    opened = 0

    def add(is_slow):
        nonlocal opened
        client = Client((host, port), is_slow, poller)
        clients[client.socket.fileno()] = client
        opened += 1

    for number in range(idle + slow):
        add(number >= idle)
    poller.register(sys.stdin, select.POLLIN | select.POLLHUP)
    print("ready", flush=True)
    while True:
        for descriptor, _ in poller.poll(20):
            if descriptor == sys.stdin.fileno():
                print(opened)
                return
            gone = clients.pop(descriptor)
            poller.unregister(descriptor)
            gone.socket.close()
            add(gone.slow)
        moment = time.monotonic()
        for client in clients.values():
            if client.slow and client.due <= moment:
                client.send()


if __name__ == "__main__":
    main()
