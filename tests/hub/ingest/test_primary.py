"""One of several trackers on an ambulance moves its marker."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.ingest.primary import SILENCE_US, Primaries

VAN, TABLET, PHONE = 7, 40, 41
SECOND = 1_000_000


def test_the_first_to_have_a_sound_fix_leads_and_the_other_waits() -> None:
    primaries = Primaries()
    assert primaries.leads(VAN, PHONE, SECOND)
    assert not primaries.leads(VAN, TABLET, SECOND + 1)
    assert primaries.leads(VAN, PHONE, 2 * SECOND)
    assert primaries.of(VAN) == PHONE


def test_another_takes_over_after_a_silence_and_keeps_it() -> None:
    primaries = Primaries()
    primaries.leads(VAN, PHONE, SECOND)
    assert not primaries.leads(VAN, TABLET, SECOND + SILENCE_US - 1)
    assert primaries.leads(VAN, TABLET, SECOND + SILENCE_US)
    assert not primaries.leads(VAN, PHONE, 2 * SECOND + SILENCE_US)


def test_a_primary_that_drains_a_backlog_does_not_hold_back_who_knows_where_they_are_now() -> None:
    primaries = Primaries()
    primaries.leads(VAN, PHONE, 100 * SECOND)
    for minute in range(1, 60):  # the phone's hour without network
        primaries.leads(VAN, PHONE, (100 + minute) * SECOND)
    assert primaries.leads(VAN, TABLET, 3_700 * SECOND)
    assert not primaries.leads(VAN, PHONE, 161 * SECOND)


def test_ambulances_have_primaries_of_their_own() -> None:
    primaries = Primaries()
    assert primaries.leads(VAN, PHONE, SECOND)
    assert primaries.leads(VAN + 1, TABLET, SECOND)


def test_two_hubs_that_began_at_the_same_moment_agree_by_the_smaller_number() -> None:
    here, there = Primaries(), Primaries()
    assert here.leads(VAN, PHONE, SECOND)
    assert there.leads(VAN, TABLET, SECOND)
    assert here.heard(VAN, TABLET, SECOND)
    assert not there.heard(VAN, PHONE, SECOND)
    assert here.of(VAN) == there.of(VAN) == TABLET
    assert not here.leads(VAN, PHONE, 2 * SECOND)


def test_a_primary_elsewhere_holds_back_who_comes_here() -> None:
    here = Primaries()
    assert here.heard(VAN, TABLET, SECOND)
    assert not here.leads(VAN, PHONE, 2 * SECOND)
    assert here.leads(VAN, PHONE, 2 * SECOND + SILENCE_US)


@given(st.lists(st.tuples(st.sampled_from([TABLET, PHONE]), st.integers(0, 100)), min_size=1))
def test_somebody_leads_always_and_hubs_that_hear_each_other_agree(said: list[tuple[int, int]]) -> None:
    by_device = {TABLET: Primaries(), PHONE: Primaries()}  # each is connected to a hub of its own
    for device, second in said:
        here = by_device[device]
        if here.leads(VAN, device, second * SECOND):
            for other in by_device.values():
                if other is not here:
                    other.heard(VAN, device, second * SECOND)
    known = {primaries.of(VAN) for primaries in by_device.values()}
    assert len(known) == 1
    assert known <= {TABLET, PHONE}
