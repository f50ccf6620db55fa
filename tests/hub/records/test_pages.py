"""The tables as people read them."""

from __future__ import annotations

from pathlib import Path

from hub.records.pages import reference
from storage.records.catalog import ENTITIES

PAGE = Path(__file__).parents[3] / "docs" / "records.md"


def test_the_page_says_what_is_declared() -> None:
    # After a change: python -m hub.records.pages > docs/records.md
    assert PAGE.read_text(encoding="utf-8") == reference()


def test_every_table_is_on_it_with_every_field() -> None:
    text = reference()
    for entity in ENTITIES:
        section = text.partition(f"## {entity.name}\n")[2].partition("\n## ")[0]
        assert all(f"| `{column.name}` |" in section for column in entity.columns), entity.name
