"""What ends a benchmark without figures."""

from __future__ import annotations


class Broken(Exception):
    """What came out is not what went in, or somebody was lost on the way: the figures would mean nothing."""
