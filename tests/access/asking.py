"""Asks the hub one cell of the matrix at a time, many at once, and compares every answer with what was promised."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.access.people import PEOPLE, Caller, Nobody, mark
from tests.access.rows import Row
from tests.access.stage import Stage
from tests.handlers.rig import Answer

API = "/api/v1"
AT_ONCE = 24
MARK = re.compile(r"MARK\.[a-z-]+\.[a-z_]+")
REQUEST_ID = re.compile(rb'"request_id":"[^"]*"')


Bare = tuple[int, bytes, tuple[tuple[str, str], ...]]  # an answer without what is of one request


@dataclass(frozen=True, slots=True)
class Cell:
    """One question, and its answer as the page promises it."""

    action: str
    who: Caller
    about: str  # the row, or what else is asked for
    method: str
    path: str
    statuses: tuple[int, ...]
    code: str | None = None  # of the problem, where it matters
    body: Any = None
    fields: frozenset[str] | None = None  # that the answer has, neither more nor less
    marks: frozenset[str] = frozenset()  # that may be in it
    ids: frozenset[str] | None = None  # of a list
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.action} {self.who.name} {self.method} {self.about}"


@dataclass
class Findings:
    """What came of a run."""

    cells: int = 0
    wrong: list[str] = field(default_factory=list)
    unseen: dict[tuple[str, str, str], set[Bare]] = field(default_factory=dict)  # 404s that have to be one
    denied: dict[str, Cell] = field(default_factory=dict)  # by request id: what has to be in the audit log

    def note(self, cell: Cell, answer: Answer, faults: Iterable[str]) -> bool:
        """Count a cell; tell whether the promise was kept."""
        self.cells += 1
        found = list(faults)
        self.wrong += [f"{cell}: {fault}" for fault in found]
        if answer.status == 404:
            key = (cell.who.name, cell.action, cell.method)
            self.unseen.setdefault(key, set()).add(without_request_id(answer))
        if answer.status in (403, 404) and not isinstance(cell.who, Nobody):
            self.denied[answer.headers["X-Request-Id"]] = cell
        return not found

    def check(self, logged: str = "") -> None:
        """Fail with everything that was found, and with what a log line says of anybody."""
        self.wrong += [
            f"{key}: what is hidden is not like what is missing" for key, b in self.unseen.items() if len(b) > 1
        ]
        self.wrong += [f"the log has {found}" for found in sorted(set(MARK.findall(logged)))]
        assert not self.wrong, f"{len(self.wrong)} of {self.cells} cells:\n" + "\n".join(sorted(self.wrong)[:60])


async def ask(stage: Stage, cell: Cell) -> Answer:
    """Ask one cell."""
    token = stage.tokens.get(cell.who.name)
    return await stage.hub.call(cell.method, cell.path, token=token, json=cell.body, headers=cell.headers)


async def ask_all(stage: Stage, cells: Iterable[Cell], findings: Findings) -> None:
    """Ask many at once; none of them may change anything that another depends on."""
    waiting = iter(cells)

    async def some() -> None:
        for cell in waiting:
            answer = await ask(stage, cell)
            findings.note(cell, answer, faults_of(cell, answer))

    async with asyncio.TaskGroup() as tasks:
        for _ in range(AT_ONCE):
            tasks.create_task(some())


def faults_of(cell: Cell, answer: Answer) -> list[str]:
    """Return in what an answer differs from what was promised."""
    faults = []
    if answer.status not in cell.statuses:
        faults.append(f"answered {answer.status} {_code(answer)}, not {cell.statuses}: {answer.body[:200]!r}")
    elif cell.code is not None and _code(answer) != cell.code:
        faults.append(f"answered {_code(answer)}, not {cell.code}")
    shown = answer.body.decode(errors="replace") + repr(answer.headers)
    if leaked := set(MARK.findall(shown)) - cell.marks:
        faults.append(f"shows {sorted(leaked)}")
    if answer.status == 200 and cell.fields is not None and set(answer.json) != cell.fields:
        faults.append(f"has {sorted(set(answer.json) - cell.fields)} lacks {sorted(cell.fields - set(answer.json))}")
    if answer.status == 200 and cell.ids is not None:
        found = [str(item["id"]) for item in answer.json["items"]]
        if set(found) != cell.ids or len(found) != len(cell.ids):
            faults.append(f"lists {sorted(found)}, not {sorted(cell.ids)}")
    return faults


def _code(answer: Answer) -> str:
    problem = answer.headers.get("Content-Type") == "application/problem+json"
    return str(answer.json.get("code")) if problem else ""


def marks_of(row: Row, fields: Iterable[str]) -> frozenset[str]:
    """Return the marks that somebody may see who sees these fields of a row."""
    found = {mark(row.name, column) for column in fields}
    if "name" in fields and row.name in PEOPLE:
        found |= {mark(row.name, "first_name"), mark(row.name, "last_name")}
    return frozenset(found)


def without_request_id(answer: Answer) -> Bare:
    """Return an answer as it must be the same for whatever cannot be seen."""
    headers = tuple(sorted((k, v) for k, v in answer.headers.items() if k.lower() not in ("x-request-id", "date")))
    return answer.status, REQUEST_ID.sub(b"", answer.body), headers
