"""Messages between people who have something to do with each other, notifications, and payments."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.handlers.records.rig import Desk, refused

# Who may write to whom, when PT has an appointment with DR at north, where RC and SA are at the desk.
PEOPLE = ("PT", "PT closed", "DR", "DR elsewhere", "RC", "RC elsewhere", "SA", "SV", "AD")
MAY_WRITE = {
    "PT": {"DR", "RC", "SA"},
    "DR": {"PT", "RC", "SA"},
    "RC": {"PT", "PT closed", "DR", "SA"},
    "SA": {"PT", "PT closed", "DR", "RC"},
    "DR elsewhere": {"RC elsewhere", "SV", "DP"},
    "AD": {"RC", "RC elsewhere", "SA", "SV", "DP"},
}


@pytest.mark.parametrize("sender", MAY_WRITE)
async def test_people_write_to_those_they_have_to_do_with(desk: Desk, sender: str) -> None:
    await desk.book()
    for receiver in PEOPLE:
        made = await desk.add("messages", sender, receiver_id=desk.user(receiver), content="hello")
        allowed = receiver in MAY_WRITE[sender]
        expected = 201 if allowed else 422 if receiver == sender and made.status == 422 else 403
        assert made.status == expected, (sender, receiver, made)
        if allowed:
            assert made.json["sender_id"] == desk.user(sender)


async def test_a_message_is_between_two_and_sent_in_ones_own_name(desk: Desk) -> None:
    await desk.book()
    made = (await desk.add("messages", "PT", receiver_id=desk.user("DR"), content="hello")).json
    path = f"messages/{made['id']}"
    assert (await desk.get(path, "DR")).json["with_user_id"] == desk.user("PT")
    assert (await desk.get(path, "RC")).status == (await desk.get(path, "AD")).status == 404
    given = {"receiver_id": desk.user("DR"), "content": "x", "sender_id": desk.user("DR")}
    assert refused(await desk.add("messages", "PT", **given)) == (403, "field_forbidden", "sender_id")
    too_long = await desk.add("messages", "PT", receiver_id=desk.user("DR"), content="x" * 4_001)
    assert refused(too_long) == (422, "invalid_value", "content")


async def test_a_message_that_is_sent_again_is_stored_once(desk: Desk) -> None:
    await desk.book()
    body = {"receiver_id": desk.user("DR"), "content": "hello", "client_id": "c1"}
    first, second = await desk.add("messages", "PT", **body), await desk.add("messages", "PT", **body)
    assert (first.status, second.status, first.json) == (201, 200, second.json)
    assert len(await desk.ids("messages", "DR")) == 1


async def test_the_recipient_alone_marks_it_as_read_and_it_stays_read(desk: Desk) -> None:
    await desk.book()
    made = (await desk.add("messages", "PT", receiver_id=desk.user("DR"), content="hello")).json
    path = f"messages/{made['id']}"
    assert refused(await desk.change(path, "PT", read=True))[:2] == (403, "forbidden")
    assert await desk.ids("messages?read=false", "DR") == {made["id"]}
    read = (await desk.change(path, "DR", read=True)).json
    assert (read["read"], read["read_at"] is not None, read["delivered_at"] is not None) == (True, True, True)
    assert (await desk.change(path, "DR", read=False)).json == read
    assert (await desk.change(path, "DR", read=True)).json == read
    assert refused(await desk.change(path, "DR", content="other"))[0] in (403, 422)


async def test_a_correction_points_at_ones_own_message_to_them(desk: Desk) -> None:
    await desk.book()
    first = (await desk.add("messages", "PT", receiver_id=desk.user("DR"), content="hello")).json
    body = {"content": "hullo", "corrects": first["id"]}
    assert (await desk.add("messages", "PT", receiver_id=desk.user("DR"), **body)).status == 201
    assert refused(await desk.add("messages", "PT", receiver_id=desk.user("RC"), **body))[::2] == (422, "corrects")
    assert refused(await desk.add("messages", "DR", receiver_id=desk.user("PT"), **body))[::2] == (422, "corrects")


async def test_notifications_are_ones_own_to_read_and_to_remove(desk: Desk) -> None:
    notice = await desk.insert("notifications", user_id=desk.world.users["PT"], message="Tomorrow", type="reminder")
    path = f"notifications/{notice}"
    assert await desk.ids("notifications", "DR") == set()
    assert (await desk.change(path, "DR", read=True)).status == 404
    assert (await desk.change(path, "PT", read=True)).json["read"] is True
    assert await desk.ids("notifications?read=false", "PT") == set()
    assert (await desk.remove(path, "DR")).status == 404
    assert (await desk.remove(path, "PT")).status == 204


async def test_payments_are_read_by_the_payer_and_the_facility(desk: Desk) -> None:
    service = await desk.book()
    values = {"user_id": desk.world.users["PT"], "service_type": "appointment", "service_id": service}
    place = desk.world.facilities["north"]
    payment = await desk.insert("transactions", **values, amount=Decimal("450.10"), facility_id=place)
    for who, seen in (("PT", True), ("RC", True), ("AD", True), ("PT closed", False), ("RC elsewhere", False)):
        assert await desk.ids("transactions", who) == ({str(payment)} if seen else set()), who
    found = (await desk.get(f"transactions/{payment}", "PT")).json
    assert (found["amount"], found["currency"], found["status"]) == ("450.10", "INR", "created")
    assert (await desk.get("transactions", "DR")).status == 403
    assert (await desk.add("transactions", "AD", amount="1.00")).status in (404, 405)
