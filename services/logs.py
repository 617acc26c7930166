"""Logs: one event, one line, key=value."""

import json
import logging
from collections.abc import Mapping
from typing import Any

LOGGER = logging.getLogger("divisi")


def line(event: str, fields: Mapping[str, Any]) -> str:
    """An event as one line; a value with spaces, quotes or line breaks is quoted."""
    return " ".join([f"event={event}", *(f"{key}={_value(value)}" for key, value in fields.items())])


def log(event: str, fields: Mapping[str, Any], *, level: int = logging.INFO) -> None:
    """Write an event to divisi's logger."""
    if LOGGER.isEnabledFor(level):
        LOGGER.log(level, line(event, fields))


def log_to_stderr(level: str) -> None:
    """Send divisi's events, and the server's own warnings, to standard error with their time."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("time=%(asctime)s level=%(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S"))
    for name in ("divisi", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
    LOGGER.setLevel(level.upper())
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)


def _value(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    text = str(value)
    return text if text and not any(sign.isspace() or sign in '"=' for sign in text) else json.dumps(text)
