"""What the commands share: options that several take, the settings they come to, and an end with a message."""

from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from divisi.services.config import Config, process_config
from divisi.services.errors import ServiceError

ConfigFile = Annotated[Path | None, typer.Option("--config", help="A TOML file of settings.", dir_okay=False)]
Base = Annotated[str | None, typer.Option(help="A folder or a Hugging Face name; the embedded base by default.")]
Specialists = Annotated[list[Path] | None, typer.Option(help="A folder that holds specialists' folders; repeatable.")]
Device = Annotated[str | None, typer.Option(help="cpu, cuda, cuda:1, ...; a GPU where there is one by default.")]


def settings_of(file: Path | None, options: dict[str, Any]) -> Config:
    """The settings, or the end of the program where they cannot be used."""
    try:
        return process_config(file, options)
    except ServiceError as error:
        fail(str(error))


def fail(message: str) -> NoReturn:
    """End the program with a message on standard error."""
    typer.echo(f"divisi: {message}", err=True)
    raise typer.Exit(1)
