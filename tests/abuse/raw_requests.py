# SPDX-License-Identifier: Apache-2.0
"""Requests that no client should send, byte by byte as they go out, each with the statuses that a server
without passwords may answer; NOTHING if it may also hang up, or wait for more, without an answer."""

import os

NOTHING = 0
HOST = b"Host: a\r\n"
END = b"\r\n"
SECOND = b"GET /-/healthy HTTP/1.1\r\n" + HOST + END


def get(target, *fields, method=b"GET", version=b"HTTP/1.1", body=b""):
    """`target` and the rest as they are."""
    lines = b"".join(field + b"\r\n" for field in fields)
    return method + b" " + target + b" " + version + b"\r\n" + HOST + lines + END + body


def with_body(*fields, body, method=b"POST"):
    return get(b"/metrics", *fields, method=method, body=body)


CHUNKED = b"Transfer-Encoding: chunked"
BAD = {400, NOTHING}

VERSIONS = {
    "HTTP/0.9": (b"GET /metrics\r\n\r\n", BAD),
    "HTTP/0.9, bare LF": (b"GET /metrics\n", BAD),
    "HTTP/1.0 without Host": (b"GET /metrics HTTP/1.0\r\n\r\n", {200}),
    "HTTP/1.1 without Host": (b"GET /metrics HTTP/1.1\r\n\r\n", {400}),
    "HTTP/2.0": (get(b"/metrics", version=b"HTTP/2.0"), {505}),
    "HTTP/11": (get(b"/metrics", version=b"HTTP/11"), BAD),
    "lower case": (get(b"/metrics", version=b"http/1.1"), BAD),
    "HTTP/2's preface": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", {505, 400}),
    "h2c": (get(b"/metrics", b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAAQAAP__"),
            {200}),
    "websocket": (get(b"/metrics", b"Connection: Upgrade", b"Upgrade: websocket", b"Sec-WebSocket-Key: eA=="), {200}),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(506), BAD),
    "SSL 2": (b"\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10" + b"\1" * 37, BAD),
    "SSH": (b"SSH-2.0-x\r\n", BAD),
}

LINES = {
    "NUL in the path": (get(b"/met\0rics"), {404, 400}),
    "NUL in a value": (get(b"/metrics", b"X: a\0b"), {200, 400}),
    "NUL in a name": (get(b"/metrics", b"X\0Y: a"), {400}),
    "NULs": (bytes(5000), BAD),
    "bare LF": (b"GET /metrics HTTP/1.1\nHost: a\n\n", {200, 400}),
    "bare CR": (b"GET /metrics HTTP/1.1\rHost: a\r\r", BAD),
    "folded": (get(b"/metrics", b"X: a", b" b"), {200, 400}),
    "folded at once": (b"GET /metrics HTTP/1.1\r\n X: a\r\n" + HOST + END, {200, 400}),
    "obs-text": (get(b"/metrics", b"X: \xff\xfe\x80"), {200, 400}),
    "no colon": (get(b"/metrics", b"nonsense"), {400}),
    "a blank before the colon": (get(b"/metrics", b"X : a"), {200, 400}),
    "no name": (get(b"/metrics", b": a"), {200, 400}),
    "two hosts": (get(b"/metrics", HOST.strip()), {200, 400}),
    "no method": (get(b"/metrics", method=b""), BAD),
    "a method of 5 kB": (get(b"/metrics", method=b"A" * 5000), {405, 400, 501}),
    "a method of bytes": (get(b"/metrics", method=b"G\xe9T"), {405, 400, 501}),
    "tabs": (b"GET\t/metrics\tHTTP/1.1\r\n" + HOST + END, BAD),
    "two blanks": (b"GET  /metrics  HTTP/1.1\r\n" + HOST + END, BAD),
    "empty lines first": (END * 10 + get(b"/metrics"), {200}),
    "empty lines only": (END * 5000, BAD),
    "a byte of each": (bytes(range(256)) * 20, BAD),
    "random bytes": (os.urandom(20_000), BAD),
}

TARGETS = {
    "..": (get(b"/../../../etc/passwd"), {404}),
    "%2e%2e": (get(b"/%2e%2e/%2e%2e/etc/passwd"), {404}),
    "..%2f": (get(b"/..%2f..%2fetc%2fpasswd"), {404}),
    "%252e": (get(b"/%252e%252e/metrics"), {404}),
    "overlong UTF-8": (get(b"/%c0%ae%c0%ae/metrics"), {404}),
    "x/..": (get(b"/x/../metrics"), {404}),
    "/./": (get(b"/./metrics"), {404}),
    "//": (get(b"//metrics"), {404}),
    "backslash": (get(b"\\metrics"), {404, 400}),
    "%00 last": (get(b"/metrics%00"), {404}),
    "%00 first": (get(b"/%00/../metrics"), {404}),
    "an encoded letter": (get(b"/%6detrics"), {200}),
    "%zz": (get(b"/metrics%zz"), {404, 400}),
    "% last": (get(b"/metrics%"), {404, 400}),
    "%0d%0a": (get(b"/%0d%0aSet-Cookie:x=1"), {404}),
    "bytes": (get(b"/\xff\xfe"), {404, 400}),
    "a fragment": (get(b"/metrics#x"), {404, 400}),
    "a blank": (get(b"/metrics /x"), BAD),
    "another server's": (get(b"http://other.example/metrics"), {200, 404, 400, 421}),
    "a proxy's": (get(b"http://127.0.0.1:9/"), {200, 404, 400, 421}),
    "*": (get(b"*", method=b"OPTIONS"), {404, 405, 204, 200}),
    "100 kB": (get(b"/" + b"a" * 100_000), {414}),
    "100 kB of parameters": (get(b"/metrics?" + b"a=b&" * 25_000), {414, 431}),
    "500 parameters": (get(b"/metrics?" + b"a=b&" * 500), {200, 414, 431, NOTHING}),
}

METHODS = {
    "HEAD": (get(b"/metrics", method=b"HEAD"), {200}),
    "HEAD of nothing": (get(b"/nothing", method=b"HEAD"), {404}),
    "OPTIONS": (get(b"/metrics", method=b"OPTIONS"), {405}),
    "TRACE": (get(b"/metrics", b"Cookie: chocolate", method=b"TRACE"), {405}),
    "CONNECT": (get(b"127.0.0.1:22", method=b"CONNECT"), {404, 405, 400}),
    "get": (get(b"/metrics", method=b"get"), {405}),
    "reload": (get(b"/-/reload"), {405}),
}

HEADERS = {
    "100 kB of headers": (get(b"/metrics", *(b"X-%d: " % i + b"y" * 90 for i in range(1000))), {431}),
    "one header of 100 kB": (get(b"/metrics", b"X: " + b"y" * 100_000), {431}),
    "2,000 headers": (get(b"/metrics", *[b"a:"] * 2000), {431}),
}

# A server on its own is not deceived by two lengths of one request: what it makes of them matters to
# a proxy before it, which must not forward such requests either.
BODIES = {
    "on GET": (with_body(b"Content-Length: 5", body=b"hello", method=b"GET"), {413}),
    "on HEAD": (with_body(b"Content-Length: 5", body=b"hello", method=b"HEAD"), {413}),
    "100 kB on GET": (with_body(b"Content-Length: 100000", body=b"x" * 100_000, method=b"GET"), {413}),
    "chunked on GET": (with_body(CHUNKED, body=b"3\r\nabc\r\n0\r\n\r\n", method=b"GET"), {413}),
    "Expect": (with_body(b"Expect: 100-continue", b"Content-Length: 5", body=b"hello", method=b"GET"), {100, 413}),
    "Expect miracles": (get(b"/metrics", b"Expect: miracles"), {200, 417}),
    "length -1": (with_body(b"Content-Length: -1", body=b""), {400}),
    "length +5": (with_body(b"Content-Length: +5", body=b"hello"), {400}),
    "length 0x5": (with_body(b"Content-Length: 0x5", body=b"hello"), {400}),
    "length 5x": (with_body(b"Content-Length: 5x", body=b"hello"), {400}),
    "no length": (with_body(b"Content-Length:", body=b"hello"), {400}),
    "length 5, 6": (with_body(b"Content-Length: 5, 6", body=b"hello!"), {400}),
    "2^64 - 1": (with_body(b"Content-Length: 18446744073709551615", body=b""), {400, 405, 413}),
    "2^63 - 1": (with_body(b"Content-Length: 9223372036854775807", body=b"", method=b"GET"), {400, 413}),
    "10^26": (with_body(b"Content-Length: 99999999999999999999999999", body=b""), {400, 413}),
    "two lengths": (with_body(b"Content-Length: 5", b"Content-Length: 6", body=b"hello!" + SECOND), {400, 405, 413}),
    "length and chunked": (with_body(b"Content-Length: 6", CHUNKED, body=b"0\r\n\r\n" + SECOND), {400, 405}),
    "chunked and length": (with_body(CHUNKED, b"Content-Length: 3", body=b"0\r\n\r\n" + SECOND), {400, 405}),
    "chunked and more": (with_body(CHUNKED, b"Transfer-Encoding: x", body=b"0\r\n\r\n" + SECOND), {400, 405, 501}),
    "xchunked": (with_body(b"Transfer-Encoding: xchunked", body=b"0\r\n\r\n" + SECOND), {400, 405, 501, NOTHING}),
    "gzip, chunked": (with_body(b"Transfer-Encoding: gzip, chunked", body=b"0\r\n\r\n" + SECOND), {400, 405, 501, NOTHING}),
    "chunked after a blank": (with_body(b"Transfer-Encoding : chunked", body=b"0\r\n\r\n" + SECOND), {400, 405}),
    "chunked after a tab": (with_body(b"Transfer-Encoding:\tchunked", body=b"0\r\n\r\n" + SECOND), {400, 405}),
    "a chunk of -1": (with_body(CHUNKED, body=b"-1\r\nabc\r\n0\r\n\r\n"), {400}),
    "a chunk of 2^72": (with_body(CHUNKED, body=b"ffffffffffffffffff\r\nabc\r\n0\r\n\r\n"), {400, 413}),
    "a chunk of 256 MB": (with_body(CHUNKED, body=b"fffffff\r\nabc\r\n0\r\n\r\n"), {400, 405, 413, NOTHING}),
    "a chunk of zz": (with_body(CHUNKED, body=b"zz\r\nabc\r\n0\r\n\r\n"), {400}),
    "a chunk's extension": (with_body(CHUNKED, body=b"3;" + b"x" * 9000 + b"\r\nabc\r\n0\r\n\r\n"), {400, 405, 413}),
}

ROWS = {f"{group}: {name}": row for group, rows in (
    ("version", VERSIONS), ("line", LINES), ("target", TARGETS), ("method", METHODS), ("headers", HEADERS),
    ("body", BODIES)) for name, row in rows.items()}
