"""What the hub says about itself: one JSON object a line, or text for a person at a terminal."""

from __future__ import annotations

import logging
import sys
from typing import Any

import orjson
import structlog

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def configure(level: str, form: str) -> None:
    """Set structlog up, for this process; `form` is auto, text or json."""
    # Its pool writes a traceback for each try to reach a database that is away; /ready says so once.
    logging.getLogger("asyncpg").setLevel(logging.CRITICAL)
    as_text = form == "text" or (form == "auto" and sys.stderr.isatty())
    renderer: Any = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        if as_text
        else structlog.processors.JSONRenderer(serializer=orjson.dumps)
    )
    finish = [structlog.processors.format_exc_info, renderer] if not as_text else [renderer]
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *finish,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr)
        if as_text
        else structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )
