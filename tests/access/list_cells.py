"""Lists as they are walked through: page by page, counted, sorted, and as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator

from tests.access.asking import API, MARK, Findings
from tests.access.oracle import Oracle
from tests.access.people import Caller
from tests.access.read_cells import read_list, refusal
from tests.access.stage import Stage

SMALL = 5  # rows of a page


async def walk(stage: Stage, oracle: Oracle, who: Caller, table: str, findings: Findings) -> None:
    """Walk through one list in pages, also of one row, and read it as a file."""
    expected = read_list(oracle, who, table).ids
    for asked in (f"limit={SMALL}&total=true", *(("limit=1",) if len(expected or ()) <= SMALL else ())):
        found: list[str] = []
        async for fault in _pages(stage, who, f"{API}/{table}?{asked}", found, expected):
            findings.wrong.append(f"{table}.R {who.name} pages {asked}: {fault}")
        findings.cells += 1
        if set(found) != (expected or set()) or len(found) != len(set(found)):
            findings.wrong.append(f"{table}.R {who.name} pages {asked}: {sorted(found)}, not {sorted(expected or ())}")
    await _file(stage, oracle, who, table, findings)


async def _pages(
    stage: Stage, who: Caller, path: str, found: list[str], expected: frozenset[str] | None
) -> AsyncIterator[str]:
    cursor = ""
    while True:
        answer = await stage.hub.call("GET", f"{path}{cursor}", token=stage.tokens.get(who.name))
        if answer.status != (200 if expected is not None else refusal(who)):
            yield f"answered {answer.status}: {answer.body[:150]!r}"
        if answer.status != 200:
            return
        found += [str(item["id"]) for item in answer.json["items"]]
        if answer.json.get("total", len(expected or ())) != len(expected or ()):
            yield f"counts {answer.json['total']}"
        if answer.json["next_cursor"] is None or not answer.json["items"]:
            return
        cursor = f"&cursor={answer.json['next_cursor']}"


async def _file(stage: Stage, oracle: Oracle, who: Caller, table: str, findings: Findings) -> None:
    """Read a list as a file: its rows, its columns and its words are those of the list."""
    cell = read_list(oracle, who, table)
    answer = await stage.hub.call("GET", f"{API}/{table}.csv", token=stage.tokens.get(who.name))
    findings.cells += 1
    if answer.status != (200 if cell.ids is not None else refusal(who)):
        findings.wrong.append(f"{table}.R {who.name} file: answered {answer.status}")
    if answer.status != 200:
        return
    text = answer.body.decode("utf-8-sig")
    if {row["id"] for row in csv.DictReader(io.StringIO(text))} != set(cell.ids or ()):
        findings.wrong.append(f"{table}.R {who.name} file: other rows than the list")
    if leaked := set(MARK.findall(text)) - cell.marks:
        findings.wrong.append(f"{table}.R {who.name} file: shows {sorted(leaked)}")
