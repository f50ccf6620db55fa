"""What a seal of the audit log is made of: the bytes of an entry, their digests, and the hash that links seals.

The line of an entry is a JSON array of its columns (`storage.audit_seals.Line`), in UTF-8, without spaces. Its digest
is the SHA-256 of that line. A seal's hash is the SHA-256 of the hash before it (32 zero bytes for the first), a JSON
array [1, id, sealed_at, entry_ids] and the digests, one after the other. docs/audit.md says the same with an example.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256

import orjson

from storage.audit_seals import Line, Seal

FIRST = bytes(32)  # what the first seal links to
FORM = 1  # of what is hashed
DIGEST_BYTES = 32


def digest(line: Line) -> bytes:
    """Return the digest of an entry."""
    return sha256(orjson.dumps(line)).digest()


def seal_hash(id_: int, sealed_at: int, entry_ids: Iterable[int], previous: bytes, digests: bytes) -> bytes:
    """Return the hash of a seal."""
    return sha256(previous + orjson.dumps([FORM, id_, sealed_at, list(entry_ids)]) + digests).digest()


def seal(lines: list[Line], *, after: Seal | None, sealed_at: int) -> Seal:
    """Return the seal over some entries that follows another one; `sealed_at` in µs since 1970."""
    id_, previous = (1, FIRST) if after is None else (after.id + 1, after.hash)
    entry_ids = [line[0] for line in lines]
    digests = b"".join(digest(line) for line in lines)
    return Seal(id_, sealed_at, entry_ids, digests, previous, seal_hash(id_, sealed_at, entry_ids, previous, digests))


def wrong_links(seals: Iterable[Seal], after: tuple[int, bytes]) -> Iterator[str]:
    """Yield a sentence for each seal that is missing, was changed, or does not follow the one before it.

    `after` is the id and the hash of the seal before the first of these.
    """
    expected, previous = after[0] + 1, after[1]
    for one in seals:
        if one.id != expected:
            last = one.id - 1
            yield f"seal {expected} is missing" if last == expected else f"seals {expected} to {last} are missing"
        elif one.previous != previous:
            yield f"seal {one.id} does not follow seal {one.id - 1}: one of them was replaced"
        if one.hash != seal_hash(one.id, one.sealed_at, one.entry_ids, one.previous, one.digests):
            yield f"seal {one.id} was changed"
        expected, previous = one.id + 1, one.hash


def wrong_entries(one: Seal, found: dict[int, Line]) -> Iterator[str]:
    """Yield a sentence for each entry of a seal that is missing or was changed; `found` has the lines by their id."""
    for place, entry_id in enumerate(one.entry_ids):
        line = found.get(entry_id)
        if line is None:
            yield f"entry {entry_id} (seal {one.id}) is missing"
        elif digest(line) != one.digests[place * DIGEST_BYTES : (place + 1) * DIGEST_BYTES]:
            yield f"entry {entry_id} (seal {one.id}) was changed"
