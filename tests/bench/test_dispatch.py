"""The simulation of ambulance services: what it does is possible, and its figures are those of its calls."""

from __future__ import annotations

import pytest

from arogya.simulator.calls import Call, calls_of
from arogya.simulator.city import City, build
from bench import dispatch
from bench.__main__ import parse
from bench.rounds import Rule, Service, Times, pace
from bench.rules import Chosen, ClosestIdle, place_cars

CALLS, FLEET = 45.0, 4


@pytest.fixture(scope="module")
def city() -> City:
    """A small one."""
    return build(1, size=16)


@pytest.fixture(scope="module")
def times(city: City) -> Times:
    """How long it takes there."""
    return Times(city)


def rule(times: Times, name: str) -> Rule:
    if name.startswith("closest"):
        return ClosestIdle(by_priority=name.endswith("priority"))
    past = calls_of(times.city, CALLS, 3, seed=1)
    return Chosen(times, dispatch.POLICY, past, 3, dispatch.WAYS[name])


@pytest.mark.parametrize("name", ["closest", "closest_by_priority", *dispatch.WAYS])
def test_every_call_is_served_once_and_not_before_anybody_can_be_there(name: str, city: City, times: Times) -> None:
    calls = calls_of(city, CALLS, 1, seed=2)
    homes = place_cars(times, calls, 1, FLEET, dispatch.POLICY)
    service = Service(times, dispatch.cars_at(homes), rule(times, name))
    served = service.run(calls)
    assert sorted(each.call.number for each in served) == [call.number for call in calls]
    assert service.waiting == []
    assert all(car.call is None for car in service.cars)
    assert all(each.response_s >= each.call.turnout_s - 1e-6 for each in served)
    if name == "closest":
        again = Service(times, dispatch.cars_at(homes), rule(times, name)).run(calls)
        assert again == served


def test_an_idle_ambulance_arrives_when_it_should(city: City, times: Times) -> None:
    home, scene = city.stations[0], city.stations[5]
    call = Call(0, 3_600.0, scene, 1, None, 40.0, 1.2, 600.0, None, 0.0)
    [served] = Service(times, dispatch.cars_at([home]), ClosestIdle()).run([call])
    expected = 40.0 + 1.2 * times.between_s(home, scene, 3_600.0)
    assert served.response_s == pytest.approx(expected, rel=1e-4)


def test_an_ambulance_is_sent_on_from_where_it_is(city: City, times: Times) -> None:
    home, goal = city.stations[0], max(range(len(city.places)), key=lambda node: times.empty_s[city.stations[0], node])
    service = Service(times, dispatch.cars_at([home]), ClosestIdle())
    car = service.cars[0]
    service.send(car, goal)
    half_s = times.between_s(home, goal, 0.0) / 2
    service.now_s = half_s
    node, until_s = service.where(car)
    assert 0 <= until_s < half_s
    assert until_s + times.between_s(node, goal, 0.0) == pytest.approx(half_s, rel=1e-3)
    assert service.etas_s([car], goal) == [pytest.approx(half_s, rel=1e-3)]
    assert pace(0.0) > pace(18 * 3_600.0)


def test_the_figures_compare_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "SIZE", 16)
    arguments = ["--seeds", "1", "--days", "1", "--fleet", "4", "--calls", "60"]
    small = ["--decisions", "3", "--ambulances", "40", "--requests", "10"]
    figures = dispatch.measure(None, parse(["dispatch", *arguments, *small]))
    assert 0 < figures["decision_p50_ms"] <= figures["decision_p99_ms"]
    assert figures["p1_mean_ratio"] == pytest.approx(figures["ours_p1_mean_s"] / figures["closest_p1_mean_s"], abs=0.01)
    assert 0 <= figures["ours_late"] <= 1
    assert figures["calls"] > 30
