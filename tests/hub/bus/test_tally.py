"""Whatever is lost, somebody is told."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.bus.bus import CONTROL, GONE_S, PARTITIONS, Counters, Peer
from hub.bus.company import Company
from hub.bus.message import Seal
from hub.bus.station import CHANNELS, Station
from hub.bus.tally import Tally, Verdict

A, B = ("a", b"1"), ("b", b"2")
SEAL = Seal("a secret that all nodes share")


class Believer:
    """Takes every delta as true until it is told to read again."""

    def __init__(self) -> None:
        self.heard: dict[tuple[str, int], list[bytes]] = {}
        self.controls: list[tuple[str, str, str]] = []
        self.stale_after: dict[int, int] = {}  # partition → at which step it was last told
        self.step = 0

    def delta(self, sender: str, partition: int, payload: bytes) -> None:
        self.heard.setdefault((sender, partition), []).append(payload)

    def stale(self, partition: int) -> None:
        self.stale_after[partition] = self.step

    def control(self, sender: str, kind: str, key: str) -> None:
        self.controls.append((sender, kind, key))

    def peers_changed(self) -> None:
        pass

    def describe(self) -> Peer:
        return Peer("", "", 0, "1", "host", 1, "", 0, 0, 0, "serving", 0.0, 0)


def station(node: str) -> tuple[Station, Believer, Counters]:
    counters, ear = Counters(), Believer()
    made = Station(node, SEAL, counters)
    made.listen(ear, ear.describe)
    made.begin(0.0, 0)
    return made, ear, counters


# Each step: who speaks, on which partition, and whether it is lost.
steps = st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, PARTITIONS - 1), st.booleans()), max_size=60)


@given(steps)
def test_every_loss_makes_its_partition_stale(plan: list[tuple[str, int, bool]]) -> None:
    speakers = {name: station(name)[0] for name in "ab"}
    listener, ear, _ = station("listener")
    lost_at: dict[int, int] = {}
    told: dict[tuple[str, int], list[bytes]] = {}
    for speaker in speakers.values():
        beat(speaker, listener)
    ear.stale_after.clear()
    for number, (name, partition, lost) in enumerate(plan):
        ear.step = number
        payload = b"%d" % number
        data = speakers[name].delta(partition, payload)
        if lost:
            lost_at[partition] = number
        else:
            told.setdefault((name, partition), []).append(payload)
            listener.hear(partition, data, 0.0)
    ear.step = len(plan)
    for speaker in speakers.values():
        beat(speaker, listener)
    assert ear.heard == told
    for partition, number in lost_at.items():
        assert ear.stale_after[partition] >= number
    assert set(ear.stale_after) <= set(lost_at)


@given(steps, st.data())
def test_nothing_is_delivered_twice_or_out_of_order(plan: list[tuple[str, int, bool]], data: st.DataObject) -> None:
    speaker, _, _ = station("a")
    listener, ear, _ = station("listener")
    sent = [(partition, speaker.delta(partition, b"%d" % number)) for number, (_, partition, _) in enumerate(plan)]
    for partition, message in data.draw(st.permutations(sent * 2)):
        listener.hear(partition, message, 0.0)
    for heard in ear.heard.values():
        numbers = [int(payload) for payload in heard]
        assert numbers == sorted(set(numbers))


@given(st.lists(st.binary(max_size=80)), st.integers(0, 255))
def test_no_bytes_on_a_channel_raise_anything(noise: list[bytes], channel: int) -> None:
    listener, ear, counters = station("listener")
    for data in noise:
        listener.hear(channel % (CONTROL + 1), data, 0.0)
    assert counters.refused == len(noise)
    assert ear.heard == {} and listener.peers(0) == [listener.myself(0)]


def test_a_message_of_one_channel_says_nothing_on_another() -> None:
    speaker, _, _ = station("a")
    listener, ear, counters = station("listener")
    listener.hear(2, speaker.delta(1, b"x"), 0.0)
    listener.hear(1, speaker.control("drain", "*", 0), 0.0)
    assert (ear.heard, counters.refused) == ({}, 2)


def test_own_beats_that_come_back_are_what_hearing_is_judged_by() -> None:
    alone, ear, counters = station("a")
    assert alone.deaf_s(2.0) == 0.0
    assert alone.deaf_s(3.0) == 0.5
    beats = alone.beats(3.0, 3_000_000)
    for channel in CHANNELS[:-1]:
        alone.hear(channel, beats[channel], 3.1)
    assert alone.deaf_s(3.1) > 0  # on the control channel
    alone.hear(CONTROL, beats[CONTROL], 3.25)
    assert alone.deaf_s(3.25) == 0.0
    assert alone.myself(0).lag_s == 0.25
    assert (ear.heard, counters.heard) == ({}, 0)


def test_a_kind_of_a_newer_version_is_counted_and_ignored() -> None:
    speaker, _, _ = station("a")
    listener, ear, counters = station("listener")
    newer = SEAL.decode(speaker.delta(0, b"x"))._replace(kind=99)
    listener.hear(0, SEAL.encode(newer), 0.0)
    listener.hear(0, speaker.delta(0, b"y"), 0.0)
    assert ear.heard == {("a", 0): [b"y"]}
    assert (counters.gaps, counters.refused) == (0, 0)


def test_two_processes_of_one_name_are_told_apart() -> None:
    first, second = station("same")[0], station("same")[0]
    listener, ear, counters = station("listener")
    for number in range(3):
        for one in (first, second):
            listener.hear(0, one.delta(0, b"%d" % number), 0.0)
    assert counters.gaps == 0
    assert ear.heard == {("same", 0): [b"0", b"0", b"1", b"1", b"2", b"2"]}


def test_a_tally_says_how_a_message_follows() -> None:
    tally = Tally()
    assert [tally.message(A, seq) for seq in (7, 8, 8, 10, 9)] == [
        Verdict.FIRST,
        Verdict.NEXT,
        Verdict.REPEATED,
        Verdict.GAP,
        Verdict.REPEATED,
    ]
    assert [tally.beat(B, seq) for seq in (0, 0, 1, 0)] == [
        Verdict.FIRST,
        Verdict.NEXT,
        Verdict.GAP,
        Verdict.REPEATED,
    ]
    tally.forget(A)
    assert tally.message(A, 1) is Verdict.FIRST


def test_who_only_said_a_word_is_forgotten_without_a_word() -> None:
    company = Company()
    company.touch(A, 0.0)
    assert company.peers() == []
    assert company.sweep(100.0, deaf=False) == {A: False}


def test_nobody_is_gone_while_nothing_can_be_heard() -> None:
    company = Company()
    company.note(A, Believer().describe()._replace(node="a"), 0.0)
    assert company.sweep(GONE_S, deaf=False) == {}
    assert company.sweep(100.0, deaf=True) == {}
    assert company.sweep(100.0 + GONE_S, deaf=False) == {}
    assert company.sweep(100.1 + GONE_S, deaf=False) == {A: True}
    assert company.peers() == []


def beat(speaker: Station, listener: Station) -> None:
    for channel, data in enumerate(speaker.beats(0.0, 0)):
        listener.hear(channel, data, 0.0)
