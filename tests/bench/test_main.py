"""The command line of the benchmarks."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.__main__ import BENCHMARKS, parse


@pytest.mark.parametrize("name", BENCHMARKS)
def test_every_benchmark_has_the_common_options(name: str) -> None:
    options = parse([name, "--json", "--seconds", "3", "--repeat", "2", "--compare", "old.json"])
    assert options.benchmark == name
    assert (options.json, options.seconds, options.repeat, options.compare) == (True, 3.0, 2, Path("old.json"))


def test_the_fleet_is_as_large_as_documented_unless_told_otherwise() -> None:
    assert (parse(["live"]).tablets, parse(["live"]).viewers) == (5000, 50)
    assert (parse(["fanout"]).ambulances, parse(["fanout"]).viewers) == (1000, 500)
    assert parse(["connections"]).tablets == 10_000


@pytest.mark.parametrize(
    "arguments", [["live", "--url", "http://127.0.0.1:1"], ["live", "--database", "x"], [], ["no"]]
)
def test_a_server_comes_with_its_database_and_a_benchmark_has_a_name(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(arguments)
    assert ended.value.code == 2
    assert "usage" in capsys.readouterr().err
