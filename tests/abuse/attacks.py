# SPDX-License-Identifier: Apache-2.0
"""What is done to a server, for the tests, which ask whether it hurts, and for tests/bench, which measures
how much. Each returns when it is over."""

import concurrent.futures
import re
import ssl

import raw_requests
from scene import SCHEMES, Door, run, stand

SILENCE = 0.05
GONE = (ConnectionResetError, BrokenPipeError, ssl.SSLError)  # whoever is refused may be told so while sending
SLOW_CLIENTS = 1000
GUESSES = """\
local count = 0
local letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
request = function()
  count = count + 1
  local guess = string.format("%s:%d-%d", "NAME", count, math.random(1, 1000000000))
  local code = {}
  for i = 1, #guess - #guess % 3, 3 do
    local a, b, c = guess:byte(i, i + 2)
    local bits = a * 65536 + b * 256 + c
    for shift = 18, 0, -6 do
      local at = math.floor(bits / 2 ^ shift) % 64 + 1
      code[#code + 1] = letters:sub(at, at)
    end
  end
  return wrk.format("GET", "/metrics", {Authorization = "Basic " .. table.concat(code)})
end
"""


def url(scene):
    return f"{SCHEMES[scene.kind]}://127.0.0.1:{scene.exporter.port}/metrics"


def slow_clients(scene, *options, seconds=10):
    """A thousand, by slowhttptest, 400 new ones each second; its exit status and words."""
    return run("slowhttptest", *options, "-c", SLOW_CLIENTS, "-r", "400", "-l", seconds, "-p", "5", "-u", url(scene),
               within=3 * seconds)


def guesses(scene, *options, seconds=6):
    """Of 64 clients, by wrk; how many there were, and how many were refused."""
    status, out, err = run("wrk", "-t", "1", "-c", "64", "-d", f"{seconds}s", *options, url(scene))
    if status:
        raise stand.Failure(f"wrk: {err}")
    return int(re.search(r"(\d+) requests in", out)[1]), int((re.search(r"Non-2xx or 3xx responses: (\d+)", out) or [0, 0])[1])


def new_guesses(scene, name, seconds=6):
    """The same with another password each time."""
    script = scene.stand.folder / "guesses.lua"
    script.write_text(GUESSES.replace("NAME", name))
    return guesses(scene, "-s", script, seconds=seconds)


def hello():
    """A whole ClientHello, as OpenSSL sends it."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    session = ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname="localhost")
    try:
        session.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


def stalled(scene, payload, count, meanwhile):
    """So many send that and then nothing; they wait as long as `meanwhile` takes."""
    raw, clients = Door(scene.exporter.port), []
    try:
        for _ in range(count):
            clients.append(raw.connect())
            clients[-1].sendall(payload)
        meanwhile()
    finally:
        for client in clients:
            client.close()


def exchange(door, payload, answers):
    """What came back: at least one byte if it must, and what follows closely."""
    received = b""
    with door.connect() as connection:
        try:
            connection.sendall(payload)
        except GONE:
            pass
        connection.settimeout(stand.PATIENCE if raw_requests.NOTHING not in answers else 4 * SILENCE)
        try:
            while more := connection.recv(1 << 16):
                received += more
                connection.settimeout(SILENCE)
        except (TimeoutError, *GONE):
            pass
    return received


def raw_requests_once(door):
    """Each of raw_requests.py: its name and what came back."""
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        found = {name: pool.submit(exchange, door, payload, answers)
                 for name, (payload, answers) in raw_requests.ROWS.items()}
        return [(name, result.result()) for name, result in found.items()]
