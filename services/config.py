"""Settings: defaults, then a TOML file, then DIVISI_* of the environment, then the command line; unknown keys fail.

The only place that reads the environment. DIVISI_PORT=8080 sets `port`; a list is written as JSON or comma-separated.
"""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from divisi.services.errors import ConfigError

PREFIX = "DIVISI_"
LISTS = ("specialists",)


class Config(BaseModel):
    """All settings of the service.

    Attributes:
        host, port: where to listen; port 0 is any free one.
        base: a folder or a Hugging Face hub name; None is the embedded base.
        specialists: folders with specialists for that base; None is the embedded ones with the embedded base. Those
            that were trained beside the embedded trunk play among the embedded ones.
        probe: a folder with the probe's two files; None is the embedded one with the embedded base.
        device: "cpu", "cuda", "cuda:1", ...; None is a GPU where there is one. On Ray "cpu" or "cuda"; None is the CPU.
        dtype: of the base's weights and all that is computed.
        threads: of torch on the CPU; None leaves it to torch.
        most_rows: rows that are played in one batch.
        most_requests: requests that are answered at once; one more gets 429.
        prefix_cache_mb: memory for prefixes that may be asked for again.
        cache: a folder for what is computed from a base once, as the singular values that SVF needs.
        tool_tokens, call_tokens, reply_tokens: see section.Limits.
        grounded: whether arguments are chosen among what the user said (tasks/calling/grounding.py).
        log_level: of the log on standard error.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    base: str | None = None
    specialists: tuple[Path, ...] | None = None
    probe: Path | None = None
    device: str | None = None
    dtype: Literal["float32", "bfloat16", "float16"] = "float32"
    threads: int | None = Field(default=None, gt=0)
    most_rows: int = Field(default=32, gt=0)
    most_requests: int = Field(default=64, gt=0)
    prefix_cache_mb: int = Field(default=256, ge=0)
    cache: Path = Path("~/.cache/divisi")
    tool_tokens: int = Field(default=2048, gt=0)
    call_tokens: int = Field(default=512, gt=0)
    reply_tokens: int = Field(default=512, gt=0)
    grounded: bool = False
    log_level: Literal["debug", "info", "warning", "error"] = "info"


def read_config(file: Path | None, environment: Mapping[str, str], options: Mapping[str, Any]) -> Config:
    """The settings that three sources come to; later ones win.

    Args:
        file: TOML, or None.
        environment: of the process; only DIVISI_* counts.
        options: of the command line; None is not given.

    Raises:
        ConfigError: a key is unknown or a value cannot be used; the message names the source.
    """
    values: dict[str, Any] = {}
    for source, given in (
        (str(file), {} if file is None else _read_toml(file)),
        ("environment", _from_environment(environment)),
        ("command line", {key: value for key, value in options.items() if value is not None}),
    ):
        values |= given
        _check(source, values)
    return Config.model_validate(values)


def config_of(settings: Mapping[str, Any]) -> Config:
    """The settings of one mapping alone, for a process that was started by another.

    Raises:
        ConfigError: a key is unknown or a value cannot be used.
    """
    return read_config(None, {}, settings)


def process_config(file: Path | None, options: Mapping[str, Any]) -> Config:
    """The settings with the environment of this process.

    Raises:
        ConfigError: as `read_config`.
    """
    import os

    return read_config(file, os.environ, options)


def _check(source: str, values: Mapping[str, Any]) -> None:
    try:
        Config.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        known = f"; known: {', '.join(Config.model_fields)}" if first["type"] == "extra_forbidden" else ""
        raise ConfigError(f"{source}: {key} = {first['input']!r}: {first['msg']}{known}") from error


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{file} cannot be read as TOML: {error}") from error


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    given = {key.removeprefix(PREFIX).lower(): value for key, value in environment.items() if key.startswith(PREFIX)}
    return {key: _list(value) if key in LISTS else value for key, value in given.items()}


def _list(text: str) -> Any:
    try:
        return json.loads(text) if text.startswith("[") else [part for part in text.split(",") if part]
    except json.JSONDecodeError as error:
        raise ConfigError(f"environment: {text!r} is not a JSON list: {error}") from error
