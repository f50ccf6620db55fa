"""`python -m bench NAME`: measure, say how sure the figures are, and print one JSON line last."""

from __future__ import annotations

import argparse
import contextlib
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from bench import (
    chart,
    connections,
    dispatch,
    fanout,
    fixes,
    history,
    live,
    machine,
    motion,
    nodes,
    offers,
    records,
    report,
    sign_ins,
)
from bench.broken import Broken
from bench.hub import HubUnderTest, hub_under_test

BENCHMARKS: dict[str, Any] = {  # modules with SETTINGS, MAIN_FIGURE, add_arguments() and measure()
    "fixes": fixes,
    "live": live,
    "fanout": fanout,
    "connections": connections,
    "history": history,
    "nodes": nodes,
    "offers": offers,
    "records": records,
    "sign_ins": sign_ins,
    "dispatch": dispatch,
    "motion": motion,
    "chart": chart,
}


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line; each benchmark adds its own options to the common ones."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    names = parser.add_subparsers(dest="benchmark", required=True)
    for name, benchmark in BENCHMARKS.items():
        own = names.add_parser(name, help=(benchmark.__doc__ or "").split("\n")[0], description=benchmark.__doc__)
        own.add_argument("--json", action="store_true", help="print nothing but the JSON line")
        own.add_argument("--url", help="an existing server, like http://127.0.0.1:8080; needs --database")
        own.add_argument("--database", metavar="URL", help="the existing server's database, as its owner")
        own.add_argument("--seconds", type=float, default=20.0, help="measured time of each load (20)")
        own.add_argument("--warmup", type=float, default=3.0, help="time of each load before it is measured (3)")
        own.add_argument("--repeat", type=int, default=1, help="runs; figures are their medians (1)")
        own.add_argument("--compare", type=Path, metavar="FILE", help="saved output of an earlier run")
        benchmark.add_arguments(own)
    options = parser.parse_args(arguments)
    if bool(options.url) != bool(options.database):
        parser.error("--url and --database go together")
    return options


def measure(options: argparse.Namespace) -> dict[str, object]:
    """Run the benchmark as often as asked and return the whole report."""
    benchmark = BENCHMARKS[options.benchmark]
    here, runs = machine.describe(), []
    with _hub_for(benchmark, options) as hub:
        for number in range(options.repeat):
            runs.append(benchmark.measure(hub, options))
            if not options.json and options.repeat > 1:
                print(f"run {number + 1}: {runs[-1]}", flush=True)
        server = describe_server(hub) if hub else {}
    ignored = ("json", "url", "database", "compare", "benchmark")
    parameters = {name: value for name, value in vars(options).items() if name not in ignored}
    figures = report.median_of(runs)
    main_figure = benchmark.MAIN_FIGURE if benchmark.MAIN_FIGURE in figures else next(iter(figures))
    return {
        "benchmark": options.benchmark,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        **figures,
        "spread": round(report.spread_of(runs, main_figure), 3),
        "machine": here,
        "versions": machine.versions() | server,
        "parameters": parameters | {"settings": dict(benchmark.SETTINGS) if not options.url else "existing server"},
    }


def _hub_for(benchmark: Any, options: argparse.Namespace) -> contextlib.AbstractContextManager[HubUnderTest | None]:
    if not getattr(benchmark, "NEEDS_HUB", True):
        return contextlib.nullcontext()
    return hub_under_test(options.url, options.database, benchmark.SETTINGS)


def describe_server(hub: HubUnderTest) -> dict[str, str]:
    """Return the version of PostgreSQL and the settings that decide what durable means."""
    names = ("server_version", "fsync", "synchronous_commit", "full_page_writes")
    return {f"postgresql_{name}" if name != "server_version" else "postgresql": hub.show(name) for name in names}


def main() -> int:
    """Measure and report; the exit status is 1 when the database does not hold what was acked."""
    options = parse(sys.argv[1:])
    old = report.last_line(options.compare) if options.compare else None
    try:
        found = measure(options)
    except Broken as broken:
        print(f"broken: {broken}", file=sys.stderr)
        return 1
    if not options.json:
        for name, value in found.items():
            if isinstance(value, int | float):
                print(f"{name:28} {value:>16,.3f}".rstrip("0").rstrip("."))
    for line in report.differences(old, found) if old else ():
        print(line, file=sys.stderr if options.json else sys.stdout)
    for warning in report.warnings(found, old):
        print(f"note: {warning}", file=sys.stderr)
    print(orjson.dumps(found).decode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
