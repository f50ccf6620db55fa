"""The vectors hold for the code that every message goes through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from arogya.client.fleet import OutOfStep
from arogya.client.physio import session_of
from arogya.client.state import ChannelState
from hub.errors import HubError
from hub.ingest.admission import Place, fix_time
from hub.ingest.credit import Account
from hub.ingest.cursor import Cursor
from hub.outcomes import outcome_of
from hub.protocol.codec import JSON, MSGPACK, Codec
from hub.protocol.device_frames import FROM_DEVICE
from hub.protocol.fix import parse_fix
from hub.protocol.hub_frames import FROM_HUB
from hub.protocol.live_frames import FROM_LIVE, Delta, Snapshot
from hub.protocol.viewer_frames import FROM_VIEWER
from storage.events import Position
from tests.hub.live.follower import Follower
from tests.hub.live.viewer import Viewer
from tests.protocol.vectors import FOLDER, each, vectors

KINDS: dict[str, dict[str, Callable[..., Any]]] = {
    "device": dict(FROM_DEVICE),
    "hub": dict(FROM_HUB),
    "viewer": dict(FROM_VIEWER),
    "live": dict(FROM_LIVE),
}


def payload(vector: dict[str, Any], codec: Codec) -> bytes | str | None:
    """Return a vector's message in an encoding, if it has one there."""
    if codec is JSON:
        text: str | None = vector.get("json")
        return text
    return bytes.fromhex(vector["msgpack"]) if "msgpack" in vector else None


def is_bin(value: object) -> bool:
    """Tell whether a field stands for bytes, which JSON has not."""
    return isinstance(value, dict) and value.keys() == {"bin"}


@pytest.mark.parametrize("codec", [JSON, MSGPACK], ids=["json", "msgpack"])
@each("frames")
def test_a_frame_is_read_and_written_as_documented(vector: dict[str, Any], codec: Codec) -> None:
    encoded = payload(vector, codec)
    if encoded is None:
        assert payload(vector, JSON if codec is MSGPACK else MSGPACK) is not None
        return  # the other encoding says it in another way
    message = {
        name: bytes.fromhex(value["bin"]) if is_bin(value) else value for name, value in vector["message"].items()
    }
    assert codec.load(encoded) == message
    read = codec.decode(encoded, KINDS[vector["from"]])
    written = codec.encode(read)
    if vector["name"] == "data with an eighth element that is null":
        return  # read and forgotten: nobody writes it
    assert (written.decode() if codec is JSON else written) == encoded


def test_every_kind_of_message_has_a_frame() -> None:
    shown = {(vector["from"], vector["message"]["type"]) for vector in vectors("frames")}
    assert shown == {(sender, kind) for sender, kinds in KINDS.items() for kind in kinds}


@pytest.mark.parametrize("codec", [JSON, MSGPACK], ids=["json", "msgpack"])
@each("refused")
def test_a_message_is_refused_with_its_code(vector: dict[str, Any], codec: Codec) -> None:
    encoded = payload(vector, codec)
    if encoded is None:
        return  # there is no such mistake in this encoding
    with pytest.raises(HubError) as refused:
        codec.decode(encoded, KINDS[vector["from"]])
    assert outcome_of(refused.value).code == vector["code"]


def test_every_refusal_of_a_decoder_has_a_vector() -> None:
    assert {vector["code"] for vector in vectors("refused")} == {"malformed", "unknown_field", "invalid_value"}


@each("fixes")
def test_a_sample_is_stored_or_refused(vector: dict[str, Any]) -> None:
    if "stored" in vector:
        assert parse_fix(vector["fix"]).wire() == vector["stored"]
        return
    with pytest.raises(HubError) as refused:
        parse_fix(vector["fix"])
    assert outcome_of(refused.value).code == vector["code"]


@each("clocks")
def test_a_sample_is_as_old_as_its_clock_says(vector: dict[str, Any]) -> None:
    place = Place(1, 1, 1, vector["received_at"], vector["sent_at"])
    assert fix_time(place, vector["recorded_at"]) == vector["fix_at"]


@each("cursor")
def test_a_run_falls_where_it_should(vector: dict[str, Any]) -> None:
    cursor = Cursor(vector["acked"])
    for step in vector["steps"]:
        if "skip_to" in step:
            cursor.skip(step["skip_to"])
        else:
            duplicates = cursor.place(step["first"], step["count"])
            assert duplicates == step.get("duplicates")
            assert duplicates is not None or cursor.next_seq == step["gap"]
            if duplicates is not None and duplicates < step["count"]:
                cursor.advance(step["first"] + step["count"] - 1)
        assert cursor.next_seq == step["next"]


@each("credit")
def test_credit_is_kept(vector: dict[str, Any]) -> None:
    account = Account(vector["granted"])
    for step in vector["steps"]:
        if "send" in step:
            assert account.allows(step["send"]) == step["allowed"]
            account.admit(step["send"] if step["allowed"] else 0)
        elif "settle" in step:
            account.settle(step["settle"])
        else:
            account.grant(step["grant"])


@each("viewer")
def test_a_viewer_follows_its_rule(vector: dict[str, Any]) -> None:
    follow(vector)


@each("physio")
def test_a_viewer_of_a_session_follows_it_and_draws_the_trace(vector: dict[str, Any]) -> None:
    follow(vector)
    state = ChannelState(vector["message"]["channel"])
    before = vector["before"] | {"set": vector["before"]["tables"]}
    del before["tables"]
    state.apply(Snapshot(channel=vector["message"]["channel"], server_time=1, **before))
    message = JSON.decode(JSON.dump(vector["message"]).decode(), FROM_LIVE)
    assert isinstance(message, Delta | Snapshot)
    try:
        changed = state.apply(message)
    except OutOfStep:
        assert vector["then"] == "subscribe again"
    else:
        assert vector["then"] == ("applied" if changed else "ignored")
    session = session_of(state.tables)
    assert session is not None
    assert {joint: [list(point) for point in points] for joint, points in session.trace.items()} == vector["drawn"]


def follow(vector: dict[str, Any]) -> None:
    """Let a viewer take a message, and compare what it has then."""
    viewer = Viewer()
    before, message = vector["before"], JSON.decode(JSON.dump(vector["message"]).decode(), FROM_LIVE)
    viewer.epoch, viewer.offset, viewer.in_step = before["epoch"], before["offset"], True
    viewer.state = {table: {row[0]: row for row in rows} for table, rows in before["tables"].items()}
    for part in vector.get("parts", ()):
        viewer.apply(JSON.decode(JSON.dump(part).decode(), FROM_LIVE))
    viewer.apply(message)
    assert not viewer.parts
    assert viewer.in_step == (vector["then"] != "subscribe again")
    after = {table: list(rows.values()) for table, rows in viewer.state.items()}
    assert {"epoch": viewer.epoch, "offset": viewer.offset, "tables": after} == vector["after"]
    assert (vector["then"] == "applied") == (viewer.offset != before["offset"] or viewer.epoch != before["epoch"])


@each("events")
def test_a_viewer_of_events_follows_its_rule(vector: dict[str, Any]) -> None:
    follower = Follower(None if vector["before"] is None else Position(**vector["before"]))
    message = JSON.decode(JSON.dump(vector["message"]).decode(), FROM_LIVE)
    assert (follower.apply(message), follower.told) == (vector["then"], vector["told"])
    assert follower.position == Position(**vector["after"])


def test_the_readme_names_every_file() -> None:
    readme = (FOLDER / "README.md").read_text()
    for path in FOLDER.glob("*.json"):
        assert f"]({path.name})" in readme
