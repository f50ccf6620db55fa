"""What a repetition is follows from the target."""

from __future__ import annotations

import pytest

from hub.motion.rules import Rules, Target, rules_of


@pytest.mark.parametrize(
    ("target", "rules"),
    [
        pytest.param(Target(0.0, 100.0), Rules(1, 30.0, 95.0), id="a-squat-flexes"),
        pytest.param(Target(105.0, 5.0), Rules(-1, 30.0, -10.0), id="standing-up-extends"),
        pytest.param(Target(-30.0, 50.0), Rules(1, 24.0, 45.0), id="from-below-zero"),
        pytest.param(Target(5.0, 35.0), Rules(1, 15.0, 30.0), id="less-than-fifteen-degrees-is-no-movement"),
        pytest.param(Target(None, 90.0), Rules(1, 27.0, 85.0), id="no-rest-pose-is-the-anatomical-position"),
        pytest.param(Target(None, -40.0), Rules(-1, 15.0, 35.0), id="extension-beyond-it"),
        pytest.param(Target(20.0, 20.0), Rules(1, 15.0, 15.0), id="no-way-to-go"),
        pytest.param(Target(), Rules(1, 25.0, None), id="nothing-known"),
        pytest.param(Target(105.0), Rules(1, 25.0, None), id="no-target"),
    ],
)
def test_rules_follow_from_rest_and_target(target: Target, rules: Rules) -> None:
    assert rules_of(target) == rules
