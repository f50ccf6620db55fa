"""No allow of the matrix is idle: without any one of them, some cell fails."""

from __future__ import annotations

import pytest

from hub.access import policy
from hub.access.policy import Rule, Scope
from hub.access.principal import Principal
from tests.access import page
from tests.access.flips import LATER, SHADOWED, denied, survives
from tests.access.oracle import Oracle
from tests.access.stage import staged
from tests.access.undo import keeper


@pytest.mark.timeout(300)
async def test_every_allow_that_is_taken_away_is_missed(database: str) -> None:
    async with staged(database) as stage:
        oracle, idle = Oracle(stage.world), []
        before = await keeper(stage)
        for action, grants in page.matrix().items():
            for grant in grants:
                if action in LATER or grant.code == "SY" or (action, grant.code, grant.scope) in SHADOWED:
                    continue
                if await survives(stage, oracle, grant):
                    idle.append(f"{action} {grant.code}:{grant.scope}{{{grant.condition or ''}}}")
        assert idle == []
        assert await before.changed() == []


def test_what_cannot_be_asked_for_is_decided_all_the_same() -> None:
    """The rest of the allows, at the one function that decides."""
    for action, grants in page.matrix().items():
        for grant in grants:
            if action not in LATER and grant.code != "SY" and (action, grant.code, grant.scope) not in SHADOWED:
                continue
            alone = Principal(frozenset({grant.code}))
            rule = Rule(grant.code, Scope(grant.scope), grant.condition)
            assert rule in policy.allowed(alone, action), grant
            with denied(grant):
                assert rule not in policy.allowed(alone, action), grant
