"""The bytes that are hashed are those that docs/audit.md describes, and a break of the chain is found where it is."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from hub.audit import chain
from storage.audit_seals import Line, Seal
from tests.docs.pages import blocks, text_of


def line(id_: int, detail: str = "{}") -> Line:
    who = ("user", "u", None)
    what = ("appointments.R", "appointments", "ä\n", "p", "allowed", None)
    return (id_, 1_795_000_000_000_000, *who, *what, "r", "10.0.0.1/32", detail)


def three() -> list[Seal]:
    seals: list[Seal] = []
    for number in range(3):
        lines = [line(2 * number + 1), line(2 * number + 2)]
        seals.append(chain.seal(lines, after=seals[-1] if seals else None, sealed_at=7 + number))
    return seals


def test_an_entry_is_a_line_of_json_without_spaces() -> None:
    written = json.dumps(list(line(1, '{"a": 1.10}')), ensure_ascii=False, separators=(",", ":")).encode()
    assert chain.digest(line(1, '{"a": 1.10}')) == sha256(written).digest()


def test_a_seal_hashes_the_one_before_its_own_fields_and_its_digests() -> None:
    first, second, _ = three()
    assert first.previous == bytes(32)
    said = b"[1,2,8,[3,4]]"
    assert second.hash == sha256(first.hash + said + chain.digest(line(3)) + chain.digest(line(4))).digest()


def test_a_whole_chain_has_no_fault() -> None:
    seals = three()
    assert list(chain.wrong_links(seals, (0, chain.FIRST))) == []
    assert list(chain.wrong_links(seals[1:], (1, seals[0].hash))) == []
    assert list(chain.wrong_entries(seals[0], {1: line(1), 2: line(2)})) == []


def test_a_changed_field_of_a_seal_is_found() -> None:
    seals = three()
    seals[1] = seals[1]._replace(sealed_at=9)
    assert list(chain.wrong_links(seals, (0, chain.FIRST))) == ["seal 2 was changed"]


def test_missing_seals_are_named() -> None:
    seals = three()
    assert list(chain.wrong_links([seals[0], seals[2]], (0, chain.FIRST))) == ["seal 2 is missing"]
    assert list(chain.wrong_links(seals[2:], (0, chain.FIRST))) == ["seals 1 to 2 are missing"]


def test_a_replaced_seal_does_not_fit_the_next_one() -> None:
    seals = three()
    seals[1] = chain.seal([line(3, "{}"), line(4, '{"forged": true}')], after=seals[0], sealed_at=8)
    found = list(chain.wrong_links(seals, (0, chain.FIRST)))
    assert found == ["seal 3 does not follow seal 2: one of them was replaced"]


def test_changed_and_missing_entries_are_named() -> None:
    found = list(chain.wrong_entries(three()[0], {2: line(2, '{"a": 1}')}))
    assert found == ["entry 1 (seal 1) is missing", "entry 2 (seal 1) was changed"]


def test_the_program_on_the_page_computes_the_same() -> None:
    (program,) = blocks(text_of("docs/audit.md"), "python")
    given: dict[str, Any] = {}
    exec(program, given)  # noqa: S102 - a reader copies it
    (one, *_) = three()
    assert given["digest"](list(line(1))) == one.digests[:32]
    assert given["seal_hash"](one.id, one.sealed_at, one.entry_ids, one.previous, one.digests) == one.hash
