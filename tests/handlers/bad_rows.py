"""What no honest client sends, row by row: a name, what is sent, and how it is answered."""

from __future__ import annotations

from handlers.call import API

MARK = "zq9marker"  # in what is sent: never in an answer, never in a log
GOOD_TOKEN = "TOKEN"  # stands for a token that counts, in a request line or header

_TO_SESSIONS = f"POST {API}/sessions HTTP/1.1\r\nHost: h\r\n"
_TO_RECORDS = (
    f"POST {API}/facilities HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {GOOD_TOKEN}\r\n"
    "Content-Type: application/json\r\n"
)
_CHUNKED = "Transfer-Encoding: chunked\r\n\r\n"

# Bytes on a connection → refused by 400, 404, 413 or 415, or cut.
HTTP: dict[str, str] = {
    "no http at all": f"{MARK}\r\n\r\n",
    "http 0.9": f"GET /live?{MARK}\r\n\r\n",
    "http 0.9 named": "GET /live HTTP/0.9\r\n\r\n",
    "http 2.0": "GET /live HTTP/2.0\r\nHost: h\r\n\r\n",
    "http 1.2": "GET /live HTTP/1.2\r\nHost: h\r\n\r\n",
    "preface of http 2": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "tls hello": "\x16\x03\x01\x02\x00\x01\x00",
    "an unknown method": f"{MARK.upper()} /live HTTP/1.1\r\nHost: h\r\n\r\n",
    "a path of 20 kB": f"GET /{MARK * 2500} HTTP/1.1\r\nHost: h\r\n\r\n",
    "a space in the path": f"GET /{MARK} x HTTP/1.1\r\nHost: h\r\n\r\n",
    "a header without a colon": f"GET /live HTTP/1.1\r\nHost: h\r\n{MARK}\r\n\r\n",
    "a folded header": f"GET /live HTTP/1.1\r\nHost: h\r\nX: a\r\n {MARK}\r\n\r\n",
    "a NUL in a header": f"GET /live HTTP/1.1\r\nHost: h\r\nX: {MARK}\0\r\n\r\n",
    "a header of 20 kB": f"GET /live HTTP/1.1\r\nHost: h\r\nX: {MARK * 2500}\r\n\r\n",
    "a thousand headers": "GET /live HTTP/1.1\r\nHost: h\r\n" + f"X: {MARK}\r\n" * 1000 + "\r\n",
} | {
    f"{name}, {where}": f"{line}{rest}"
    for where, line in (("signing in", _TO_SESSIONS), ("to records", _TO_RECORDS))
    for name, rest in {
        "two lengths": f"Content-Length: 5\r\nContent-Length: 6\r\n\r\n{MARK}",
        "two lengths in one": f"Content-Length: 5, 6\r\n\r\n{MARK}",
        "a length and chunks": f"Content-Length: 5\r\n{_CHUNKED}0\r\n\r\n",
        "a negative length": "Content-Length: -5\r\n\r\n",
        "a length with a sign": "Content-Length: +5\r\n\r\nhello",
        "a length in hex": "Content-Length: 0x5\r\n\r\nhello",
        "a length of 40 digits": f"Content-Length: {'9' * 40}\r\n\r\n",
        "10 GB declared and nothing sent": f"Content-Type: application/json\r\nContent-Length: {10 * 2**30}\r\n\r\n",
        "an unknown transfer encoding": f"Transfer-Encoding: {MARK}\r\n\r\n",
        "chunked twice": "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
        "chunks and identity": "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "a space before the colon": "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "a bad chunk size": f"{_CHUNKED}{MARK}\r\n\r\n",
        "a negative chunk": f"{_CHUNKED}-1\r\n\r\n",
        "a chunk size of 40 digits": f"{_CHUNKED}{'f' * 40}\r\n\r\n",
        "a chunk longer than it says": f"{_CHUNKED}2\r\n{MARK}\r\n0\r\n\r\n",
        "a chunk size with 0x": f"{_CHUNKED}0x5\r\nhello\r\n0\r\n\r\n",
    }.items()
}  # fmt: skip

# Targets of a GET → 400 or 404.
TARGETS = (
    f"/{MARK}", "/%00", "/%ff", "//live", "/live/", "/LIVE", "/live%2f", "/%6cive", "/./live", "/../live", "/live/..",
    f"http://{MARK}/live", f"http://h/live?{MARK}", "/api/v1", "/api/v1/", "/api/v1//map", "/api/v2/map",
    "/..%2f..%2fetc/passwd", "/live;x", "/\u00e9", "/live\\", "/metrics", f"{API}/facilities/%00",
    f"{API}/facilities/%ff", f"{API}//facilities", f"{API}/facilities//", f"{API}/facilities/", f"{API}/Facilities",
    f"{API}/facilities/..%2fusers", f"http://h{API}/facilities", f"{API}/facilities;{MARK}", f"{API}/facilities.CSV",
)  # fmt: skip

SIGN_IN = '{"email":"a@b.test","password":"x","client":"app"}'
FACILITY = '{"name":"Lake","type":"clinic"}'
# What replaces the value of a text field, or the whole body → the status.
VALUES: dict[str, tuple[str, int]] = {
    "NaN": ("NaN", 400),
    "Infinity": ("-Infinity", 400),
    "1e999": ("1e999", 400),
    "2^64": ("18446744073709551616", 400),
    "300 digits": ("9" * 300, 400),
    "5,000 digits": ("9" * 5000, 400),
    "a number": ("1", 422),
    "true": ("true", 422),
    "null": ("null", 422),
    "a list": ("[]", 422),
    "an object": ('{"a":1}', 422),
    "depth 33": ("[" * 33 + "]" * 33, 422),
    "a lone surrogate": ('"\\ud800"', 400),
    "a lone surrogate in a key": ('{"\\udfff":1}', 400),
    "bad UTF-8": ('"\udcff"', 400),
    "a raw control character": ('"\n"', 400),
    "a million characters": ('"' + "a" * 1_000_000 + '"', 413),
}
BODIES: dict[str, tuple[str, int]] = {
    "nothing": ("", 400),
    "only spaces": (" \n", 400),
    "a list": ("[]", 422),
    "a number": ("1", 422),
    "null": ("null", 422),
    "depth 30,000": ("[" * 30_000 + "]" * 30_000, 400),
    "depth 100,000": ("[" * 100_000 + "]" * 100_000, 413),
    "an object in an object, 10,000 deep": ('{"a":' * 10_000 + "1" + "}" * 10_000, 400),
}
# What is made of a good body.
CHANGES: dict[str, tuple[tuple[str, str], int]] = {
    "truncated": (("}", ""), 400),
    "two documents": (("}", "}{}"), 400),
    "a trailing comma": (("}", ",}"), 400),
    "comments": (("{", "/* */{"), 400),
    "a NUL after it": (("}", "}\0"), 400),
    "a byte order mark": (("{", "\ufeff{"), 400),
    "a repeated key": (("}", ',"KEY":"b"}'), 400),
    "an unknown field": (("}", f',"{MARK}":1}}'), 422),
    "__proto__": (("}", ',"__proto__":{"role":"admin"}}'), 422),
    "constructor": (("}", ',"constructor":{"prototype":1}}'), 422),
    "a field in another case": (("}", ',"NAME":"b"}'), 422),
    "an empty key": (("}", ',"":1}'), 422),
}
# PATCH of an appointment → the status; the body is JSON.
APPOINTMENT: dict[str, tuple[str, int]] = {
    "true for an int": ('{"duration_min":true}', 422),
    "a text for an int": ('{"duration_min":"30"}', 422),
    "a fraction for an int": ('{"duration_min":30.0}', 422),
    "2^31": ('{"duration_min":2147483648}', 422),
    "2^64": ('{"duration_min":18446744073709551616}', 400),
    "-0": ('{"duration_min":-0}', 422),
    "30 February": ('{"scheduled_at":"2027-02-30T10:00:00Z"}', 422),
    "no zone": ('{"scheduled_at":"2027-02-20T10:00:00"}', 422),
    "a day alone": ('{"scheduled_at":"2027-02-20"}', 422),
    "hour 25": ('{"scheduled_at":"2027-02-20T25:00:00Z"}', 422),
    "year 10000": ('{"scheduled_at":"10000-02-20T10:00:00Z"}', 422),
    "a number for a time": ('{"scheduled_at":1790000000}', 422),
    "null for what must be": ('{"scheduled_at":null}', 422),
    "a status that is none": (f'{{"status":"{MARK}"}}', 422),
    "a status by its number": ('{"status":1}', 422),
    "its id": ('{"id":"0198f1c2-7d3a-7b54-9a41-5e6f2c1d0b3a"}', 403),
    "its version": ('{"version":99}', 403),
    "whose it is": ('{"patient_id":"0198f1c2-7d3a-7b54-9a41-5e6f2c1d0b3a"}', 403),
}
# The query of GET /facilities, and of GET /appointments → 422, or what is said.
QUERIES: dict[str, int] = {
    "limit=-1": 422, "limit=0": 422, "limit=201": 422, "limit=1000000000": 422, "limit=%D9%A3": 422,
    "limit=%EF%BC%91": 422,
    "limit=1e2": 422, "limit=1.0": 422, "limit=01": 422, "limit=%201": 422, "limit=%2B1": 422, "limit=": 422,
    "limit=0x10": 422, f"limit={'9' * 400}": 422, "limit=1&limit=2": 422, "limit=1&limit=1": 422, "LIMIT=1": 422,
    "limit[]=1": 422, f"{MARK}=1": 422, "=1": 422, "%00=1": 422, "total=1": 422, "total=TRUE": 422, "total=": 422,
    "sort=password": 422, "sort=-password": 422, "sort=location": 422, "sort=name;DROP%20TABLE%20users": 422,
    "sort=name,created_at": 422, "sort=--name": 422, "sort=": 422, "cursor=": 422, f"cursor={MARK}": 422,
    f"cursor={'A' * 2000}": 422, "cursor=%00": 422, "search=": 422, "search=%00": 422, "search=%0A": 422,
    f"search={'a' * 201}": 422, "search=%ed%a0%80": 200, "search=%ff": 200, "search=%25%27%3B--": 200,
    "embed=password": 422, "embed=": 422, "embed=patient,,doctor": 422, "id=1": 422, "password=a": 422,
    f"access_token={MARK}": 422, f"token={MARK}": 422, "type=%00": 422, "type=clinic&type=hospital": 422,
}  # fmt: skip
SPANS: dict[str, int] = {
    "patient_id=1": 422, "patient_id=0198F1C2-7D3A-7B54-9A41-5E6F2C1D0B3A%00": 422, "status=any": 422, "status=": 422,
    "scheduled_at_from=2027-02-30T10:00:00Z": 422, "scheduled_at_from=2027-02-20T10:00:00": 422,
    "scheduled_at_from=2027-02-20": 422, "scheduled_at_from=1790000000": 422, "scheduled_at_until=now": 422,
    "scheduled_at_from=99999-01-01T00:00:00Z": 422, "notes=a": 422, "sort=notes": 422, "embed=patient,password": 422,
    "scheduled_at=2027-02-20T10:00:00%2B99:99": 422,
}  # fmt: skip
