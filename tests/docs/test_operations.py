"""The operations page against what runs: metrics, the doctor's findings, exit codes, roles, health."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from prometheus_client import Counter, Gauge, Histogram

from arogya import bus_checkup, checkup
from arogya.cli.outcome import EXIT_CODES
from arogya.config import SECTIONS
from arogya.configuration.fields import fields_of
from hub.metrics import Metrics
from tests.agreement.tracked import ROOT, texts
from tests.docs.pages import table, text_of

PAGE = text_of("docs/operations.md")


def registered() -> dict[str, str]:
    """Return each metric as the page writes it, by the attribute that holds it."""
    found = {}
    for attribute, metric in vars(Metrics()).items():
        if isinstance(metric, Counter | Gauge | Histogram):
            name = metric._name + ("_total" if isinstance(metric, Counter) else "")
            labels = ",".join(metric._labelnames)
            found[attribute] = name + (f"{{{labels}}}" if labels else "")
    return found


def test_the_page_lists_every_metric_with_its_labels_and_no_other() -> None:
    assert [row[0].strip("`") for row in table(PAGE, "Metrics")] == list(registered().values())
    assert all(row[1] for row in table(PAGE, "Metrics"))


def test_every_metric_is_counted_somewhere() -> None:
    modules = texts("arogya/*.py", "handlers/*.py", "hub/*.py")
    code = "\n".join(text for name, text in modules.items() if not name.endswith("metrics.py"))
    assert [name for name in registered() if not re.search(rf"etrics\.{name}\b", code)] == []


def test_metrics_that_the_alerts_name_exist() -> None:
    names = {name.partition("{")[0].removesuffix("_total") for name in registered().values()}
    for mentioned in re.findall(r"\bhub_[a-z_]+", PAGE):
        bare = re.sub(r"_(total|bucket|sum|count)$", "", mentioned)
        assert bare in names or mentioned in {"hub_session", "hub_lost"}, mentioned


def test_the_page_lists_every_finding_of_the_doctor() -> None:
    names = set()
    for module in (checkup, bus_checkup):
        for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding":
                names |= {first.value for first in node.args[:1] if isinstance(first, ast.Constant)}
    assert {row[0].strip("`") for row in table(PAGE, "Doctor")} == names


def test_the_page_has_the_exit_codes_of_the_help() -> None:
    assert set(re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)) == set(
        re.findall(r"^  (\d+)  ", EXIT_CODES, re.MULTILINE)
    )


def test_the_page_names_the_roles_of_the_schema() -> None:
    roles = set(re.findall(r"'(arogya_\w+)'", (ROOT / "schema.sql").read_text(encoding="utf-8").partition("LOOP")[0]))
    assert {row[0].strip("`") for row in table(PAGE, "Your own PostgreSQL")} == roles


def test_settings_that_the_pages_name_exist() -> None:
    known = {f"{name}.{field.name}" for name, section in SECTIONS.items() for field in fields_of(section)}
    pages = PAGE + text_of("docs/architecture.md") + text_of("docs/protocol.md") + text_of("README.md")
    mentioned = set(re.findall(rf"`((?:{'|'.join(SECTIONS)})\.[a-z_]+)`", pages))
    assert {name for name in mentioned if not name.endswith((".py", ".sql", ".md"))} <= known
