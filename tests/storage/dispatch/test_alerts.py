"""A thing is noticed once while it lasts."""

from __future__ import annotations

from datetime import timedelta

from storage.dispatch import alerts
from storage.dispatch.alerts import AlertKey, NewAlert
from storage.pool import Database
from tests.storage.world import NINE, Connection, insert, user

KINDS = ("silent", "no_fix")


async def raised(db: Database, *wanted: NewAlert) -> int:
    async with db.transaction() as transaction:
        return await alerts.raise_all(transaction, wanted, at=NINE)


async def test_the_same_alert_is_raised_once_and_again_after_its_end(app_pool: Database, superuser: Connection) -> None:
    unit = await insert(superuser, "ambulances", plate_number="A")
    silent = NewAlert(AlertKey("silent", ambulance_id=unit), "warning", {"since_s": 30})
    assert await raised(app_pool, silent, NewAlert(AlertKey("no_fix", ambulance_id=unit), "warning", {})) == 2
    assert await raised(app_pool, silent) == 0
    open_ones = await alerts.find_open(app_pool, KINDS)
    assert {alert.key for alert in open_ones} == {silent.key, AlertKey("no_fix", ambulance_id=unit)}
    async with app_pool.transaction() as transaction:
        ids = [alert.id for alert in open_ones]
        assert await alerts.resolve(transaction, ids, at=NINE + timedelta(seconds=9)) == 2
        assert await alerts.resolve(transaction, ids, at=NINE + timedelta(seconds=99)) == 0
    assert await alerts.find_open(app_pool, KINDS) == []
    assert await raised(app_pool, silent) == 1


async def test_what_becomes_worse_has_to_be_acknowledged_again(app_pool: Database, superuser: Connection) -> None:
    unit = await insert(superuser, "ambulances", plate_number="A")
    somebody = await user(superuser, "staff")
    key = AlertKey("silent", ambulance_id=unit)
    await raised(app_pool, NewAlert(key, "warning", {"since_s": 30}))
    await superuser.execute("UPDATE dispatch_alerts SET acknowledged_at = now(), acknowledged_by = $1", somebody)
    assert await raised(app_pool, NewAlert(key, "alarm", {"since_s": 90})) == 1
    row = await superuser.fetchrow("SELECT severity, acknowledged_at, facts FROM dispatch_alerts")
    assert row is not None
    assert (row["severity"], row["acknowledged_at"], row["facts"]) == ("alarm", None, '{"since_s": 90}')
