"""What is refused and what becomes of it: the tree of errors against the one table of outcomes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hub import errors
from hub.errors import HubError
from hub.outcomes import OUTCOMES, outcome_of

# RFC 6455, 7.4: what an endpoint may send. The hub's own codes say whether to come back (4000) or to stay away (4500).
STANDARD_CLOSES = {1003, 1009, 1011, 1012, 1013}
COME_BACK, STAY_AWAY = range(4000, 4500), range(4500, 5000)


def below(kind: type[HubError]) -> Iterator[type[HubError]]:
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:
            yield child
            yield from below(child)


LEAVES = [kind for kind in below(HubError) if not list(below(kind))]


@pytest.mark.parametrize("kind", LEAVES)
def test_every_leaf_has_a_row_of_its_own(kind: type[HubError]) -> None:
    assert kind in OUTCOMES


def test_every_row_is_of_an_error_that_exists() -> None:
    assert set(OUTCOMES) - {Exception} <= set(below(HubError))


def test_no_two_rows_share_a_code() -> None:
    codes = [outcome.code for outcome in OUTCOMES.values()]
    assert sorted(set(codes)) == sorted(codes)


@pytest.mark.parametrize("kind", OUTCOMES)
def test_statuses_and_close_codes_mean_what_is_documented(kind: type[BaseException]) -> None:
    outcome = OUTCOMES[kind]
    assert 400 <= outcome.status <= 599
    assert outcome.close in STANDARD_CLOSES or outcome.close in COME_BACK or outcome.close in STAY_AWAY
    if outcome.retry:
        assert outcome.close not in STAY_AWAY
    assert outcome.title.endswith(".")


@pytest.mark.parametrize("kind", list(below(HubError)))
def test_every_error_is_drawn_in_the_tree(kind: type[HubError]) -> None:
    assert errors.__doc__ is not None
    assert f"── {kind.__name__}" in errors.__doc__


def test_an_error_that_nobody_foresaw_is_a_fault_of_ours() -> None:
    assert outcome_of(ZeroDivisionError()).code == "internal"
    assert outcome_of(KeyError).status == 500
