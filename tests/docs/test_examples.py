"""Code on the pages: what a reader copies is what the tests run."""

from __future__ import annotations

import tomllib

import pytest

from arogya.config import load
from tests.docs.pages import PAGES, blocks, text_of

LONGEST = 15  # lines


def everywhere(language: str) -> list[str]:
    return [block for page in PAGES for block in blocks(page.read_text(encoding="utf-8"), language)]


def test_the_readme_shows_the_first_examples_that_the_clients_tests_run() -> None:
    # tests/arogya/client/test_public.py runs those of docs/client.md against a hub.
    shown = blocks(text_of("README.md"), "python")
    assert len(shown) == 2
    assert shown == blocks(text_of("docs/client.md"), "python")[:2]
    assert all(len([line for line in example.splitlines() if line]) <= LONGEST for example in shown)


@pytest.mark.parametrize(
    "block", [block for page in PAGES for block in blocks(page.read_text(encoding="utf-8"), "python")]
)
def test_every_python_block_is_python(block: str) -> None:
    compile(block, "page", "exec")


@pytest.mark.parametrize(
    "block", [block for page in PAGES for block in blocks(page.read_text(encoding="utf-8"), "toml")]
)
def test_every_configuration_on_the_pages_is_one(block: str) -> None:
    document = tomllib.loads(block)
    for key in ("tls_certificate", "tls_key"):
        if key in document.get("server", {}):
            document["server"][key] = __file__  # a file that exists
    load(env={}, options=document)
