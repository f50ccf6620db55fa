"""Keys of requests that must not be done twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from storage import idempotency
from storage.idempotency import ABANDONED_AFTER, KEPT_FOR, Kept, KeyOf
from storage.pool import Database

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
KEY = KeyOf("user:1", "k", "POST /a", b"hash", NOW)


async def test_a_key_is_taken_once_until_it_is_given_back(app_pool: Database) -> None:
    assert await idempotency.claim(app_pool, KEY)
    assert not await idempotency.claim(app_pool, KEY._replace(claimed_at=NOW + timedelta(seconds=1)))
    assert await idempotency.claim(app_pool, KEY._replace(principal="user:2"))
    await idempotency.release(app_pool, KEY)
    assert await idempotency.find(app_pool, KEY) is None
    assert await idempotency.claim(app_pool, KEY)


async def test_an_answer_is_kept_for_a_day(app_pool: Database) -> None:
    await idempotency.claim(app_pool, KEY)
    assert await idempotency.find(app_pool, KEY) == Kept("POST /a", b"hash", None, None)
    assert await idempotency.keep(app_pool, KEY, 201, b"answer")
    await idempotency.release(app_pool, KEY)
    assert await idempotency.find(app_pool, KEY) == Kept("POST /a", b"hash", 201, b"answer")
    almost = KEY._replace(claimed_at=NOW + KEPT_FOR - timedelta(seconds=1))
    assert not await idempotency.claim(app_pool, almost)
    assert await idempotency.claim(app_pool, KEY._replace(claimed_at=NOW + KEPT_FOR))


async def test_a_key_that_was_left_goes_to_the_same_request_alone_and_its_first_owner_has_lost_it(
    app_pool: Database,
) -> None:
    await idempotency.claim(app_pool, KEY)
    later = KEY._replace(claimed_at=NOW + ABANDONED_AFTER + timedelta(seconds=1))
    assert not await idempotency.claim(app_pool, later._replace(body_hash=b"other"))
    assert await idempotency.claim(app_pool, later)
    assert not await idempotency.keep(app_pool, KEY, 201, b"late")
    await idempotency.release(app_pool, KEY)
    assert await idempotency.keep(app_pool, later, 201, b"answer")
