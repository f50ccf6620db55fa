"""Credit is shared, bounded from below and above, and taken back only once a device can know of it."""

from __future__ import annotations

import pytest

from hub.ingest.credit import Account, CreditRules

RULES = CreditRules(budget_samples=10_000, low_samples=100, high_samples=2_000)


@pytest.mark.parametrize(
    ("connections", "credit"), [(0, 2_000), (1, 2_000), (5, 2_000), (10, 1_000), (100, 100), (5_000, 100)]
)
def test_the_budget_is_shared_between_a_floor_and_a_ceiling(connections: int, credit: int) -> None:
    assert RULES.share(connections) == credit


def test_what_was_granted_may_be_used_up_and_not_exceeded() -> None:
    account = Account(100)
    assert account.allows(100)
    account.admit(100)
    assert not account.allows(1)


def test_what_is_settled_may_be_sent_again() -> None:
    account = Account(100)
    account.admit(100)
    account.settle(40)
    assert account.allows(40)
    assert not account.allows(41)


def test_more_credit_counts_at_once() -> None:
    account = Account(100)
    account.admit(100)
    account.grant(150)
    assert account.allows(50)


def test_less_credit_counts_as_acks_move_on() -> None:
    account = Account(100)
    account.admit(80)
    account.grant(50)
    assert account.allows(20), "sent before the device heard of it"
    assert not account.allows(21)
    account.settle(40)
    account.grant(50)
    assert account.allows(20), "still: it may be on its way since then"
    account.settle(40)
    account.grant(50)
    assert account.allows(50)
    assert not account.allows(51)
