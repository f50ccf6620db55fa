"""What a start says, and in which form."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

SCRIPT = """
import logging
from arogya.cli.starting import log_to_stderr
from arogya.config import load
log_to_stderr(load(env={}, options={"logging": {"format": FORMAT}}))
logging.getLogger("arogya.supervisor").warning("%s ended", "hub-1")
"""


def said(form: str) -> str:
    """Return what a supervisor with this format writes."""
    script = SCRIPT.replace("FORMAT", repr(form))
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stderr


def test_the_supervisor_speaks_json_where_the_hubs_do() -> None:
    line = json.loads(said("json"))
    assert (line["event"], line["level"], line["timestamp"][-1]) == ("hub-1 ended", "warning", "Z")


@pytest.mark.parametrize("form", ["auto", "text"])
def test_and_plain_lines_otherwise(form: str) -> None:
    assert said(form).endswith(" WARNING hub-1 ended\n")
