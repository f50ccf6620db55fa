"""Names for the versions of a record: strong entity tags (RFC 9110, section 8.8.3) and their conditions. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache

import msgspec

from storage.records.entity import Entity

_TAG = re.compile(r'\s*(W/)?"([^"]*)"\s*(?:,|$)')
encode = msgspec.json.Encoder().encode


def tagged(entity: Entity, fields: Mapping[str, object]) -> tuple[str, bytes]:
    """Return the tag of a record and the record itself as JSON, which are mostly made of the same bytes."""
    body = encode(fields)
    apart = _apart(entity)
    is_plain = apart[0].isdisjoint(fields) and apart[1].isdisjoint(fields)
    return f'"{_digest(body)}"' if is_plain else etag(entity, fields), body


def etag(entity: Entity, fields: Mapping[str, object]) -> str:
    """Return the tag of a record as its reader sees it, without what changes by itself.

    Embedded records have a part of their own after a hyphen: a condition of a write is about the record alone.
    """
    volatile, embeds = _apart(entity)
    own = {name: value for name, value in fields.items() if name not in volatile and name not in embeds}
    embedded = {name: value for name, value in fields.items() if name in embeds}
    tail = f"-{_digest(encode(embedded))}" if embedded else ""
    return f'"{_digest(encode(own))}{tail}"'


def same(header: str, tag: str) -> bool:
    """Say whether an If-None-Match lists this tag."""
    return header.strip() == "*" or tag.strip('"') in {found for _, found in _TAG.findall(header)}


def matches(header: str, tag: str) -> bool:
    """Say whether an If-Match lists this version of the record, whatever was embedded when it was read.

    A tag that somebody on the way made weak does not count (RFC 9110, section 13.1.1).
    """
    listed = {found.partition("-")[0] for weak, found in _TAG.findall(header) if not weak}
    return header.strip() == "*" or tag.strip('"').partition("-")[0] in listed


@lru_cache(maxsize=64)
def _apart(entity: Entity) -> tuple[frozenset[str], frozenset[str]]:
    volatile = frozenset(column.name for column in entity.columns if column.volatile)
    return volatile, frozenset(embed.name for embed in entity.embeds)


def _digest(encoded: bytes) -> str:
    return hashlib.blake2b(encoded, digest_size=12).hexdigest()
