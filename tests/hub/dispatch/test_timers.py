"""What is due follows from the picture alone, and nothing is ever due that was not announced."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.dispatch.assignment import LIVE, TAKEN
from hub.dispatch.picture import Picture
from hub.dispatch.policy import DispatchPolicy
from hub.dispatch.timers import Due, Expire, Offer, Presence, ReAlert, due
from storage.dispatch.picture import AskedUnit, OpenRequest
from tests.hub.dispatch.engine_rig import automatic
from tests.hub.dispatch.pictures import START, after, asked, picture, request, unit

SUGGEST = DispatchPolicy()
AUTOMATIC = automatic()


def kinds(found: Due) -> dict[str, str]:
    """Return the severity of each alert by its kind."""
    return {alert.key.kind: alert.severity for alert in found.alerts}


def actions(found: Due) -> list[str]:
    """Return the names of what is to be done."""
    return sorted(type(action).__name__ for action in found.actions)


@pytest.mark.parametrize(
    ("priority", "at_s", "wanted"),
    [
        pytest.param(1, 0, ["Offer"], id="critical-at-once"),
        pytest.param(2, 0, ["Offer"], id="emergent-at-once"),
        pytest.param(3, 0, ["Offer"], id="lower-in-the-batch-of-this-moment"),
    ],
)
def test_where_it_is_automatic_a_waiting_call_is_offered(priority: int, at_s: float, wanted: list[str]) -> None:
    assert actions(due(picture(at_s, [request(priority=priority)]), AUTOMATIC)) == wanted


def test_less_urgent_calls_wait_for_the_next_choice_for_all_together() -> None:
    call = request(priority=3, requested_at=after(0.5))
    found = due(picture(0.5, [call]), AUTOMATIC)
    assert (found.actions, found.next_at) == ((), after(AUTOMATIC.batch_s))
    assert actions(due(picture(AUTOMATIC.batch_s, [call]), AUTOMATIC)) == ["Offer"]


def test_where_people_decide_nothing_is_offered_at_first() -> None:
    found = due(picture(0, [request()]), SUGGEST)
    assert (found.actions, found.alerts, found.next_at) == ((), (), after(30))


@pytest.mark.parametrize("policy", [pytest.param(SUGGEST, id="suggest"), pytest.param(AUTOMATIC, id="automatic")])
def test_a_critical_offer_that_is_silent_runs_through_its_timers(policy: DispatchPolicy) -> None:
    call = request()
    offer = asked(call.id)

    def at(seconds: float, **changes: Any) -> Due:
        return due(picture(seconds, [call], [offer._replace(**changes)]), policy)

    assert (at(0).actions, at(0).next_at) == ((), after(5))
    assert kinds(at(5)) == {"undelivered": "alarm"}
    assert kinds(at(5, delivered_at=after(2))) == {}
    assert at(20).actions == (ReAlert(offer.id),)
    assert at(25, re_alerted_at=after(20), delivered_at=after(1)).actions == ()
    assert kinds(at(25, re_alerted_at=after(20), delivered_at=after(1))) == {"unanswered": "warning"}
    assert actions(at(30, re_alerted_at=after(20))) == ["Offer"]
    assert [action.is_parallel for action in at(30, re_alerted_at=after(20)).actions if isinstance(action, Offer)]
    assert Expire(offer.id) in at(120, re_alerted_at=after(20)).actions


def test_two_units_are_asked_at_a_time_and_none_beside_one_that_has_it() -> None:
    call = request()
    both = [
        asked(call.id, 1, re_alerted_at=after(20)),
        asked(call.id, 2, offered_at=after(30), re_alerted_at=after(50)),
    ]
    assert due(picture(90, [call], both), AUTOMATIC).actions == ()
    one_has_it = [both[0]._replace(status="accepted", accepted_at=after(10)), both[1]]
    assert due(picture(90, [call], one_has_it), AUTOMATIC).actions == ()


def test_who_is_asked_by_a_person_in_vain_leaves_the_first_word_to_people_again() -> None:
    rules = {number: replace(each, unattended_s=40.0) for number, each in AUTOMATIC.priorities.items()}
    policy = replace(AUTOMATIC, priorities=rules)
    call = request()
    ended = asked(call.id, status="declined", declined_at=after(100), decline_reason="fuel", offered_by=call.id)
    assert due(picture(130, [call], [ended]), policy).actions == ()
    assert actions(due(picture(140, [call], [ended]), policy)) == ["Offer"]
    by_engine = ended._replace(offered_by=None)
    assert actions(due(picture(100, [call], [by_engine]), policy)) == ["Offer"]
    assert kinds(due(picture(100, [call], [by_engine]), policy)) == {"declined": "alarm"}


def test_a_failed_offer_stays_on_the_board_until_somebody_is_asked_again() -> None:
    call = request(priority=3)
    lapsed = asked(call.id, status="expired", expired_at=after(90))
    assert kinds(due(picture(91, [call], [lapsed]), SUGGEST)) == {"unanswered": "warning"}
    again = asked(call.id, 2, offered_at=after(92), delivered_at=after(92))
    assert kinds(due(picture(93, [call], [lapsed, again]), SUGGEST)) == {}


def test_a_unit_that_accepted_and_stands_is_warned_about_only_while_it_is_seen() -> None:
    call = request()
    stands = asked(call.id, status="accepted", accepted_at=after(10))

    def at(seconds: float, **of_unit: Any) -> dict[str, str]:
        return kinds(due(picture(seconds, [call], [stands], [unit(**of_unit)]), SUGGEST))

    assert at(69) == {}
    assert at(70) == {"not_moving": "warning"}
    assert at(100) == {"not_moving": "alarm"}
    assert at(100, fix_age_s=95.0) == {"silent": "alarm"}
    assert at(100, fix_age_s=None) == {"silent": "alarm"}
    moved = stands._replace(moved_at=after(30))
    assert kinds(due(picture(100, [call], [moved]), SUGGEST)) == {}


def test_fixes_without_a_place_are_told_apart_from_silence_and_a_unit_without_a_tracker_from_both() -> None:
    call = request()
    driving = asked(call.id, status="en_route", accepted_at=START, en_route_at=START, moved_at=after(5))
    seen = picture(100, [call], [driving], [unit(fix_age_s=40.0)])
    assert kinds(due(seen, SUGGEST)) == {"silent": "warning"}
    assert kinds(due(replace(seen, sends=frozenset({1})), SUGGEST)) == {"no_fix": "warning"}
    assert kinds(due(replace(seen, untracked=frozenset({1})), SUGGEST)) == {}


@pytest.mark.parametrize(
    ("promised_s", "late_s", "is_told"),
    [
        pytest.param(300, 120, False, id="not-more-than-two-minutes"),
        pytest.param(300, 121, True, id="more-than-two-minutes"),
        pytest.param(1_200, 290, False, id="not-more-than-a-quarter"),
        pytest.param(1_200, 301, True, id="more-than-a-quarter"),
    ],
)
def test_an_arrival_that_slips_is_told(promised_s: float, late_s: float, is_told: bool) -> None:
    call = request(priority=2)
    times: dict[str, Any] = {"accepted_at": START, "moved_at": START, "promised_at": after(promised_s)}
    driving = asked(call.id, status="accepted", eta_at=after(promised_s + late_s), **times)
    assert ("eta_slip" in kinds(due(picture(10, [call], [driving]), SUGGEST))) == is_told


def test_units_that_fall_silent_are_offline_and_those_that_are_heard_again_are_back() -> None:
    units = [
        unit(1, fix_age_s=299.0),
        unit(2, fix_age_s=300.0),
        unit(3, fix_age_s=None),
        unit(4, status="offline", fix_age_s=10.0),
        unit(5, status="offline", fix_age_s=100.0),
        unit(6, status="out_of_service", fix_age_s=9_999.0),
        unit(7, status="en_route", fix_age_s=9_999.0),
    ]
    found = due(picture(0, [], [], units), SUGGEST)
    assert found.actions == (Presence(2, is_offline=True), Presence(4, is_offline=False))
    assert found.next_at == after(1)


TIMES = st.floats(0, 400).map(lambda seconds: after(round(seconds, 1)))
STATUSES = st.sampled_from(["offered", "accepted", "en_route", "on_scene", "declined", "expired", "cancelled"])


@st.composite
def scenes(draw: st.DrawFn) -> tuple[OpenRequest, list[AskedUnit]]:
    """Draw a call with what was asked for it, every ended assignment with the time of its end."""
    call = request(
        priority=draw(st.integers(1, 4)),
        is_verified=draw(st.booleans()),
        unserved_since=draw(st.none() | TIMES),
        scheduled_for=draw(st.none() | TIMES),
    )
    offers = []
    for number in range(draw(st.integers(0, 3))):
        status, offered_at = draw(STATUSES), draw(TIMES)
        later = offered_at + timedelta(seconds=draw(st.integers(0, 100)))
        times: dict[str, Any] = {f"{status}_at": later} if status not in LIVE else {}
        if status in TAKEN:
            times["accepted_at"] = later
        by = draw(st.none() | st.just(call.id))
        offers.append(asked(call.id, number, status=status, offered_at=offered_at, offered_by=by, **times))
    return call, offers


def looked_at(scene: tuple[OpenRequest, list[AskedUnit]], at_s: float) -> Picture:
    """Return a scene after some time, in which units are seen all along."""
    call, offers = scene
    return picture(at_s, [call], offers, [unit(number) for number in range(3)])


@given(scenes(), st.floats(400, 1_000), st.sampled_from([SUGGEST, AUTOMATIC]))
def test_nothing_becomes_due_before_the_moment_that_was_announced(
    scene: tuple[OpenRequest, list[AskedUnit]], at_s: float, policy: DispatchPolicy
) -> None:
    now = due(looked_at(scene, at_s), policy)
    if now.next_at is None:
        return
    until_s = (now.next_at - START).total_seconds()
    # A fix of now is as young at each look, so units say nothing here.
    almost = due(looked_at(scene, at_s + (until_s - at_s) * 0.999), policy)
    assert almost.actions == now.actions
    assert {(alert.key, alert.severity) for alert in almost.alerts} == {
        (alert.key, alert.severity) for alert in now.alerts
    }


@given(scenes(), st.floats(400, 5_000), st.sampled_from([SUGGEST, AUTOMATIC]))
def test_the_hub_never_offers_an_unverified_call_nor_one_that_a_unit_has(
    scene: tuple[OpenRequest, list[AskedUnit]], at_s: float, policy: DispatchPolicy
) -> None:
    call, offers = scene
    found = due(looked_at(scene, at_s), policy)
    is_offered = any(isinstance(action, Offer) for action in found.actions)
    if not call.is_verified or any(each.status in TAKEN for each in offers):
        assert not is_offered
    live = [each for each in offers if each.status in LIVE]
    assert {action.assignment_id for action in found.actions if isinstance(action, Expire)} <= {
        each.id for each in live if each.status == "offered"
    }
    keys = [alert.key for alert in found.alerts]
    assert len(keys) == len(set(keys))
