"""The fleet as a viewer keeps it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arogya.client.fleet import Ambulance, Fleet, FleetChange, OutOfStep, merge
from hub.errors import Malformed
from hub.protocol.live_frames import Delta, Part, Rows, Snapshot

NOON = 1_800_000_000_000_000


def unit(key: int, status: str = "available") -> list[object]:
    return [key, f"KA-{key}", None, status]


def fix(key: int, fix_at: int = NOON, latitude: float = 18.5) -> list[object]:
    return [key, latitude, 73.8, 8.0, None, 5.0, fix_at, None]


def snapshot(offset: int, rows: Rows, epoch: str = "e") -> Snapshot:
    return Snapshot("fleet", epoch, offset, NOON, rows)


def delta(base: int, offset: int, rows: Rows, removed: dict[str, list[int]] | None = None, epoch: str = "e") -> Delta:
    return Delta("fleet", epoch, base, offset, NOON, rows, removed or {})


def begun() -> Fleet:
    fleet = Fleet()
    fleet.apply(snapshot(10, {"units": [unit(1), unit(2)], "fixes": [fix(1)]}), 0)
    return fleet


def test_a_snapshot_is_the_whole_fleet() -> None:
    fleet = Fleet()
    change = fleet.apply(snapshot(10, {"units": [unit(1), unit(2)], "fixes": [fix(1)]}), 0)
    assert change == FleetChange(frozenset({1, 2}), frozenset(), resynced=True)
    assert fleet.ambulances[1].plate_number == "KA-1"
    assert fleet.ambulances[1].position is not None
    assert fleet.ambulances[1].position.latitude == 18.5
    assert fleet.ambulances[2].position is None


def test_a_delta_changes_only_what_it_names() -> None:
    fleet = begun()
    change = fleet.apply(delta(10, 11, {"fixes": [fix(2)], "units": [unit(3)]}), 0)
    assert change == FleetChange(frozenset({2, 3}), frozenset(), resynced=False)
    assert fleet.ambulances[2].position is not None
    assert sorted(fleet.ambulances) == [1, 2, 3]


def test_removed_units_and_fixes_go() -> None:
    fleet = begun()
    change = fleet.apply(delta(10, 12, {}, {"units": [2], "fixes": [1]}), 0)
    assert change == FleetChange(frozenset({1}), frozenset({2}), resynced=False)
    assert fleet.ambulances[1].position is None
    assert 2 not in fleet.ambulances


def test_an_old_delta_is_ignored_and_an_overlapping_one_applied() -> None:
    fleet = begun()
    assert fleet.apply(delta(5, 10, {"units": [unit(9)]}), 0) is None
    assert fleet.apply(delta(5, 11, {"units": [unit(9)]}), 0) is not None
    assert fleet.offset == 11


@pytest.mark.parametrize("late", [delta(12, 13, {}), delta(10, 11, {}, epoch="other")])
def test_a_gap_or_another_epoch_is_out_of_step(late: Delta) -> None:
    fleet = begun()
    with pytest.raises(OutOfStep):
        fleet.apply(late, 0)
    assert fleet.offset == 10


def test_a_delta_before_any_snapshot_is_out_of_step() -> None:
    with pytest.raises(OutOfStep):
        Fleet().apply(delta(0, 1, {}), 0)


def test_a_resync_says_who_is_gone() -> None:
    fleet = begun()
    view = fleet.ambulances
    change = fleet.apply(snapshot(3, {"units": [unit(2)]}, epoch="new"), 0)
    assert change == FleetChange(frozenset({2}), frozenset({1}), resynced=True)
    assert list(view) == [2]


def test_rows_that_are_no_fleet_are_malformed() -> None:
    with pytest.raises(Malformed):
        Fleet().apply(snapshot(1, {"units": [["KA-1"]]}), 0)


def test_age_follows_the_clock_of_the_hub_and_is_never_negative() -> None:
    fleet = Fleet()
    fleet.apply(snapshot(1, {"units": [unit(1), unit(2)], "fixes": [fix(1, NOON - 5_000_000)]}), 1_000)
    assert fleet.age_s(1, 1_000) == 5.0
    assert fleet.age_s(1, 1_000 + 2_000_000) == 7.0
    assert fleet.age_s(1, 1_000 - 60_000_000) == 0.0
    assert fleet.age_s(2, 1_000) is None


def test_staleness_goes_with_age() -> None:
    fleet = begun()
    seen = [fleet.staleness(1, seconds * 1_000_000) for seconds in (0, 59, 60, 299, 300)]
    assert seen == ["live", "live", "stale", "stale", "offline"]
    assert fleet.staleness(2, 0) == "unknown"


keys = st.lists(st.integers(1, 6), unique=True, max_size=3)
steps = st.lists(st.tuples(keys, keys, keys, keys), min_size=1, max_size=12)


@given(steps, st.data())
def test_a_snapshot_and_the_deltas_after_it_are_the_later_snapshot(
    script: list[tuple[list[int], ...]], data: st.DataObject
) -> None:
    """The law of state channels, seen from the viewer."""
    units: dict[int, list[object]] = {}
    fixes: dict[int, list[object]] = {}
    snapshots = [snapshot(0, {})]
    deltas: list[Delta] = []
    for offset, (set_units, set_fixes, drop_units, drop_fixes) in enumerate(script, 1):
        dropped = {
            "units": [key for key in drop_units if key not in set_units],
            "fixes": [key for key in drop_fixes if key not in set_fixes],
        }
        units = {key: row for key, row in units.items() if key not in dropped["units"]}
        fixes = {key: row for key, row in fixes.items() if key not in dropped["fixes"]}
        units |= {key: unit(key, f"status {offset}") for key in set_units}
        fixes |= {key: fix(key, NOON + offset) for key in set_fixes}
        rows: Rows = {"units": [units[key] for key in set_units], "fixes": [fixes[key] for key in set_fixes]}
        deltas.append(delta(offset - 1, offset, rows, dropped))
        snapshots.append(snapshot(offset, {"units": list(units.values()), "fixes": list(fixes.values())}))
    begin = data.draw(st.integers(0, len(script)))
    follower, later = Fleet(), Fleet()
    follower.apply(snapshots[begin], 0)
    known = set(follower.ambulances)
    for message in deltas:
        change = follower.apply(message, 0) if message.offset > begin else None
        if change is not None:
            known = (known | change.changed) - change.removed
    later.apply(snapshots[-1], 0)
    assert follower.ambulances == later.ambulances
    assert known == set(later.ambulances)


def test_merged_changes_say_what_both_said() -> None:
    first = FleetChange(frozenset({1, 2}), frozenset({3}), resynced=True)
    second = FleetChange(frozenset({3, 4}), frozenset({1}), resynced=False)
    assert merge(first, second) == FleetChange(frozenset({2, 3, 4}), frozenset({1}), resynced=True)


def part(rows: Rows | None = None, removed: dict[str, list[int]] | None = None) -> Part:
    return Part("fleet", rows or {}, removed or {})


def test_parts_are_kept_aside_and_apply_with_their_message_in_one_step() -> None:
    fleet = begun()
    for one in (
        part(removed={"units": [1, 2], "fixes": [1]}),
        part({"units": [unit(1)], "fixes": [fix(1, latitude=1.0)]}),
    ):
        assert fleet.apply(one, 0) is None
        assert set(fleet.ambulances) == {1, 2}
    change = fleet.apply(delta(10, 11, {}), 0)
    assert change == FleetChange(frozenset({1}), frozenset({2}), resynced=False)
    assert fleet.ambulances[1].position is not None and fleet.ambulances[1].position.latitude == 1.0


def test_a_snapshot_is_its_parts_and_nothing_else() -> None:
    fleet = begun()
    fleet.apply(part({"units": [unit(7)]}), 0)
    change = fleet.apply(snapshot(12, {"units": [], "fixes": []}), 0)
    assert change == FleetChange(frozenset({7}), frozenset({1, 2}), resynced=True)


def test_parts_of_what_is_known_or_does_not_fit_or_of_a_lost_connection_are_dropped() -> None:
    fleet = begun()
    going = part(removed={"units": [1], "fixes": [1]})
    fleet.apply(going, 0)
    assert fleet.apply(delta(9, 10, {}), 0) is None
    fleet.apply(going, 0)
    with pytest.raises(OutOfStep):
        fleet.apply(delta(11, 12, {}), 0)
    fleet.apply(going, 0)
    fleet.forget_parts()
    fleet.apply(delta(10, 11, {}), 0)
    assert set(fleet.ambulances) == {1, 2}


def test_without_a_position_only_a_snapshot_is_taken_and_the_picture_stays_until_then() -> None:
    fleet = begun()
    fleet.forget_position()
    with pytest.raises(OutOfStep):
        fleet.apply(delta(10, 11, {"units": [unit(9)]}), 0)
    assert set(fleet.ambulances) == {1, 2}
    fleet.apply(snapshot(11, {"units": [unit(9)], "fixes": []}), 0)
    assert (set(fleet.ambulances), fleet.offset) == ({9}, 11)


def test_what_an_account_does_not_see_is_none() -> None:
    fleet = Fleet()
    fleet.apply(snapshot(1, {"units": [[7, None, None, "en_route"]], "fixes": []}), 0)
    assert fleet.ambulances[7] == Ambulance(7, None, None, "en_route", None)
    assert fleet.staleness(7, 0) == "unknown"
