"""What a node keeps, and who may write it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.bus.bus import PARTITIONS
from hub.bus.keys import Keys
from hub.bus.message import Seal
from hub.bus.shelf import ROWS_MAX, Chunk, Shelf, open_rows, row_context, seal_row

SEAL, KEYS, EPOCH = Seal("a secret that all nodes share"), Keys("test"), b"12345678"
PLACE = ("fixes", 1)
KEY = "test:{p1}:fixes:a"


def shelf() -> Shelf:
    return Shelf(SEAL, KEYS, "a", EPOCH)


def kinds(chunk: Chunk) -> list[object]:
    return [words[0] for words in chunk.commands]


def stored(hashes: dict[str, dict[bytes, bytes]], chunk: Chunk) -> None:
    """Do to a dictionary what the commands of a chunk do to a server."""
    for verb, key, *rest in chunk.commands:
        kept = hashes.setdefault(str(key), {})
        if verb == "DEL":
            kept.clear()
        elif verb == "HSET":
            kept |= {b"%d" % int(name): bytes(value) for name, value in zip(rest[::2], rest[1::2], strict=True)}  # type: ignore[arg-type]
        elif verb == "HDEL":
            for name in rest:
                kept.pop(b"%d" % int(name), None)


rows = st.lists(
    st.tuples(st.integers(-20, 20), st.none() | st.binary(max_size=9), st.sampled_from(["write", "fail", ""]))
)


@given(rows)
def test_what_is_written_is_what_is_kept(plan: list[tuple[int, bytes | None, str]]) -> None:
    kept, hashes = shelf(), {KEY: {b"99": b"of an earlier life"}}
    expected: dict[int, bytes] = {}
    for key, value, then in plan:
        kept.put("fixes", key, value)
        expected[key] = value or b""
        if value is None:
            del expected[key]
        for chunk in kept.chunks(100) if then else ():
            if then == "fail":
                kept.failed(chunk)
            else:
                stored(hashes, chunk)
    for chunk in kept.chunks(100):
        stored(hashes, chunk)
    assert kept.chunks(1) == []
    for partition in range(PARTITIONS):
        place = ("fixes", partition)
        read = open_rows(SEAL, row_context(place, "a", EPOCH), hashes.get(KEYS.table(*place, "a"), {}))
        assert read == {key: value for key, value in expected.items() if key % PARTITIONS == partition}


def test_many_rows_go_in_several_commands() -> None:
    kept = shelf()
    for key in range(1, 1 + PARTITIONS * (ROWS_MAX + 1), PARTITIONS):
        kept.put("fixes", key, b"x")
    first, second = kept.chunks(9)
    assert (len(first.rows), len(second.rows)) == (ROWS_MAX, 1)
    assert (kinds(first), kinds(second)) == (["DEL", "HSET", "PEXPIRE"], ["HSET", "PEXPIRE"])
    kept.failed(second)
    assert [chunk.rows for chunk in kept.chunks(9)] == [second.rows]
    kept.everything()
    assert sum(len(chunk.rows) for chunk in kept.chunks(9)) == ROWS_MAX + 1
    assert (kept.places(), list(kept.refreshing())) == ({KEY: 1}, [PLACE])


def test_rows_that_a_server_brought_back_are_removed_with_all_others() -> None:
    kept, hashes = shelf(), dict[str, dict[bytes, bytes]]()
    kept.put("fixes", 1, b"x")
    for chunk in kept.chunks(9):
        stored(hashes, chunk)
    before = dict(hashes[KEY])
    kept.put("fixes", 1, None)
    for chunk in kept.chunks(9):
        stored(hashes, chunk)
    assert (len(before), hashes[KEY]) == (1, {})
    hashes[KEY] = before
    kept.everything()
    for chunk in kept.chunks(9):
        stored(hashes, chunk)
    assert hashes[KEY] == {}


def test_a_row_counts_only_where_and_when_it_was_written() -> None:
    row = seal_row(SEAL, row_context(PLACE, "a", EPOCH), 5, b"x")
    assert open_rows(SEAL, row_context(PLACE, "a", EPOCH), {b"5": row}) == {5: b"x"}
    for place, node, epoch in (
        (("fixes", 2), "a", EPOCH),
        (("devices", 1), "a", EPOCH),
        (PLACE, "b", EPOCH),
        (PLACE, "a", b"87654321"),
    ):
        assert open_rows(SEAL, row_context(place, node, epoch), {b"5": row}) == {}
    for name in (b"9", b"05", b"+5", b" 5", b"5_", b"", b"-", "५".encode()):
        assert open_rows(SEAL, row_context(PLACE, "a", EPOCH), {name: row}) == {}


@given(st.dictionaries(st.binary(max_size=24), st.binary(max_size=40)))
def test_no_bytes_in_a_table_raise_anything(fields: dict[bytes, bytes]) -> None:
    assert open_rows(SEAL, row_context(PLACE, "a", EPOCH), fields) == {}
