"""The command line. Commands that train stand in cli_training.py; heavy imports wait in the commands."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from divisi.services.cli_import import import_folder
from divisi.services.cli_options import Base, ConfigFile, Device, Specialists, fail, settings_of
from divisi.services.cli_training import evaluate, schedule, train
from divisi.services.config import Config
from divisi.services.errors import ServiceError

if TYPE_CHECKING:
    from divisi.services.serve import Ready

cli = typer.Typer(
    name="divisi",
    help="One frozen language model with many small specialists on it.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)


@cli.command()
def serve(
    *,
    config: ConfigFile = None,
    host: Annotated[str | None, typer.Option(help="Where to listen; 127.0.0.1 by default.")] = None,
    port: Annotated[int | None, typer.Option(help="8000 by default; 0 is any free one.")] = None,
    port_file: Annotated[Path | None, typer.Option(help="Where to write the port once requests are answered.")] = None,
    base: Base = None,
    specialists: Specialists = None,
    device: Device = None,
    log_level: Annotated[str | None, typer.Option(help="debug, info, warning or error.")] = None,
    ray: Annotated[bool, typer.Option("--ray", help="Serve on Ray, with replicas; on the CPU by default.")] = False,
) -> None:
    """Serve the OpenAI-compatible API until Ctrl-C."""
    from divisi.services.logs import log_to_stderr

    options = {"host": host, "port": port, "base": base, "device": device, "log_level": log_level}
    settings = settings_of(config, {**options, "specialists": specialists or None})
    log_to_stderr(settings.log_level)
    if ray:
        _serve_on_ray(settings, port_file)
    else:
        _serve_here(settings, port_file)


def _serve_here(settings: Config, port_file: Path | None) -> None:
    import gc
    from functools import partial

    gc.disable()  # until all is loaded: what is imported stays
    from divisi.services.loading import load_section
    from divisi.services.serve import serve as serve_here

    load = partial(load_section, settings, serves_alone=True)
    try:
        failure = serve_here(settings, load, port_file=port_file, ready=_announce)
    except ServiceError as error:
        fail(str(error))
    if failure is not None:
        fail(str(failure))


def _serve_on_ray(settings: Config, port_file: Path | None) -> None:
    if port_file is not None or settings.port == 0:
        fail("--ray needs a port of its own: leave out --port-file, and give a --port other than 0")
    try:
        from divisi.services.cluster import serve_with_ray
    except ModuleNotFoundError as error:
        fail(f"{error.name} is not installed; install divisi[ray]")
    from divisi.services.serve import address

    at = address(settings.host, settings.port)
    try:
        serve_with_ray(settings, ready=lambda: typer.echo(f"divisi is ready on Ray at {at}/v1"))
    except ServiceError as error:
        fail(str(error))


def _announce(ready: "Ready") -> None:
    names = [one.name for one in ready.house.section.player.residents]
    typer.echo(
        f"divisi is ready at {ready.address}/v1 after {ready.seconds:.1f} s"
        f" ({len(names)} specialists: {', '.join(names) or 'none'})"
    )


@cli.command()
def ask(
    text: Annotated[str, typer.Argument(help="What the user says.")],
    *,
    tools: Annotated[Path | None, typer.Option(help="A JSON file with tools in OpenAI's form.", dir_okay=False)] = None,
    choice: Annotated[str, typer.Option(help="auto, none, required, or the name of a tool.")] = "auto",
    system: Annotated[str | None, typer.Option(help="A system message before the text.")] = None,
    model: Annotated[str, typer.Option(help="divisi, or a specialist by name.")] = "divisi",
    config: ConfigFile = None,
    base: Base = None,
    specialists: Specialists = None,
    device: Device = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the completion as JSON.")] = False,
) -> None:
    """Answer one request in this process, and show how the answer came about."""
    options = {"base": base, "device": device, "specialists": specialists or None}
    settings = settings_of(config, options)
    messages = ([{"role": "system", "content": system}] if system else []) + [{"role": "user", "content": text}]
    record: dict[str, Any] = {"model": model, "messages": messages}
    if tools is not None:
        named = {"type": "function", "function": {"name": choice}}
        record |= {"tools": _read_tools(tools), "tool_choice": choice if choice in WORDS else named}
    completion = _completed(record, settings)
    if "error" in completion:
        fail(completion["error"]["message"])
    if as_json:
        typer.echo(json.dumps(completion, indent=2, ensure_ascii=False))
        return
    from divisi.services.show import show_completion

    show_completion(completion)


WORDS = ("auto", "none", "required")


def _read_tools(file: Path) -> list[Any]:
    try:
        tools = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        fail(f"{file} cannot be read as JSON: {error}")
    tools = tools.get("tools") if isinstance(tools, dict) else tools
    if not isinstance(tools, list):
        fail(f'{file} must hold a list of tools, or {{"tools": [...]}}')
    return tools


def _completed(record: dict[str, Any], settings: Config) -> dict[str, Any]:
    import asyncio

    from divisi.services.chat import complete
    from divisi.services.house import House, Sources
    from divisi.services.loading import load_section

    async def answer() -> dict[str, Any]:
        house = House(lambda: load_section(settings), most_requests=1, sources=Sources())
        house.seat()
        try:
            return await complete(record, house)
        finally:
            await house.close()

    try:
        return asyncio.run(answer())
    except ServiceError as error:
        fail(str(error))


@cli.command()
def forecast(
    file: Annotated[Path, typer.Argument(help="A CSV file with the columns ds, y and perhaps unique_id.")],
    *,
    horizon: Annotated[int, typer.Option(help="Steps ahead.")],
    context: Annotated[
        Path | None, typer.Option(help="A text file: what is known of the series.", dir_okay=False)
    ] = None,
    freq: Annotated[
        str | None, typer.Option(help="D, W, MS, QS, h, 15min, ...; found from the dates by default.")
    ] = None,
    level: Annotated[
        list[float] | None, typer.Option(help="Of an interval, in percent; repeatable; 80 and 95.")
    ] = None,
    model: Annotated[list[str] | None, typer.Option(help="Of the pool; repeatable; AutoARIMA only this way.")] = None,
    name: Annotated[str | None, typer.Option(help="What the series is called.")] = None,
    unit: Annotated[str, typer.Option(help="Of its values.")] = "",
    country: Annotated[str | None, typer.Option(help="Whose holidays count: DE, FR, US, ...")] = None,
    plot: Annotated[Path | None, typer.Option(help="A picture to write: .png, .svg or .pdf.")] = None,
    folds: Annotated[
        int | None, typer.Option(min=1, help="Test the pool at so many earlier origins too (cross-validation).")
    ] = None,
    folds_out: Annotated[Path | None, typer.Option(help="A CSV file that gets the rows of --folds.")] = None,
    out: Annotated[Path | None, typer.Option(help="A CSV file that gets the forecast.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
    numbers_only: Annotated[bool, typer.Option("--numbers-only", help="Load no base; only the pool.")] = False,
    columns: Annotated[str, typer.Option(help="What unique_id, ds and y are called in the file.")] = "unique_id,ds,y",
    config: ConfigFile = None,
    base: Base = None,
    specialists: Specialists = None,
    device: Device = None,
) -> None:
    """Forecast the series of a file, honour what a text says of them, and show why."""
    settings = settings_of(config, {"base": base, "device": device, "specialists": specialists or None})
    from divisi.services.forecasting.run import Files, forecast_file
    from divisi.services.forecasting.show import show_forecast

    if folds_out is not None and folds is None:
        fail("--folds-out needs --folds")
    facts = {"name": name, "unit": unit, "country": country}
    wanted: dict[str, Any] = {"horizon": horizon, "freq": freq, "models": model, "facts": facts}
    wanted |= {"level": level} if level else {}
    wanted |= {"cross_validation": {"n_windows": folds}} if folds else {}
    try:
        made = forecast_file(
            file,
            wanted,
            None if numbers_only else settings,
            columns=columns,
            context=context,
            files=Files(plot=plot, out=out, folds=folds_out),
        )
    except ServiceError as error:
        fail(str(error))
    if as_json:
        typer.echo(json.dumps(made, indent=2, ensure_ascii=False))
        return
    show_forecast(made)


@cli.command("specialists")
def list_specialists(config: ConfigFile = None, base: Base = None, specialists: Specialists = None) -> None:
    """List the specialists that would be loaded, with their versions and scores."""
    from divisi.services.loading import find_played
    from divisi.services.show import show_cards
    from divisi.specialists.errors import SpecialistError

    settings = settings_of(config, {"base": base, "specialists": specialists or None})
    try:
        show_cards(find_played(settings))
    except (ServiceError, SpecialistError) as error:
        fail(str(error))


cli.command()(train)
cli.command()(schedule)
cli.command("import")(import_folder)
cli.command("eval")(evaluate)


def main() -> None:
    """What the command `divisi` runs."""
    cli()


if __name__ == "__main__":
    main()
