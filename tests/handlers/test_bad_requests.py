"""What no honest client sends: refused with a problem document, without an echo, and the hub goes on."""

from __future__ import annotations

import asyncio
import gc
import gzip
import resource
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from handlers.call import API
from tests.handlers import bad_rows as rows
from tests.handlers.bad_rows import MARK
from tests.handlers.judge import Judge, as_bytes, request
from tests.handlers.rig import LIMITS, SETTINGS, Hub, running
from tests.handlers.world import World, build_world

MEMORY_BYTES = 5_000_000  # that bad requests may cost
PAGE_BYTES = resource.getpagesize()
LIMITLESS = replace(SETTINGS, sign_ins_per_min=1e6, sign_ins_per_network_per_min=1e6, refusals_per_network_per_min=1e6)
UNSEEN = "0198f1c2-7d3a-7b54-9a41-5e6f2c1d0b3a"


@pytest.fixture
async def hub(database: str) -> AsyncIterator[Hub]:
    """A hub that refuses no row because of the rows before it."""
    async with running(database, settings=LIMITLESS) as made:
        yield made


@pytest.fixture
async def world(hub: Hub, database: str) -> World:
    """Two facilities with people, ambulances and devices."""
    return await build_world(hub, database)


@pytest.fixture
def judge(hub: Hub, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Judge:
    """What holds for every bad request."""
    return Judge(hub, caplog, capfd)


def _sign_in(body: bytes, **headers: str) -> bytes:
    return request("POST", f"{API}/sessions", body, **headers)


def _memory_bytes() -> int:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES


async def test_what_is_no_http_is_answered_or_cut(judge: Judge, world: World) -> None:
    for name, text in rows.HTTP.items():
        await judge.sent(name, as_bytes(text, world.tokens["AD"]), {0, 400, 404, 413})


async def test_unknown_targets_are_not_found(judge: Judge, world: World) -> None:
    for target in rows.TARGETS:
        for token in ("", f"Authorization: Bearer {world.tokens['AD']}\r\n"):
            sent = f"GET {target} HTTP/1.1\r\nHost: h\r\n{token}Connection: close\r\n\r\n"
            await judge.sent(target, sent.encode(), {400, 404})


def _documents() -> dict[str, tuple[str, str, int]]:
    """Return each bad document for signing in and for a record: the path, the body, the status."""
    found: dict[str, tuple[str, str, int]] = {}
    for path, key, good in ((f"{API}/sessions", "email", rows.SIGN_IN), (f"{API}/facilities", "name", rows.FACILITY)):
        value = '"a@b.test"' if key == "email" else '"Lake"'
        for name, (text, status) in rows.VALUES.items():
            found[f"{name} as {key}"] = path, good.replace(value, text), status
        for name, (text, status) in rows.BODIES.items():
            found[f"{name} to {path}"] = path, text, status
        for name, ((old, new), status) in rows.CHANGES.items():
            found[f"{name} to {path}"] = path, good.replace(old, new.replace("KEY", key)), status
    return found


async def test_bad_documents_are_refused_and_nothing_is_stored(
    judge: Judge, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    authorization = f"Bearer {world.tokens['AD']}"
    before = await superuser.fetchval("SELECT count(*) FROM facilities")
    for name, (path, text, status) in _documents().items():
        sent = request("POST", path, as_bytes(text), Authorization=authorization)
        await judge.sent(name, sent, {status} if status != 413 else {0, 413})  # the rest may overtake the answer
    assert await superuser.fetchval("SELECT count(*) FROM facilities") == before


async def test_what_cannot_be_stored_is_refused(judge: Judge, world: World) -> None:
    for text in ('{"name":"a\\u0000b","type":"clinic"}', '{"name":"\\u0000","type":"clinic"}'):
        sent = request("POST", f"{API}/facilities", as_bytes(text), Authorization=f"Bearer {world.tokens['AD']}")
        await judge.sent(text, sent, {422})


async def test_bad_changes_are_refused_and_change_nothing(
    hub: Hub, judge: Judge, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    booked = await _book(superuser, world)
    path, whole = f"{API}/appointments/{booked}", "SELECT md5(a::text) FROM appointments a"
    before = await superuser.fetchval(whole)
    for name, (text, status) in rows.APPOINTMENT.items():
        for kind in ("application/json", "application/merge-patch+json"):
            sent = request(
                "PATCH", path, as_bytes(text), Authorization=f"Bearer {world.tokens['DR']}", Content_Type=kind
            )
            await judge.sent(f"{name} as {kind}", sent, {status})
    assert await superuser.fetchval(whole) == before
    answer = await hub.call("PATCH", path, token=world.tokens["DR"], json={"notes": "as it should be"})
    assert answer.status == 200


async def test_bad_queries_are_refused(judge: Judge, world: World) -> None:
    asked = [("facilities", query, status) for query, status in rows.QUERIES.items()]
    asked += [("appointments", query, status) for query, status in {**rows.QUERIES, **rows.SPANS}.items()]
    for table, query, status in asked:
        if table == "appointments" and query.startswith(("type=", "search=")):
            continue
        for ending in ("", ".csv") if status == 422 and not query.startswith(("limit", "total", "cursor")) else ("",):
            sent = request("GET", f"{API}/{table}{ending}?{query}", Authorization=f"Bearer {world.tokens['DR']}")
            await judge.sent(f"{table}{ending}?{query}", sent, {status, 400} if "%00" in query else {status})


async def test_cursors_of_others_and_bent_ones_are_refused(hub: Hub, judge: Judge, world: World) -> None:
    mine = await hub.call("GET", f"{API}/facilities?limit=1", token=world.tokens["DR"])
    cursor = mine.json["next_cursor"]
    assert cursor
    bent = [cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :] for at in range(len(cursor) - 2)]
    tried = [("DR", f"facilities?limit=1&cursor={one}") for one in (*bent, cursor[:-4], cursor * 2)]
    tried += [("RC", f"facilities?limit=1&cursor={cursor}"), ("DR", f"facilities?limit=1&type=clinic&cursor={cursor}")]
    tried += [("DR", f"facilities?limit=1&sort=-name&cursor={cursor}"), ("DR", f"appointments?cursor={cursor}")]
    for who, query in tried:
        sent = request("GET", f"{API}/{query}", Authorization=f"Bearer {world.tokens[who]}")
        await judge.sent(f"{who} {query}", sent, {422})


async def test_methods_are_answered_as_the_table_says(hub: Hub, world: World) -> None:
    for path, allowed in {
        f"{API}/map": "GET, HEAD, OPTIONS",
        f"{API}/ambulances/nearest": "GET, HEAD, OPTIONS",
        f"{API}/facilities": "GET, HEAD, OPTIONS, POST",
        f"{API}/facilities/{UNSEEN}": "DELETE, GET, HEAD, OPTIONS, PATCH",
        f"{API}/facilities.csv": "GET, HEAD, OPTIONS",
    }.items():
        for method in {"POST", "PUT", "DELETE", "PATCH", "TRACE", MARK.upper()} - set(allowed.split(", ")):
            if method == MARK.upper():
                continue  # no method of HTTP: among the rows above
            answer = await hub.call(method, path)
            assert (answer.status, answer.code) == (405, "method_not_allowed"), (method, path)
            assert answer.headers["Allow"] == allowed, path
        options = await hub.call("OPTIONS", path)
        assert (options.status, options.headers["Allow"], options.body) == (204, allowed, b"")
    head = await hub.call("HEAD", f"{API}/ambulances", token=world.tokens["DP"])
    whole = await hub.call("GET", f"{API}/ambulances", token=world.tokens["DP"])
    assert (head.status, head.body, head.headers["Content-Type"]) == (200, b"", "application/json")
    assert abs(int(head.headers["Content-Length"]) - len(whole.body)) < 16  # ages differ by some digits
    assert (await hub.call("OPTIONS", f"/{MARK}")).status == 404
    assert (await hub.raw(b"OPTIONS * HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")).startswith(b"HTTP/1.1 404")
    assert (await hub.raw(b"CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n", timeout_s=2)).startswith(b"HTTP/1.1 4")


async def test_other_content_types_and_encodings_are_not_read(judge: Judge, world: World) -> None:
    packed = gzip.compress(b" " * 10_000_000)
    for path, good in ((f"{API}/sessions", rows.SIGN_IN), (f"{API}/facilities", rows.FACILITY)):
        cases: list[tuple[bytes, dict[str, str]]] = [
            (good.encode(), {"Content_Type": kind})
            for kind in (
                *("", "text/plain", f"application/{MARK}", "application/json; charset=utf-16"),
                *(
                    "application/merge-patch+json",
                    "multipart/form-data; boundary=x",
                    "application/x-www-form-urlencoded",
                ),
            )
        ]
        cases += [(packed, {"Content_Encoding": kind}) for kind in ("gzip", "deflate", "br", "gzip, gzip", MARK)]
        cases += [(b"\x1f\x8b garbage", {"Content_Encoding": "gzip"})]
        for body, headers in cases:
            sent = request("POST", path, body, Authorization=f"Bearer {world.tokens['AD']}", **headers)
            await judge.sent(f"{path} {headers}", sent, {415})


async def test_bad_requests_leave_no_memory_behind(hub: Hub, world: World) -> None:
    sent = [as_bytes(text, world.tokens["AD"]) for text in rows.HTTP.values()]
    authorization = f"Bearer {world.tokens['AD']}"
    sent += [
        request("POST", path, as_bytes(text), Authorization=authorization) for path, text, _ in _documents().values()
    ]
    sent += [request("GET", f"{API}/facilities?{query}", Authorization=authorization) for query in rows.QUERIES]
    for row in sent:  # what every kind of request keeps once
        await hub.raw(row, timeout_s=2)
    before = _memory_bytes()
    for row in sent:
        await hub.raw(row, timeout_s=2)
    assert _memory_bytes() - before < MEMORY_BYTES


async def test_a_forwarded_address_that_nobody_may_tell_is_not_believed(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    for said in ("203.0.113.7", f"{MARK}, 203.0.113.7", "203.0.113.7, " * 1000, "::1", "\u0663"):
        await hub.call("GET", f"{API}/users", token=world.tokens["TB"], headers={"X-Forwarded-For": said})
    found = await superuser.fetch("SELECT DISTINCT host(network) AS address FROM audit_log WHERE network IS NOT NULL")
    assert [row["address"] for row in found] == ["127.0.0.1"]


async def test_a_formula_is_no_formula_in_a_file(hub: Hub, world: World) -> None:
    names = ["=HYPERLINK(1)", "+1+1", "-1+1", "@SUM(A1)", "\t=1", 'a"b,c']
    for name in names[:4] + names[5:]:
        answer = await hub.call(
            "POST", f"{API}/facilities", token=world.tokens["AD"], json={"name": name, "type": "clinic"}
        )
        assert answer.status == 201, name
    text = (await hub.call("GET", f"{API}/facilities.csv", token=world.tokens["AD"])).body.decode()
    cells = {cell for line in text.splitlines() for cell in line.replace('"', "").split(",")}
    assert not {cell for cell in cells if cell.startswith(("=", "+", "@"))}


async def _book(superuser: asyncpg.Connection[asyncpg.Record], world: World) -> object:
    """Insert an appointment of the doctor."""
    return await superuser.fetchval(
        "INSERT INTO appointments (patient_id, doctor_id, facility_id, scheduled_at, duration_min, status)"
        " VALUES ($1, $2, $3, now() + interval '1 day', 30, 'scheduled') RETURNING id",
        *(world.users["PT"], world.users["DR"], world.facilities["north"]),
    )


async def test_a_huge_declared_body_is_refused_before_it_comes(hub: Hub, judge: Judge) -> None:
    started = time.monotonic()
    await judge.sent("10 GB", _sign_in(b"", Content_Length=str(10 * 2**30)), {413})
    assert time.monotonic() - started < 2


async def test_a_body_in_endless_chunks_is_cut_at_the_limit(hub: Hub, judge: Judge) -> None:
    chunk = b"8000\r\n" + b" " * 0x8000 + b"\r\n"
    sent = _sign_in(chunk * 20, Content_Length="", Transfer_Encoding="chunked")
    await judge.sent("chunks", sent, {0, 413})  # the rest of the body may overtake the answer


async def test_a_body_that_never_comes_is_given_up(hub: Hub, judge: Judge) -> None:
    started = time.monotonic()
    await judge.sent("half a body", _sign_in(b"{", Content_Length="50"), {408}, timeout_s=5)
    assert time.monotonic() - started < SETTINGS.body_timeout_s + LIMITS.lingering_s + 1


async def test_a_header_that_never_ends_is_cut(hub: Hub, judge: Judge) -> None:
    async with judge.watching("slowly"):
        started = time.monotonic()
        reader, writer = await asyncio.open_connection("127.0.0.1", hub.port)
        writer.write(b"GET /live HTTP/1.1\r\n")
        assert await asyncio.wait_for(reader.read(), LIMITS.keepalive_s + 2) == b""
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


async def test_odd_expectations_are_not_quoted_back(hub: Hub, judge: Judge) -> None:
    await judge.sent("an expectation", _sign_in(rows.SIGN_IN.encode(), Expect=MARK), {400})


async def test_every_answer_has_the_strict_headers(hub: Hub) -> None:
    for path in ("/live", "/openapi.json", f"/{MARK}", f"{API}/map"):
        headers = (await hub.call("GET", path)).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["Cache-Control"] == ("no-cache" if path == "/openapi.json" else "no-store")
        assert "geolocation=()" in headers["Permissions-Policy"]
        assert headers["Server"] == "arogya"
        assert len(headers["X-Request-Id"]) == 16
