"""The world of the HTTP tests, for the tests of who may do what."""

from tests.handlers.conftest import hub, world

__all__ = ["hub", "world"]
