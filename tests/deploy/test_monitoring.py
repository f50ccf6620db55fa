"""The alerts and the dashboard: valid, about metrics that exist, and explained on the page of operations."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

from tests.deploy.tools import DEPLOY, program, run
from tests.docs.pages import table, text_of
from tests.docs.test_operations import registered

ALERTS = (DEPLOY / "prometheus" / "alerts.yaml").read_text()
DASHBOARD: dict[str, Any] = json.loads((DEPLOY / "grafana" / "arogya-hub.json").read_text())
NAMES = {name.partition("{")[0] for name in registered().values()}


def metrics_of(expression: str) -> set[str]:
    """Return the metrics that an expression asks for, without what a histogram adds to their names."""
    return {re.sub(r"_(bucket|sum|count)$", "", name) for name in re.findall(r"\bhub_[a-z_]+", expression)}


def labels_of(expression: str) -> set[tuple[str, str]]:
    """Return the pairs of metric and label that an expression selects by."""
    selected = re.findall(r"\b(hub_[a-z_]+)\{([^}]*)\}", expression)
    return {(name, label) for name, inside in selected for label in re.findall(r"(\w+)\s*[=!]", inside)}


def expressions() -> list[str]:
    """Return every expression of the dashboard."""
    return [target["expr"] for panel in DASHBOARD["panels"] for target in panel.get("targets", ())]


def test_prometheus_takes_the_alerts_and_the_configuration() -> None:
    promtool = program("promtool", "prometheus")
    for kind, name in (("rules", "alerts.yaml"), ("config", "prometheus.yml")):
        done = run(promtool, "check", kind, str(DEPLOY / "prometheus" / name))
        assert done.returncode == 0, done.stdout + done.stderr


def test_alerts_are_raised_in_trouble_and_at_no_other_time(tmp_path: Path) -> None:
    promtool = program("promtool", "prometheus")
    for file in (DEPLOY / "prometheus" / "alerts.yaml", Path(__file__).with_name("alerts_test.yaml")):
        shutil.copy(file, tmp_path)
    done = run(promtool, "test", "rules", "alerts_test.yaml", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_alerts_are_about_metrics_that_exist() -> None:
    assert metrics_of(ALERTS) - NAMES == set()


def test_every_alert_is_explained_on_the_page() -> None:
    named = re.findall(r"^ +- alert: (\w+)$", ALERTS, re.MULTILINE)
    rows = table(text_of("docs/operations.md"), "Alerts")
    assert [row[0].strip("`") for row in rows] == named
    assert all(len(row) == 4 and all(row) for row in rows)


def test_the_dashboard_is_about_all_metrics_and_no_others() -> None:
    asked = set().union(*(metrics_of(expression) for expression in expressions()))
    assert asked == NAMES


def test_labels_that_are_asked_for_exist() -> None:
    known = {
        (name.partition("{")[0], label)
        for name in registered().values()
        for label in [*re.findall(r"[{,](\w+)", name), "instance"]
    }
    asked = set().union(*(labels_of(expression) for expression in [*expressions(), ALERTS]))
    assert {(re.sub(r"_(bucket|sum|count)$", "", name), label) for name, label in asked} - known == set()


def test_the_dashboard_works_with_any_data_source() -> None:
    assert DASHBOARD["schemaVersion"] >= 36
    variables = {variable["name"]: variable for variable in DASHBOARD["templating"]["list"]}
    assert variables["datasource"]["type"] == "datasource"
    for panel in DASHBOARD["panels"]:
        for asked in (panel, *panel.get("targets", ())):
            assert asked.get("datasource", {}).get("uid", "${datasource}") == "${datasource}"
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])


def test_prometheus_understands_what_the_dashboard_asks(tmp_path: Path) -> None:
    rules = "groups:\n  - name: dashboard\n    rules:\n"
    for place, expression in enumerate(expressions()):
        asked = expression.replace("$__rate_interval", "1m").replace("$instance", ".*")
        rules += f"      - record: panel:{place}\n        expr: {json.dumps(asked)}\n"
    (tmp_path / "dashboard.yaml").write_text(rules)
    done = run(program("promtool", "prometheus"), "check", "rules", str(tmp_path / "dashboard.yaml"))
    assert done.returncode == 0, done.stdout + done.stderr
