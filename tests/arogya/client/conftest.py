"""A whole hub for the tests of live clients."""

from tests.handlers.conftest import floor

__all__ = ["floor"]
