"""What no honest client sends: refused with a problem document, without an echo, and the hub goes on."""

from __future__ import annotations

import asyncio
import gzip
import logging
import resource
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson
import pytest
import structlog

from tests.handlers.rig import LIMITS, SETTINGS, Hub
from tests.handlers.world import World

MARK = "zq9marker"
API = "/api/v1"


@asynccontextmanager
async def oracles(
    hub: Hub, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], *, lines_max: int = 1
) -> AsyncIterator[list[bytes]]:
    """What holds for every bad input: no 5xx, no traceback, no echo, few log lines, and the next request is served."""
    answers: list[bytes] = []
    with caplog.at_level(logging.INFO), structlog.testing.capture_logs() as entries:
        yield answers
        await asyncio.sleep(0)
    for answer in answers:
        assert _status(answer) < 500, answer
        assert MARK.encode() not in answer
        assert b"Traceback" not in answer
    logged = repr(entries) + caplog.text
    assert MARK not in logged
    assert "Traceback" not in logged
    assert len(entries) + len(caplog.records) <= lines_max, entries
    error_output = capfd.readouterr()
    assert "Traceback" not in error_output.out + error_output.err
    assert (await hub.call("GET", "/live")).status == 200


def _status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else 0


def _is_problem(answer: bytes) -> bool:
    head, _, body = answer.partition(b"\r\n\r\n")
    return b"application/problem+json" in head and set(orjson.loads(body)) >= {"type", "title", "status", "code"}


BAD_LINES = {
    "no http at all": f"{MARK}\r\n\r\n",
    "http 0.9": f"GET /live?{MARK}\r\n\r\n",
    "http 0.9 named": "GET /live HTTP/0.9\r\n\r\n",
    "http 2.0": "GET /live HTTP/2.0\r\nHost: h\r\n\r\n",
    "preface of http 2": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "tls hello": "\x16\x03\x01\x02\x00\x01\x00",
    "two lengths": f"POST {API}/sessions HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{MARK}",
    "a length and chunks": (
        f"POST {API}/sessions HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    ),
    "a negative length": f"POST {API}/sessions HTTP/1.1\r\nHost: h\r\nContent-Length: -5\r\n\r\n",
    "a length with a sign": f"POST {API}/sessions HTTP/1.1\r\nHost: h\r\nContent-Length: +5\r\n\r\nhello",
    "an unknown transfer encoding": f"POST {API}/sessions HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: {MARK}\r\n\r\n",
    "a bad chunk size": f"POST {API}/sessions HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n{MARK}\r\n\r\n",
    "a header without a colon": f"GET /live HTTP/1.1\r\nHost: h\r\n{MARK}\r\n\r\n",
    "a folded header": f"GET /live HTTP/1.1\r\nHost: h\r\nX: a\r\n {MARK}\r\n\r\n",
    "a NUL in a header": f"GET /live HTTP/1.1\r\nHost: h\r\nX: {MARK}\0\r\n\r\n",
    "a header of 20 kB": f"GET /live HTTP/1.1\r\nHost: h\r\nX: {MARK * 2500}\r\n\r\n",
    "a thousand headers": "GET /live HTTP/1.1\r\nHost: h\r\n"
    + "".join(f"X-{n}: {MARK}\r\n" for n in range(1000))
    + "\r\n",
    "an unknown method": f"{MARK.upper()} /live HTTP/1.1\r\nHost: h\r\n\r\n",
    "a path of 20 kB": f"GET /{MARK * 2500} HTTP/1.1\r\nHost: h\r\n\r\n",
    "a space in the path": f"GET /{MARK} x HTTP/1.1\r\nHost: h\r\n\r\n",
}


async def test_what_is_no_http_is_answered_or_cut(
    hub: Hub, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    for name, sent in BAD_LINES.items():
        async with oracles(hub, caplog, capfd) as answers:
            answer = await hub.raw(sent.encode("latin-1"), timeout_s=3)
            answers.append(answer)
        assert answer == b"" or (_status(answer) in (400, 404, 413) and _is_problem(answer)), (name, answer)
        caplog.clear()


UNKNOWN_PATHS = (
    f"/{MARK}", "/%00", "/%ff", "//live", "/live/", "/LIVE", "/live%2f", "/%6cive", "/./live", "/../live", "/live/..",
    f"http://{MARK}/live", f"http://h/live?{MARK}", "/api/v1", "/api/v1/", "/api/v1//map", "/api/v2/map",
    "/..%2f..%2fetc/passwd",
    "/live;x", "/\u00e9", "/live\\", "/metrics",
)  # fmt: skip


async def test_unknown_targets_are_not_found(
    hub: Hub, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    for target in UNKNOWN_PATHS:
        async with oracles(hub, caplog, capfd) as answers:
            sent = f"GET {target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n".encode()
            answer = await hub.raw(sent, timeout_s=3)
            answers.append(answer)
        assert _status(answer) in (400, 404), (target, answer)
        assert _is_problem(answer)
        caplog.clear()


async def test_methods_are_answered_as_the_table_says(hub: Hub, world: World) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE"):
        answer = await hub.call(method, f"{API}/ambulances")
        assert (answer.status, answer.code) == (405, "method_not_allowed")
        assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
    options = await hub.call("OPTIONS", f"{API}/sessions")
    assert (options.status, options.headers["Allow"], options.body) == (204, "GET, HEAD, OPTIONS, POST", b"")
    assert "Access-Control-Allow-Origin" not in options.headers
    head = await hub.call("HEAD", f"{API}/ambulances", token=world.tokens["DP"])
    whole = await hub.call("GET", f"{API}/ambulances", token=world.tokens["DP"])
    assert (head.status, head.body, head.headers["Content-Type"]) == (200, b"", "application/json")
    assert abs(int(head.headers["Content-Length"]) - len(whole.body)) < 16  # ages differ by some digits
    assert (await hub.call("OPTIONS", f"/{MARK}")).status == 404
    assert (await hub.raw(b"OPTIONS * HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")).startswith(b"HTTP/1.1 404")
    assert (await hub.raw(b"CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n", timeout_s=2)).startswith(b"HTTP/1.1 4")


async def _post(hub: Hub, body: bytes, **headers: str) -> bytes:
    named = {"Content-Type": "application/json", "Host": "h", "Connection": "close", "Content-Length": str(len(body))}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in named.items() if value)
    return await hub.raw(f"POST {API}/sessions HTTP/1.1\r\n{lines}\r\n".encode() + body, timeout_s=5)


SIGN_IN = b'{"email":"a@b.test","password":"x","client":"app"}'
BAD_DOCUMENTS: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", 400),
    "truncated": (SIGN_IN[:-1], 400),
    "two documents": (SIGN_IN + SIGN_IN, 400),
    "NaN": (b'{"email":NaN}', 400),
    "Infinity": (b'{"email":-Infinity}', 400),
    "1e999": (b'{"email":1e999}', 400),
    "2^64": (b'{"email":18446744073709551616}', 400),
    "300 digits": (b'{"email":' + b"9" * 300 + b"}", 400),
    "5,000 digits": (b'{"email":' + b"9" * 5000 + b"}", 400),
    "true for a string": (SIGN_IN.replace(b'"x"', b"true"), 422),
    "null for a string": (SIGN_IN.replace(b'"x"', b"null"), 422),
    "a repeated key": (SIGN_IN[:-1] + b',"client":"web"}', 400),
    "depth 33": (b'{"email":' + b"[" * 33 + b"]" * 33 + b"}", 422),
    "depth 30,000": (b"[" * 30_000 + b"]" * 30_000, 400),
    "a lone surrogate": (SIGN_IN.replace(b"a@b", b"\\ud800@b"), 400),
    "a lone surrogate in a key": (b'{"\\udfff":1}', 400),
    "bad UTF-8": (SIGN_IN.replace(b"a@b", b"\xff@b"), 400),
    "a byte order mark": (b"\xef\xbb\xbf" + SIGN_IN, 400),
    "UTF-16": (SIGN_IN.decode().encode("utf-16"), 400),
    "an unknown field": (SIGN_IN[:-1] + f',"{MARK}":1}}'.encode(), 422),
    "__proto__": (SIGN_IN[:-1] + b',"__proto__":{"role":"admin"}}', 422),
    "role": (SIGN_IN[:-1] + b',"role":"admin"}', 422),
    "a missing field": (b'{"email":"a@b.test"}', 422),
    "an impossible choice": (SIGN_IN.replace(b'"app"', f'"{MARK}"'.encode()), 422),
    "a list": (b"[]", 422),
    "a number": (b"1", 422),
    "comments": (b"/* */" + SIGN_IN, 400),
    "a trailing comma": (SIGN_IN[:-1] + b",}", 400),
    "a NUL after it": (SIGN_IN + b"\0", 400),
}


async def test_bad_documents_are_refused(
    hub: Hub, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    for name, (body, status) in BAD_DOCUMENTS.items():
        async with oracles(hub, caplog, capfd) as answers:
            answer = await _post(hub, body)
            answers.append(answer)
        assert (_status(answer), _is_problem(answer)) == (status, True), (name, answer)
        caplog.clear()


async def test_an_unknown_field_has_its_own_code(hub: Hub) -> None:
    answer = await hub.call(
        "POST", f"{API}/sessions", json={"email": "a@b.test", "password": "x", "client": "app", "a": 1}
    )
    assert (answer.status, answer.code) == (422, "unknown_field")


async def test_other_content_types_and_encodings_are_not_read(
    hub: Hub, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    packed = gzip.compress(b" " * 10_000_000)
    cases: list[tuple[bytes, dict[str, str]]] = [
        (SIGN_IN, {"Content_Type": ""}),
        (SIGN_IN, {"Content_Type": "text/plain"}),
        (SIGN_IN, {"Content_Type": f"application/{MARK}"}),
        (SIGN_IN, {"Content_Type": "application/json; charset=utf-16"}),
        (SIGN_IN, {"Content_Encoding": MARK}),
        (packed, {"Content_Encoding": "gzip"}),
        (b"\x1f\x8b garbage", {"Content_Encoding": "gzip"}),
        (packed, {"Content_Encoding": "deflate"}),
        (packed, {"Content_Encoding": "br"}),
    ]
    for body, headers in cases:
        async with oracles(hub, caplog, capfd) as answers:
            answer = await _post(hub, body, **headers)
            answers.append(answer)
        assert (_status(answer), _is_problem(answer)) == (415, True), (headers, answer)
        caplog.clear()


async def test_a_huge_declared_body_is_refused_before_it_comes(
    hub: Hub, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    started = time.monotonic()
    async with oracles(hub, caplog, capfd) as answers:
        answers.append(await _post(hub, b"", Content_Length=str(10 * 2**30)))
    assert _status(answers[0]) == 413
    assert time.monotonic() - started < 2


async def test_a_body_in_endless_chunks_is_cut_at_the_limit(
    hub: Hub, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    chunk = b"8000\r\n" + b" " * 0x8000 + b"\r\n"
    async with oracles(hub, caplog, capfd) as answers:
        answers.append(await _post(hub, chunk * 20, Content_Length="", Transfer_Encoding="chunked"))
    assert _status(answers[0]) in (0, 413)  # the rest of the body may overtake the answer


async def test_a_body_that_never_comes_is_given_up(
    hub: Hub, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    started = time.monotonic()
    async with oracles(hub, caplog, capfd) as answers:
        answers.append(await _post(hub, b"{", Content_Length="50"))
    assert (_status(answers[0]), _is_problem(answers[0])) == (408, True)
    assert time.monotonic() - started < SETTINGS.body_timeout_s + LIMITS.lingering_s + 1


async def test_a_header_that_never_ends_is_cut(
    hub: Hub, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    async with oracles(hub, caplog, capfd) as answers:
        started = time.monotonic()
        reader, writer = await asyncio.open_connection("127.0.0.1", hub.port)
        writer.write(b"GET /live HTTP/1.1\r\n")
        answers.append(await asyncio.wait_for(reader.read(), LIMITS.keepalive_s + 2))
        writer.close()
    assert time.monotonic() - started < LIMITS.keepalive_s + 1


async def test_slow_senders_do_not_keep_others_waiting(hub: Hub) -> None:
    half = [await asyncio.open_connection("127.0.0.1", hub.port) for _ in range(200)]
    try:
        for number, (_, writer) in enumerate(half):
            writer.write(b"GET /live HTTP/1.1\r\n" if number % 2 else b"POST /api/v1/sessions HTTP/1.1\r\nContent-Le")
        started = time.monotonic()
        assert (await hub.call("GET", "/live")).status == 200
        assert time.monotonic() - started < 0.5
        cut = [asyncio.wait_for(reader.read(), LIMITS.keepalive_s + 5) for reader, _ in half]
        assert await asyncio.gather(*cut) == [b""] * len(half)
    finally:
        for _, writer in half:
            writer.close()


async def test_a_thousand_requests_in_one_write_are_all_answered(hub: Hub) -> None:
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    last = b"GET /live HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
    answer = await hub.raw(b"GET /live HTTP/1.1\r\nHost: h\r\n\r\n" * 999 + last, timeout_s=20)
    assert answer.count(b"HTTP/1.1 200 OK") == 1000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib < 5 * 1024


async def test_odd_expectations_are_not_quoted_back(
    hub: Hub, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    async with oracles(hub, caplog, capfd) as answers:
        answers.append(await _post(hub, SIGN_IN, Expect=MARK))
    assert (_status(answers[0]), _is_problem(answers[0])) == (400, True)


async def test_every_answer_has_the_strict_headers(hub: Hub) -> None:
    for path in ("/live", "/openapi.json", f"/{MARK}", f"{API}/map"):
        headers = (await hub.call("GET", path)).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Server"] == "arogya"
        assert len(headers["X-Request-Id"]) == 16
