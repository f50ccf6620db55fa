"""What is configured is what dispatch goes by."""

from __future__ import annotations

import pytest

from arogya import config, dispatching
from hub.dispatch.policy import DispatchPolicy


def test_without_any_setting_dispatch_goes_by_its_own_defaults() -> None:
    assert dispatching.policy(config.load(env={})) == DispatchPolicy(time_zone="Asia/Kolkata")


def test_a_setting_reaches_its_priority_and_zero_is_never() -> None:
    settings = config.load(
        env={},
        options={"dispatch": {"p1_mode": "automatic", "p1_unattended_s": 7.0, "p2_re_alert_s": 0.0, "batch_s": 4.0}},
    )
    policy = dispatching.policy(settings)
    assert (policy.of(1).mode, policy.of(1).unattended_s) == ("automatic", 7.0)
    assert policy.of(2).re_alert_s is None
    assert policy.of(2).mode == "suggest"
    assert policy.batch_s == 4.0


@pytest.mark.parametrize(
    ("options", "key"),
    [
        pytest.param({"travel": "osrm"}, "dispatch.travel_url", id="a-server-without-its-address"),
        pytest.param({"travel": "roads"}, "dispatch.roads_graph", id="a-road-graph-without-its-file"),
        pytest.param({"travel_url": "ftp://x"}, "dispatch.travel_url", id="an-address-that-is-none"),
    ],
)
def test_what_does_not_fit_together_is_a_mistake(options: dict[str, str], key: str) -> None:
    with pytest.raises(config.ConfigError) as raised:
        config.load(env={}, options={"dispatch": options})
    assert [mistake.key for mistake in raised.value.mistakes] == [key]
