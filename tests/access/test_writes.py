"""Every row changed and removed, and every kind of row added, by everybody."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.access import page
from tests.access.asking import Cell, Findings, ask, ask_all, faults_of
from tests.access.create_cells import TRIES, creations
from tests.access.oracle import Oracle
from tests.access.stage import Stage, staged
from tests.access.undo import Keeper, keeper
from tests.access.write_cells import changes, removals

ALLOWED = range(200, 300)


@pytest.mark.timeout(300)  # seconds where nothing else runs
async def test_each_changes_and_removes_exactly_what_the_page_grants(
    database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with staged(database) as stage:
        oracle, findings = Oracle(stage.world), Findings()
        cells = list(_cells(oracle))
        before = await keeper(stage)
        await ask_all(stage, [cell for cell in cells if cell.statuses[0] not in ALLOWED], findings)
        findings.wrong += [f"changed although it was denied: {name}" for name in await before.changed()]
        await _allowed(stage, [cell for cell in cells if cell.statuses[0] in ALLOWED], before, findings)
        findings.wrong += [f"was not put back: {name}" for name in await before.changed()]
        findings.wrong += await unaudited(stage, findings)
        findings.check(capsys.readouterr().out)


@pytest.mark.timeout(300)  # seconds where nothing else runs
async def test_each_adds_exactly_what_the_page_grants(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    async with staged(database) as stage:
        oracle, findings = Oracle(stage.world), Findings()
        before = await keeper(stage)
        for table in TRIES:
            cells = list(creations(oracle, table))
            await ask_all(stage, [cell for cell in cells if cell.statuses[0] not in ALLOWED], findings)
            findings.wrong += [f"changed although it was denied: {name}" for name in await before.changed()]
            for cell in cells:
                if cell.statuses[0] in ALLOWED:
                    answer = await ask(stage, cell)
                    findings.note(cell, answer, faults_of(cell, answer))
                    if answer.status == 201:
                        gone = f"DELETE FROM {table} WHERE id::text = $1"  # noqa: S608 - a name of the page
                        await stage.db.execute(gone, str(answer.json["id"]))
        findings.wrong += await unaudited(stage, findings)
        findings.check(capsys.readouterr().out)


def _cells(oracle: Oracle) -> Iterable[Cell]:
    for table in page.fields():
        if table in oracle.world.by_table and page.has(f"{table}.U") and table != "joint_motion_logs":
            yield from changes(oracle, table)
            yield from removals(oracle, table)


async def _allowed(stage: Stage, cells: Iterable[Cell], before: Keeper, findings: Findings) -> None:
    """Ask one after the other, and put back what each of them changed."""
    for cell in cells:
        answer = await ask(stage, cell)
        findings.note(cell, answer, faults_of(cell, answer))
        if answer.status in ALLOWED:
            table, _, key = cell.path.rpartition("/")
            rows = stage.world.by_table[table.rpartition("/")[2]].values()
            await before.put_back(next(row for row in rows if str(row.id) == key))


def _sees_all(cell: Cell) -> bool:
    return any(
        grant.scope == "*" and grant.condition is None
        for grant in page.of_action(cell.action)
        if grant.code in cell.who.codes
    )


async def unaudited(stage: Stage, findings: Findings) -> list[str]:
    """Return the refusals that nobody will ever read of."""
    written = await stage.db.fetch(
        "SELECT request_id FROM audit_log WHERE outcome = 'denied' AND request_id = ANY ($1)", list(findings.denied)
    )
    refused = {
        key: cell
        for key, cell in findings.denied.items()
        if cell.statuses != (404,) or not _sees_all(cell)  # to them a missing row is no refusal
    }
    missing = refused.keys() - {row["request_id"] for row in written}
    return sorted(f"no audit entry: {findings.denied[request_id]}" for request_id in missing)
