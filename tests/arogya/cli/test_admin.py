"""`arogya admin totp-reset` as it is run on the host."""

from __future__ import annotations

from datetime import UTC, datetime

from hub.access import totp as codes
from storage import audit, totp
from storage.pool import Database
from storage.totp import Codes, Proof
from tests.arogya.cli.test_databases import run
from tests.storage import world
from tests.storage.world import Connection


async def test_a_lost_second_factor_is_taken_away_with_all_that_hangs_on_it(
    database: str, app_pool: Database, superuser: Connection
) -> None:
    user_id = await world.insert(superuser, "users", name="Asha", email="asha@example.org", role="admin")
    now, secret, entry = datetime.now(UTC), codes.new_secret(), audit.Entry("totp.C", "users")
    await totp.propose(app_pool, user_id, secret, entry)
    assert await totp.confirm(app_pool, user_id, Proof(secret, 1), Codes("recovery", [bytes(32)]), now, entry)
    await world.insert(superuser, "sessions", user_id=user_id, client="web", expires_at=world.NINE)

    status, output, errors = await run("admin", "totp-reset", "ASHA@example.org", "--database", database)
    assert (status, "at the next sign-in" in output) == (0, True), errors
    assert await totp.find(app_pool, user_id) == totp.Factor()
    assert await totp.count_codes(app_pool, user_id) == 0
    assert await superuser.fetchval("SELECT end_reason FROM sessions") == "revoked"
    assert await superuser.fetchval("SELECT count(*) FROM audit_log WHERE action = 'totp.U'") == 1

    status, output, errors = await run("admin", "totp-reset", "nobody@example.org", "--database", database)
    assert (status, output, "no account" in errors) == (1, "", True)
