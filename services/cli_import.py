"""The command that imports: `divisi import`. Heavy imports wait in it."""

from pathlib import Path
from typing import Annotated

import typer

from divisi.services.cli_options import Base, ConfigFile, Device, Specialists, fail, settings_of
from divisi.services.errors import ServiceError


def import_folder(
    folder: Annotated[Path, typer.Argument(help="What PEFT (LoRA, aLoRA) or pyreft (LoReFT) has written.")],
    *,
    subtask: Annotated[str, typer.Option(help="That it was trained for.")],
    name: Annotated[str | None, typer.Option(help="Of the specialist; its subtask's name by default.")] = None,
    kind: Annotated[
        str | None, typer.Option(help="lora_everywhere serves a plain LoRA, whose rows read their own prefix.")
    ] = None,
    test: Annotated[list[str] | None, typer.Option(help="Examples that the gate compares on; repeatable.")] = None,
    out: Annotated[Path, typer.Option(help="The folder that gets a folder for it.")] = Path("skills"),
    config: ConfigFile = None,
    base: Base = None,
    specialists: Specialists = None,
    device: Device = None,
) -> None:
    """Make a specialist of what PEFT or pyreft has trained; it takes no resident's place unless it is not worse."""
    settings = settings_of(config, {"base": base, "device": device, "specialists": specialists or None})
    from divisi.services.importing import Wanted, import_specialist
    from divisi.specialists.errors import SpecialistError

    try:
        finding, place = import_specialist(settings, folder, out, Wanted(subtask, name, kind, tuple(test or ())))
    except (ServiceError, SpecialistError) as error:
        fail(str(error))
    typer.echo(f"{finding.name}: {'accepted' if finding.accepted else 'kept aside'} in {place}, {finding.reason}")
