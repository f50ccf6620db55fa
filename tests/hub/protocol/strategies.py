"""Every message that the protocol allows, and much that it does not."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from hub.protocol.device_frames import COMMAND_STATUSES, SKIP_REASONS, CommandAck, Data, LiveHint, Skip
from hub.protocol.fix import Alarm, Fix
from hub.protocol.hub_frames import Ack, Command, Error, Nack, Welcome
from hub.protocol.limits import SEQ_MAX, TIME_US_MAX, TIME_US_MIN
from hub.protocol.live_frames import Delta, LiveWelcome, Snapshot
from hub.protocol.reports import REPORT_STATUSES, Report, ReportAck
from hub.protocol.stream_frames import Hello, StreamClaim, StreamMark
from hub.protocol.viewer_frames import Subscribe, Unsubscribe

numbers = st.integers(1, SEQ_MAX)
marks = st.integers(0, SEQ_MAX)
times = st.integers(TIME_US_MIN, TIME_US_MAX)
log_ids = st.text("0123456789abcdef", min_size=32, max_size=32)


def texts(longest: int = 256) -> st.SearchStrategy[str]:
    """Return strings without control characters (and without surrogates, which no encoding carries)."""
    allowed = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])
    return st.text(allowed, min_size=1, max_size=longest)


def floats(low: float, high: float) -> st.SearchStrategy[float]:
    """Return numbers of a range."""
    return st.floats(low, high, allow_nan=False)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return what the strategy does, or None."""
    return st.none() | strategy


nan = st.just(float("nan"))
alarms = st.builds(Alarm, st.just("sos"), st.uuids().map(str))
fixes = st.builds(
    Fix,
    times,
    floats(-90, 90),
    floats(-180, 180),
    nan | floats(0, 1_000),
    nan | floats(0, 359.99),
    nan | floats(0, 1e6),
    nan | floats(-1_000, 1e5),
    maybe(alarms),
)
claims = st.lists(log_ids, min_size=1, max_size=8, unique=True).map(lambda ids: tuple(StreamClaim(i) for i in ids))
bodies = st.dictionaries(texts(20), marks | texts() | st.booleans(), max_size=8)
device_messages = st.one_of(
    st.builds(Hello, claims, maybe(numbers), maybe(texts(100))),
    st.builds(
        Data,
        numbers,
        st.integers(1, SEQ_MAX - 500),
        times,
        st.lists(fixes.map(lambda fix: fix.wire()), min_size=1, max_size=5),
    ),
    st.builds(LiveHint, numbers, numbers, times, fixes),
    st.tuples(numbers, numbers, numbers, st.sampled_from(sorted(SKIP_REASONS))).map(
        lambda t: Skip(t[0], min(t[1:3]), max(t[1:3]), t[3])
    ),
    st.builds(CommandAck, texts(), st.sampled_from(sorted(COMMAND_STATUSES)), maybe(texts(200))),
    st.builds(Report, texts(64), texts(), times, times, bodies),
)
hub_messages = st.one_of(
    st.builds(
        Welcome,
        numbers,
        texts(),
        st.lists(st.builds(StreamMark, log_ids, numbers, numbers, marks), min_size=1, max_size=8).map(tuple),
        marks,
        floats(0, 3_600),
        times,
    ),
    st.builds(Ack, st.lists(st.tuples(numbers, marks).map(list), min_size=1, max_size=8), marks),
    st.builds(Nack, numbers, expected=numbers),
    st.builds(Nack, numbers, seq=numbers, code=texts(), detail=texts()),
    st.builds(Command, texts(), texts(), bodies),
    st.builds(
        ReportAck, texts(), st.sampled_from(sorted(REPORT_STATUSES)), maybe(texts()), maybe(texts()), maybe(bodies)
    ),
    st.builds(Error, texts(), texts(), maybe(texts())),
)
rows = st.lists(st.tuples(marks, maybe(texts()), floats(-1e6, 1e6)).map(list), max_size=4)
tables = st.dictionaries(texts(10), rows, max_size=3)
keys = st.dictionaries(texts(10), st.lists(marks, max_size=4), max_size=3)
viewer_messages = st.one_of(
    st.builds(Subscribe, texts(64)), st.builds(Subscribe, texts(64), texts(), marks), st.builds(Unsubscribe, texts(64))
)
live_messages = st.one_of(
    st.builds(LiveWelcome, texts(), floats(0, 3_600), times),
    st.builds(Snapshot, texts(), texts(), marks, times, tables),
    st.builds(Delta, texts(), texts(), marks, marks, times, tables, keys),
    st.builds(Error, texts(), texts(), maybe(texts())),
)
plain: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=8) | st.dictionaries(st.text(max_size=8), inner, max_size=5),
    max_leaves=20,
)
