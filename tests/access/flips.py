"""One allow of the matrix at a time taken away from the running hub: some cell of its action has to fail for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import MappingProxyType

from hub.access import policy, reach, rights
from hub.access.policy import Rule, Scope
from tests.access import page
from tests.access.asking import Cell, Findings, ask, faults_of
from tests.access.command_cells import commands
from tests.access.create_cells import TRIES, creations
from tests.access.live_cells import knock, watch
from tests.access.oracle import Oracle
from tests.access.page import Grant
from tests.access.people import ASKING, Caller
from tests.access.read_cells import reads_of
from tests.access.stage import Stage
from tests.access.write_cells import changes, removals

TRIED = 6  # cells that a grant decides, until one fails
SOCKETS = ("live.", "sockets.", "uplink.")
# What no route, channel or frame of this hub asks for yet; a guard fails when one of them comes.
LATER = ("transactions.U.refund", "joint_motion_logs.C", "live.command", "pages.R")
# Allows beside which the same person always has another that covers them: whoever has a duty has a desk, too, and a
# doctor's own link makes the facility theirs.
SHADOWED = {
    *(
        (action, code, "*")
        for action in ("patients.C", "ambulance_requests.C", "map.R", "places.R")
        for code in ("DP", "SV")
    ),
    *((action, code, "own") for action in ("ws_tickets.C", "sockets.live") for code in ("DP", "SV")),
    ("doctor_facilities.R", "DR", "own"),
}
# What registering adds, beside the line of its own.
ALSO = {"users.C": "registrations.C", "patients.C": "registrations.C"}


@contextmanager
def denied(grant: Grant) -> Iterator[None]:
    """Let the hub decide as if this allow were not there."""
    gone = Rule(grant.code, Scope(grant.scope), grant.condition)
    rules = {action: tuple(rule for rule in found) for action, found in policy.RULES.items()}
    kept = tuple(rule for rule in rules[grant.action] if rule != gone)
    assert len(kept) == len(rules[grant.action]) - 1, grant
    before = policy.RULES
    policy.RULES = MappingProxyType({**rules, grant.action: kept})
    _forget()
    try:
        yield
    finally:
        policy.RULES = before
        _forget()


def _forget() -> None:
    """Drop what the hub remembers of its rules."""
    for module in (policy, reach, rights):
        for remembered in vars(module).values():
            if hasattr(remembered, "cache_clear"):
                remembered.cache_clear()


async def survives(stage: Stage, oracle: Oracle, grant: Grant) -> bool:
    """Take an allow away; tell whether no cell noticed."""
    with denied(grant):
        if grant.action.startswith(SOCKETS):
            return not await _socket_fails(stage, oracle, grant)
        for cell in _decided(oracle, grant):
            if faults_of(cell, await ask(stage, cell)):
                return False
    return True


async def _socket_fails(stage: Stage, oracle: Oracle, grant: Grant) -> bool:
    findings = Findings()
    for who in _callers(grant):
        if grant.action in ("sockets.device", "uplink.fixes", "uplink.motion"):
            await knock(stage, oracle, who, findings)
        else:
            await watch(stage, oracle, who, findings, set())
        if findings.wrong:
            return True
    return False


def _callers(grant: Grant) -> list[Caller]:
    """Return those whom a grant is about, those with the fewest other rights first."""
    return sorted((who for who in ASKING if grant.code in who.codes), key=lambda who: len(who.codes))


def _decided(oracle: Oracle, grant: Grant) -> Iterator[Cell]:
    """Yield the first cells whose answer would be another without a grant."""
    without, found = oracle.without(grant), 0
    for who in _callers(grant):
        promised = {_key(cell): cell for cell in cells_of(without, who, grant.action)}
        for cell in cells_of(oracle, who, grant.action):
            other = promised.get(_key(cell))
            if other is not None and _answer(other) == _answer(cell):
                continue
            yield cell
            found += 1
            if found == TRIED:
                return


def _key(cell: Cell) -> tuple[str, str, str]:
    return cell.method, cell.path, cell.about


def _answer(cell: Cell) -> tuple[object, ...]:
    return cell.statuses, cell.code, cell.fields, cell.ids


def cells_of(oracle: Oracle, who: Caller, action: str) -> list[Cell]:
    """Return one caller's cells that a line of the page is about."""
    table, _, verb = action.partition(".")
    verbs = "RCUD" if verb == "*" else verb
    cells: list[Cell] = []
    if "R" in verbs and table in oracle.world.by_table and table in page.fields():
        cells += reads_of(oracle, who, table)
    if verbs in ("U", "RCUD") and table in oracle.world.by_table and table in page.fields():
        cells += changes(oracle, table, [who])
    if verbs == "D" and table in oracle.world.by_table and table in page.fields():
        cells += removals(oracle, table, [who])
    if verbs == "C" and table in TRIES:
        cells += creations(oracle, table, [who])
    about = {action, ALSO.get(action, action)} if who.name == "nobody" else {action}
    lines = {line for line in about for line in (line, line.replace("*", "C"), line.replace("*", "R"))}
    lines |= {line.replace("*", "U") for line in about}
    cells += [cell for cell in commands(oracle, who) if cell.action in lines]
    return cells
