"""What dispatchers begin with: every open call, who was asked to take it, and from where the channel goes on."""

from __future__ import annotations

from handlers.dispatch.shapes import CrewMessage, DispatchAlert, DispatchAssignment, DispatchRequest
from storage import events
from tests.handlers.dispatch.scene import HERE, Connection, add_alert, add_assignment, add_call, add_crew_message, ago
from tests.handlers.rig import Hub
from tests.handlers.world import FREE, World

BOARD = "/api/v1/dispatch/board"


async def test_it_has_open_calls_the_most_urgent_first(hub: Hub, world: World, superuser: Connection) -> None:
    await superuser.execute("UPDATE ambulance_requests SET status = 'completed', closed_at = now() - interval '1 h'")
    later = await add_call(superuser, priority=3, requested_at=ago(minutes=9), complaint="Fell off a ladder")
    urgent = await add_call(superuser, priority=1, requested_at=ago(minutes=1))
    closed = await add_call(superuser, priority=4, status="completed", closed_at=ago(minutes=2))
    await add_call(superuser, priority=4, status="completed", closed_at=ago(minutes=16))
    answer = await hub.call("GET", BOARD, token=world.tokens["DP"])
    assert [found["id"] for found in answer.json["requests"]] == [str(urgent), str(later), str(closed)]
    shown = answer.json["requests"][1]
    assert shown["complaint"] == "Fell off a ladder"
    assert shown["pickup_location"] == {"latitude": HERE[0], "longitude": HERE[1]}


async def test_it_has_everybody_who_was_asked(hub: Hub, world: World, superuser: Connection) -> None:
    call = await add_call(superuser, status="queued")
    await superuser.execute("UPDATE assignments SET status = 'cancelled', cancelled_at = now()")
    first = await add_assignment(
        superuser, call, world.ambulances["live"], status="declined", offered_at=ago(seconds=40), declined_at=ago()
    )
    second = await add_assignment(superuser, call, world.ambulances["free"], offered_at=ago(seconds=20))
    answer = await hub.call("GET", BOARD, token=world.tokens["DP"])
    about = [found for found in answer.json["assignments"] if found["request_id"] == str(call)]
    assert [(found["id"], found["status"]) for found in about] == [(str(first), "declined"), (str(second), "offered")]
    assert about[1]["ambulance"] == {"id": world.ambulances["free"], "plate_number": FREE}


async def test_an_alert_stands_there_while_it_is_so_and_an_alarm_until_it_is_answered(
    hub: Hub, world: World, superuser: Connection
) -> None:
    call, over = await add_call(superuser), {"resolved_at": ago()}
    still = await add_alert(superuser, "unattended", request_id=call, facts='{"waited_s": 30}')
    alarm = await add_alert(superuser, "no_unit", request_id=call, severity="alarm", **over)
    await add_alert(superuser, "unanswered", request_id=call, **over)
    answer = await hub.call("GET", BOARD, token=world.tokens["DP"])
    assert {found["id"] for found in answer.json["alerts"]} == {str(still), str(alarm)}


async def test_what_a_crew_wrote_stands_there_until_somebody_has_read_it(
    hub: Hub, world: World, superuser: Connection
) -> None:
    whose = world.ambulances["live"], world.devices["TB"]
    unread = await add_crew_message(superuser, *whose, "The lift is broken.", received_at=ago(hours=2))
    new = await add_crew_message(superuser, *whose, "On our way.", received_at=ago(minutes=1), read_at=ago())
    await add_crew_message(superuser, *whose, "Good morning.", received_at=ago(hours=2), read_at=ago())
    answer = await hub.call("GET", BOARD, token=world.tokens["DP"])
    assert [found["id"] for found in answer.json["messages"]] == [str(new), str(unread)]


async def test_it_says_what_timers_count_to_and_from_where_the_channel_goes_on(
    hub: Hub, world: World, superuser: Connection
) -> None:
    await add_call(superuser)
    answer = await hub.call("GET", BOARD, token=world.tokens["DP"])
    position = await events.position(hub.context.reader, "dispatch")
    assert (answer.json["epoch"], answer.json["offset"]) == (position.epoch, position.offset)
    rules = {each["priority"]: each for each in answer.json["policy"]["priorities"]}
    assert {priority: each["target_s"] for priority, each in rules.items()} == {
        priority: each.target_s for priority, each in hub.context.policy.priorities.items()
    }


async def test_the_types_are_those_of_the_database(hub: Hub, world: World, superuser: Connection) -> None:
    call = await add_call(superuser)
    await add_alert(superuser, "no_unit", request_id=call)
    await add_crew_message(superuser, world.ambulances["live"], world.devices["TB"], "Here.")
    for table, function, shape in (
        ("ambulance_requests", "dispatch_request_body", DispatchRequest),
        ("assignments", "dispatch_assignment_body", DispatchAssignment),
        ("dispatch_alerts", "dispatch_alert_body", DispatchAlert),
        ("crew_messages", "crew_message_body", CrewMessage),
    ):
        keys = await superuser.fetchval(
            f"SELECT array_agg(key) FROM (SELECT * FROM {table} LIMIT 1) one, "  # noqa: S608 - names of this file
            f"jsonb_object_keys({function}(one::{table})) key"
        )
        assert set(keys) == set(shape.__struct_fields__), table
