"""Strict reading of what a caller sends: path, query and body, each into a declared type."""

from __future__ import annotations

import asyncio
import json
import math
import re
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, NoReturn, TypeVar
from uuid import UUID

import msgspec
import orjson
from aiohttp import hdrs, web

from hub.errors import FieldForbidden, InvalidValue, Malformed, NotFound, TooLarge, UnknownField, UnsupportedMedia

BIGINT_MAX = 2**63 - 1
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})", re.ASCII)
_ROW_ID = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,15})(\.[0-9]{1,30})?([eE][-+]?[0-9]{1,3})?", re.ASCII)  # as JSON has it
_TEXT = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff]*")  # no longer than a request line
_PLACE = re.compile(r"at `(\$[A-Za-z0-9_.\[\]]*)`$", re.ASCII)
_JSON, MERGE_PATCH = "application/json", "application/merge-patch+json"

T = TypeVar("T", bound=msgspec.Struct)


def path_id(http_request: web.Request) -> int:
    """Return the bigint `{id}` of the path; what no row can have raises NotFound, like an id without a row."""
    text = http_request.match_info["id"]
    if not _ROW_ID.fullmatch(text) or int(text) > BIGINT_MAX:
        raise NotFound
    return int(text)


def path_uuid(http_request: web.Request) -> UUID:
    """Return the uuid `{id}` of the path in its one usual form; anything else raises NotFound."""
    text = http_request.match_info["id"]
    if not _UUID.fullmatch(text):
        raise NotFound
    return UUID(text)


def read_query(http_request: web.Request, spec: type[T]) -> T:
    """Return the query as `spec`; raises UnknownField, or InvalidValue for a repeated or impossible parameter."""
    fields = _fields_of(spec)
    found: dict[str, object] = {}
    for name, text in http_request.query.items():
        if name not in fields:
            raise UnknownField("a query parameter is not known")
        if name in found:
            raise InvalidValue("a query parameter is repeated", field=name)
        found[name] = _read_text(fields[name], text, name)
    try:
        return msgspec.convert(found, spec)
    except msgspec.ValidationError as error:
        _refuse(error)


@lru_cache(maxsize=512)
def _fields_of(spec: type[msgspec.Struct]) -> dict[str, Any]:
    return {field.encode_name: field.type for field in msgspec.structs.fields(spec)}


class BodyRules(NamedTuple):
    """What a body may be, beside its type."""

    bytes_max: int
    timeout_s: float
    read_only: frozenset[str] = frozenset()  # fields that exist, and are not for a body
    merges: bool = False  # also as a JSON Merge Patch (RFC 7396)


async def read_body(http_request: web.Request, spec: type[T], rules: BodyRules) -> T:
    """Return the JSON body as `spec`; raises the BadInput that fits, FieldForbidden for a field that is only read.

    A body that does not arrive in time raises TimeoutError.
    """
    types = (_JSON, MERGE_PATCH) if rules.merges else (_JSON,)
    if http_request.content_type not in types or len(http_request.headers.getall(hdrs.CONTENT_TYPE, [])) != 1:
        raise UnsupportedMedia("send application/json")
    if (http_request.charset or "utf-8").lower() not in {"utf-8", "utf8"}:
        raise UnsupportedMedia("send UTF-8")
    if http_request.headers.get(hdrs.CONTENT_ENCODING, "identity").lower() != "identity":
        raise UnsupportedMedia("send the body without a content encoding")
    if (http_request.content_length or 0) > rules.bytes_max:
        raise TooLarge
    async with asyncio.timeout(rules.timeout_s):
        raw = await http_request.read()
    return parse_json(raw, spec, rules.read_only)


def parse_json(raw: bytes, spec: type[T], read_only: frozenset[str] = frozenset()) -> T:
    """Return a JSON document as `spec`; raises Malformed, UnknownField, InvalidValue, or FieldForbidden.

    The standard library's parser is the one that shows duplicate keys; bodies are small, so its speed does not matter.
    """
    try:
        document = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite
        )
        # Refuses lone surrogates, integers above 64 bits and what is nested deeper than any of our types.
        orjson.dumps(document)
    except (ValueError, TypeError, RecursionError):
        raise Malformed("the body is not the JSON that is expected here") from None
    if read_only and isinstance(document, dict):
        _check_names(document, spec, read_only)
    try:
        return msgspec.convert(document, spec)
    except msgspec.ValidationError as error:
        _refuse(error)


def _check_names(document: dict[str, object], spec: type[msgspec.Struct], read_only: frozenset[str]) -> None:
    """Tell a field that does not exist from one that is only read, before their values are looked at."""
    known = _fields_of(spec)
    if any(name not in known and name not in read_only for name in document):
        raise UnknownField("a field is not known")
    for name in document:
        if name not in known:
            raise FieldForbidden("this is not yours to write", field=name)


def _read_text(kind: Any, text: str, name: str) -> object:
    """Read one query value by its declared type; numbers are ASCII digits in their one usual form."""
    if not _TEXT.fullmatch(text):
        raise InvalidValue("a query parameter has characters that none takes", field=name)
    kinds = {part for part in _plain_types(kind) if part is not type(None)}
    if bool in kinds:
        return text == "true" if text in ("true", "false") else _impossible(name)
    if int in kinds:
        return int(text) if _INTEGER.fullmatch(text) else _impossible(name)
    if float in kinds:
        number = float(text) if _DECIMAL.fullmatch(text) else math.nan
        return number if math.isfinite(number) else _impossible(name)
    if datetime in kinds:
        return _moment(text, name)
    return text


def _plain_types(kind: Any) -> list[Any]:
    parts = getattr(kind, "__metadata__", None)
    if parts is not None:
        return _plain_types(kind.__origin__)
    arguments = getattr(kind, "__args__", None)
    if arguments is not None:
        return [plain for argument in arguments for plain in _plain_types(argument)]
    return [kind]


def _moment(text: str, name: str) -> datetime:
    try:
        moment = msgspec.convert(text, datetime)
    except msgspec.ValidationError:
        _impossible(name)
    if moment.tzinfo is None:
        raise InvalidValue("a time needs its zone, such as Z", field=name)
    return moment


def _impossible(name: str) -> NoReturn:
    raise InvalidValue("a query parameter has an impossible value", field=name)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is repeated")
    return found


def _no_constant(_name: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError("a number is too large")
    return number


def _refuse(error: msgspec.ValidationError) -> NoReturn:
    """Turn a validation error into ours: its own sentence may quote the input, only the place in our types is kept."""
    sentence = str(error)
    place = _PLACE.search(sentence)
    field = place[1].removeprefix("$.") if place else None
    if "unknown field" in sentence:
        raise UnknownField("a field is not known") from None
    if "missing required field" in sentence:
        missing = re.search(r"missing required field `([a-z_]+)`", sentence)
        raise InvalidValue("a required field is missing", field=missing[1] if missing else None) from None
    raise InvalidValue("a value is of the wrong type or out of range", field=field) from None
