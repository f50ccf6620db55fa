"""The machine-readable vectors beside the protocol page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2] / "docs" / "protocol"


def vectors(name: str) -> list[dict[str, Any]]:
    """Return the vectors of a file."""
    document = json.loads((FOLDER / f"{name}.json").read_text())
    found: list[dict[str, Any]] = document["vectors"]
    return found


def each(name: str) -> pytest.MarkDecorator:
    """Run a test once for every vector of a file."""
    found = vectors(name)
    return pytest.mark.parametrize("vector", found, ids=[vector["name"] for vector in found])
