"""The configuration for Valkey: the server takes it, and a hub may do with it what it needs and nothing more."""

from __future__ import annotations

import pytest
from redis import Redis
from redis.exceptions import NoPermissionError

from hub.bus.relay import survey


def test_a_hub_may_use_what_is_its_own_and_nothing_else(valkey_url: str) -> None:
    with Redis.from_url(valkey_url) as client:
        assert client.hset("arogya:{control}:nodes", "a", "b") == 1
        assert client.execute_command("SPUBLISH", "arogya:{p0}:live", b"") == 0
        for words in (("SET", "other", "1"), ("PUBLISH", "other", ""), ("FLUSHALL",), ("CONFIG", "GET", "*")):
            with pytest.raises(NoPermissionError):
                client.execute_command(*words)


def test_nobody_else_gets_in(valkey_url: str) -> None:
    with Redis.from_url(f"redis://{valkey_url.partition('@')[2]}") as client, pytest.raises(Exception, match="uthent"):
        client.ping()


async def test_the_command_line_asks_with_these_rights(valkey_url: str) -> None:
    found = await survey(valkey_url, "x" * 32)
    assert (found.nodes, found.memory_max_bytes) == ([], 256 * 1024**2)
