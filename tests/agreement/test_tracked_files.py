"""What must not be in any file: addresses of package registries, and places of one machine."""

from __future__ import annotations

import re

import pytest

from tests.agreement.tracked import texts

# Written in parts, so that this file does not find itself.
REGISTRIES = [
    ".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"))
]
PLACES = ["/" + place + "/" for place in ("root", "home", "work", "Users")]
UNFINISHED = [first + second for first, second in (("TO", "DO"), ("FIX", "ME"), ("HA", "CK"))]


@pytest.mark.parametrize("registry", REGISTRIES)
def test_no_file_names_a_package_registry(registry: str) -> None:
    assert [name for name, text in texts().items() if registry in text] == []


@pytest.mark.parametrize("place", PLACES)
def test_no_file_names_a_place_of_one_machine(place: str) -> None:
    pattern = re.compile(rf"(?<![\w.\]}}/-]){re.escape(place)}")
    assert [name for name, text in texts().items() if pattern.search(text)] == []


def test_nothing_is_left_for_later() -> None:
    pattern = re.compile(rf"\b({'|'.join(UNFINISHED)})\b")
    assert [name for name, text in texts().items() if pattern.search(text)] == []
