"""What a viewer asks for: filters, positions, pings, right and wrong, and what is left when it stops."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from hub.access.principal import Principal
from hub.errors import Malformed, RateLimited, Revoked
from hub.protocol.live_frames import Delta, Snapshot
from hub.protocol.ping import Pong
from tests.hub.live.test_session import SUBSCRIBE, Desk


async def test_a_ping_is_answered_at_once_and_counts_as_a_message() -> None:
    desk = Desk()
    assert not await desk.say('{"type":"ping","id":9007199254740991}')
    assert desk.pipe.take() == [Pong(2**53 - 1, 1_000_000)]
    with pytest.raises(RateLimited):
        for number in range(61):
            await desk.say(f'{{"type":"ping","id":{number}}}')


IDS = ",".join(str(key) for key in range(1, 201))


@pytest.mark.parametrize(
    ("channel", "wanted"),
    [
        ("ambulance:1", '{"ids":[1]}'),
        (
            "fleet",
            f'{{"status":["available","offline","en_route","on_scene","transporting","dispatched"],"ids":[{IDS}]}}',
        ),
        ("fleet", f'{{"area":[-80,-170,80,170],"ids":[{IDS}]}}'),
    ],
)
async def test_a_filter_that_is_readable_and_not_taken_is_no_strike(channel: str, wanted: str) -> None:
    desk = Desk()
    await desk.say(SUBSCRIBE)
    for _ in range(5):
        assert not await desk.say(f'{{"type":"subscribe","channel":"{channel}","filter":{wanted}}}')
    assert desk.errors() == [("invalid_value", channel)] * 5
    assert desk.board.state.partitions == 1
    assert len(desk.serve()) == 1, "the former subscription goes on"


@pytest.mark.parametrize(
    "wrong",
    [
        *("{}", "null", "[]", '{"status":[]}', '{"status":["busy"]}', '{"ids":[0]}', '{"ids":[9007199254740992]}'),
        *(
            '{"ids":[true]}',
            '{"ids":[1,1]}',
            '{"area":[1,1,1,2]}',
            '{"area":[1,2,3]}',
            '{"area":[NaN,0,1,1]}',
            '{"x":1}',
        ),
    ],
)
async def test_a_filter_that_cannot_be_read_is_a_strike_and_nothing_else(wrong: str) -> None:
    desk = Desk()
    await desk.say(SUBSCRIBE)
    for _ in range(2):
        assert not await desk.say(f'{{"type":"subscribe","channel":"fleet","filter":{wrong}}}')
    assert [channel for _, channel in desk.errors()] == [None, None]
    assert len(desk.serve()) == 1
    with pytest.raises(Malformed):
        await desk.say(f'{{"type":"subscribe","channel":"fleet","filter":{wrong}}}')


@pytest.mark.parametrize(("epoch", "offset"), [("e" * 16, 1), (None, 2), (None, 2**53 - 1), (None, 0)])
async def test_a_position_that_is_not_served_gets_a_snapshot(epoch: str | None, offset: int) -> None:
    for wanted in ("", ',"filter":{"ids":[1,2]}', ',"filter":{"area":[0,0,1,1]}'):
        desk = Desk()
        known = epoch or desk.board.state.epoch
        await desk.say(f'{{"type":"subscribe","channel":"fleet","epoch":"{known}","offset":{offset}{wanted}}}')
        *_, answer = desk.serve()
        if epoch is None and offset == 0 and not wanted:
            assert isinstance(answer, Delta), "the whole fleet is known from the start"
        else:
            assert isinstance(answer, Snapshot)


async def test_replaced_given_up_and_ended_subscriptions_leave_their_partition() -> None:
    desk = Desk()
    state = desk.board.state
    area = '{"type":"subscribe","channel":"fleet","filter":{"area":[47,10,49,12]}}'
    await desk.say(area)
    await desk.say('{"type":"subscribe","channel":"ambulance:1"}')
    assert state.partitions == 3
    await desk.say(area)
    assert state.partitions == 3
    await desk.say(SUBSCRIBE)
    assert (state.partitions, state.whole.viewers) == (2, 2)
    await desk.say('{"type":"unsubscribe","channel":"ambulance:1"}')
    await desk.say('{"type":"unsubscribe","channel":"ambulance:1"}')
    assert state.partitions == 1
    await desk.say(area)
    desk.session.drop_all()
    assert (state.partitions, state.whole.viewers) == (1, 1)


async def test_a_refused_further_channel_leaves_no_partition_behind() -> None:
    desk = Desk(subscriptions_max=1)
    await desk.say(SUBSCRIBE)
    await desk.say('{"type":"subscribe","channel":"ambulance:2"}')
    assert desk.board.state.partitions == 1


async def test_a_restricted_subscription_is_known_as_such_until_it_ends() -> None:
    desk = Desk(principal=Principal(frozenset({"PT"}), user_id=uuid4()))
    assert await desk.say('{"type":"subscribe","channel":"ambulance:1"}')
    ((name, subscription),) = desk.session.restricted()
    assert name == "ambulance:1"
    assert await desk.say('{"type":"subscribe","channel":"ambulance:1"}')
    assert not desk.session.drop(name, only=subscription), "another one took its place"
    assert desk.session.drop(name)
    assert desk.session.restricted() == []
    assert desk.serve() == []


async def test_a_connection_that_ended_while_the_database_was_asked_watches_nothing() -> None:
    desk = Desk(principal=Principal(frozenset({"PT"}), user_id=uuid4()))
    desk.judge.meanwhile = lambda: setattr(desk.session, "ending", Revoked())
    await desk.say('{"type":"subscribe","channel":"ambulance:1"}')
    assert desk.board.state.partitions == 1


async def test_a_secret_that_has_run_out_ends_the_connection_that_it_opened() -> None:
    ends_at = datetime(2026, 1, 1, tzinfo=UTC)
    desk = Desk(principal=Principal(frozenset({"TB"}), device_id=1, ambulance_id=1, credential_ends_at=ends_at))
    desk.session.check_credential(ends_at - timedelta(seconds=1))
    with pytest.raises(Revoked):
        desk.session.check_credential(ends_at)
    Desk().session.check_credential(ends_at)
