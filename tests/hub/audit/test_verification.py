"""Whatever somebody with all rights does to the log, a verification names the entry or the seal."""

from __future__ import annotations

import pytest

from storage import audit_seals
from storage.pool import Database
from tests.hub.audit.world import sealer, verified, write
from tests.storage.world import Connection

AROUND = "SET session_replication_role = replica"  # without triggers, as a superuser can


@pytest.fixture
async def forger(superuser: Connection, app_pool: Database) -> Connection:
    """Somebody who may do everything, and a log of two seals: entries 1 to 3, and 4 to 5."""
    await write(app_pool, 3)
    await sealer(app_pool).seal()
    await write(app_pool, 2)
    await sealer(app_pool).seal()
    await superuser.execute(AROUND)
    return superuser


@pytest.mark.parametrize(
    ("forgery", "fault"),
    [
        ("UPDATE audit_log SET actor_id = 'nobody' WHERE id = 2", "entry 2 (seal 1) was changed"),
        ("UPDATE audit_log SET at = at + interval '1 us' WHERE id = 4", "entry 4 (seal 2) was changed"),
        ("UPDATE audit_log SET network = '10.0.0.9' WHERE id = 5", "entry 5 (seal 2) was changed"),
        ("""UPDATE audit_log SET detail = '{"number": 1.0}' WHERE id = 2""", "entry 2 (seal 1) was changed"),
        ("DELETE FROM audit_log WHERE id = 3", "entry 3 (seal 1) is missing"),
        ("DELETE FROM audit_seals WHERE id = 1", "seal 1 is missing"),
        ("UPDATE audit_seals SET sealed_at = now() WHERE id = 2", "seal 2 was changed"),
        ("UPDATE audit_seals SET entry_ids = '{4,9}' WHERE id = 2", "seal 2 was changed"),
        (
            "DELETE FROM audit_seals WHERE id = 2",
            "entry 4 has no seal and does not wait for one",
        ),
        (
            "INSERT INTO audit_log (actor_kind, action, entity) VALUES ('system', 'forged', 'users')",
            "entry 6 has no seal and does not wait for one",
        ),
        ("INSERT INTO audit_unsealed VALUES (77)", "entry 77 is missing"),
    ],
)
async def test_a_forgery_is_named(forger: Connection, reader: Database, forgery: str, fault: str) -> None:
    assert (await verified(reader)).faults == []
    await forger.execute(forgery)
    assert fault in (await verified(reader)).faults


async def test_an_entry_and_its_seal_made_anew_do_not_fit_the_next_seal(forger: Connection, reader: Database) -> None:
    await forger.execute("UPDATE audit_log SET reason = 'none' WHERE id = 1")
    found = await audit_seals.lines(reader, [1, 2, 3])
    (first,) = await audit_seals.seals(reader, after=0, until=1, rows_max=1)
    forged = sealed_anew([found[1], found[2], found[3]], None, first.sealed_at)
    await forger.execute("UPDATE audit_seals SET digests = $1, hash = $2 WHERE id = 1", forged.digests, forged.hash)
    assert (await verified(reader)).faults == ["seal 2 does not follow seal 1: one of them was replaced"]


async def test_a_chain_made_anew_to_its_end_is_not_the_one_that_was_noted(forger: Connection, reader: Database) -> None:
    noted = await audit_seals.head(reader)
    assert noted is not None
    assert (await verified(reader, noted={noted.id: noted.hash})).faults == []
    lines = await audit_seals.lines(reader, [4, 5])
    (first,) = await audit_seals.seals(reader, after=0, until=1, rows_max=1)
    forged = sealed_anew([lines[4], lines[5]], first, noted.sealed_at + 1)
    await forger.execute(
        "UPDATE audit_seals SET sealed_at = sealed_at + interval '1 us', hash = $1 WHERE id = 2", forged.hash
    )
    assert (await verified(reader)).faults == []
    assert (await verified(reader, noted={noted.id: noted.hash})).faults == [
        "seal 2 is not the one that was noted: the chain was written anew"
    ]


async def test_a_chain_cut_at_its_end_lacks_the_seal_that_was_noted(forger: Connection, reader: Database) -> None:
    noted = await audit_seals.head(reader)
    assert noted is not None
    await forger.execute("DELETE FROM audit_seals WHERE id = 2")
    await forger.execute("DELETE FROM audit_log WHERE id > 3")
    assert (await verified(reader)).faults == []
    assert (await verified(reader, noted={noted.id: noted.hash})).faults == [
        "seal 2 is missing: it was the newest one once"
    ]


async def test_an_entry_that_nobody_seals_is_named(app_pool: Database, reader: Database) -> None:
    await write(app_pool, 1)
    assert (await verified(reader, late_s=60)).faults == []
    assert (await verified(reader, late_s=0)).faults == ["entry 1 has waited for a seal for more than 0 s"]


async def test_many_seals_are_read_in_stretches(
    app_pool: Database, reader: Database, superuser: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.audit.verification.SEALS_MAX", 2)
    monkeypatch.setattr("hub.audit.verification.ENTRIES_MAX", 3)
    for _ in range(5):
        await write(app_pool, 2)
        await sealer(app_pool).seal()
    verdict = await verified(reader)
    assert (verdict.seals, verdict.entries, verdict.faults) == (5, 10, [])
    await superuser.execute(AROUND)
    await superuser.execute("DELETE FROM audit_seals WHERE id IN (2, 3)")
    await superuser.execute("UPDATE audit_log SET action = 'x' WHERE id = 9")
    faults = (await verified(reader)).faults
    assert faults[0] == "seals 2 to 3 are missing"
    assert "entry 9 (seal 5) was changed" in faults


def sealed_anew(lines: list[audit_seals.Line], after: audit_seals.Seal | None, sealed_at: int) -> audit_seals.Seal:
    from hub.audit import chain

    return chain.seal(lines, after=after, sealed_at=sealed_at)
