"""The command line: serve, ask, forecast, specialists, train, schedule, eval. Heavy imports wait in the commands."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from divisi.services.config import Config, process_config
from divisi.services.errors import ServiceError

if TYPE_CHECKING:
    from divisi.services.serve import Ready
    from divisi.services.training import Trained

cli = typer.Typer(
    name="divisi",
    help="One frozen language model with many small specialists on it.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)

ConfigFile = Annotated[Path | None, typer.Option("--config", help="A TOML file of settings.", dir_okay=False)]
Base = Annotated[str | None, typer.Option(help="A folder or a Hugging Face name; the embedded base by default.")]
Specialists = Annotated[list[Path] | None, typer.Option(help="A folder that holds specialists' folders; repeatable.")]
Device = Annotated[str | None, typer.Option(help="cpu, cuda, cuda:1, ...; a GPU where there is one by default.")]


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
    from functools import partial

    from divisi.services.loading import load_section
    from divisi.services.serve import serve as serve_here

    try:
        failure = serve_here(settings, partial(load_section, settings), port_file=port_file, ready=_announce)
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
    from divisi.services.errors import RequestError
    from divisi.services.forecasting.run import forecast_file
    from divisi.services.forecasting.show import show_forecast

    wanted: dict[str, Any] = {"horizon": horizon, "freq": freq, "models": model}
    wanted |= {"facts": {"name": name, "unit": unit, "country": country}}
    wanted |= {"level": level} if level else {}
    try:
        made = forecast_file(
            file, wanted, None if numbers_only else settings, columns=columns, context=context, plot=plot, out=out
        )
    except RequestError as error:
        fail(error.message)
    except ServiceError as error:
        fail(str(error))
    if as_json:
        typer.echo(json.dumps(made, indent=2, ensure_ascii=False))
        return
    show_forecast(made)


@cli.command("specialists")
def list_specialists(config: ConfigFile = None, base: Base = None, specialists: Specialists = None) -> None:
    """List the specialists that would be loaded, with their versions and scores."""
    from divisi.services.loading import find_cards, places
    from divisi.services.show import show_cards
    from divisi.specialists.errors import SpecialistError

    settings = settings_of(config, {"base": base, "specialists": specialists or None})
    try:
        show_cards(find_cards(places(settings).specialists))
    except (ServiceError, SpecialistError) as error:
        fail(str(error))


@cli.command()
def train(
    context: typer.Context,
    files: Annotated[list[Path] | None, typer.Argument(help="Examples as JSON lines; or one plan.toml.")] = None,
    *,
    data: Annotated[
        list[str] | None, typer.Option(help="The same, or hf:owner/name for a data set of the hub; repeatable.")
    ] = None,
    subtask: Annotated[str | None, typer.Option(help="Train this one alone; by default all that the data has.")] = None,
    out: Annotated[Path, typer.Option(help="The folder that gets one folder for each specialist.")] = Path("skills"),
    held: Annotated[float, typer.Option(help="Share of the examples that the gate compares on.", min=0, max=0.9)] = 0.1,
    workers: Annotated[int | None, typer.Option(help="Of a plan, on Ray; 0 is this process alone.", min=0)] = None,
    name: Annotated[str | None, typer.Option(help="Of the specialist; its subtask's name by default.")] = None,
    kind: Annotated[str, typer.Option(help="lora, loreft, svf, or lora_everywhere.")] = "lora",
    rank: Annotated[
        int | None, typer.Option(help="Slots at each site; 16 for lora, 8 for loreft, all for svf by default.")
    ] = None,
    epochs: Annotated[int, typer.Option(help="How often every example is read.")] = 3,
    rate: Annotated[float | None, typer.Option(help="The learning rate at its peak; its kind's by default.")] = None,
    rows: Annotated[int, typer.Option(help="Sequences of a step.")] = 8,
    length: Annotated[int, typer.Option(help="The most tokens of a sequence.")] = 1024,
    seed: Annotated[int, typer.Option(help="Of the new slots and of the order.")] = 0,
    config: ConfigFile = None,
    base: Base = None,
    specialists: Specialists = None,
    device: Device = None,
) -> None:
    """Train specialists from your data, or by a plan; each is accepted if not worse than before. Killed, it goes on."""
    sources = [*map(str, files or ()), *(data or ())]
    if [Path(source).suffix for source in sources] == [".toml"]:
        _refuse_beside_plan(context)
        _train_by_plan(Path(sources[0]), workers)
        return
    if not sources or workers is not None:
        fail("give JSON lines (FILES or --data), or one plan.toml; --workers is for a plan")
    settings = settings_of(config, {"base": base, "device": device, "specialists": specialists or None})
    from divisi.services.show import show_cards, training_bar
    from divisi.services.training import train as train_all
    from divisi.specialists.errors import SpecialistError
    from divisi.specialists.fit import FitOptions
    from divisi.specialists.store import find_kind

    try:
        options = FitOptions(rate=rate or find_kind(kind).rate, epochs=epochs, rows=rows, length=length, seed=seed)
        with training_bar() as report:
            trained = train_all(
                settings,
                sources,
                out,
                subtask=subtask,
                name=name,
                kind=kind,
                rank=rank,
                options=options,
                report=report,
                held_share=held,
            )
    except (ServiceError, SpecialistError) as error:
        fail(str(error))
    show_cards(trained.cards)
    _tell_findings(trained)


def _tell_findings(trained: "Trained") -> None:
    for finding in trained.findings:
        typer.echo(f"{finding.name}: {'accepted' if finding.accepted else 'kept aside'}, {finding.reason}")
    if trained.omitted:
        first = trained.omitted[0]
        typer.echo(f"{len(trained.omitted)} examples were left out; the first, {first.id}: {first.reason}")


def _refuse_beside_plan(context: typer.Context) -> None:
    """A plan says everything itself: what else is given would be ignored."""
    sources = {name: context.get_parameter_source(name) for name in context.params}
    given = [name for name, source in sources.items() if source is not None and source.name == "COMMANDLINE"]
    if ignored := [name for name in given if name not in ("files", "data", "workers")]:
        fail(f"a plan says this itself: {', '.join(sorted(ignored))}; write it there")


def _train_by_plan(file: Path, workers: int | None) -> None:
    from divisi.services.show_training import show_rehearsed
    from divisi.services.training_run import run_plan

    try:
        rehearsed = run_plan(file, workers=workers, say=lambda line: typer.echo(line, err=True))
    except ServiceError as error:
        fail(str(error))
    show_rehearsed(rehearsed)


@cli.command()
def schedule(
    file: Annotated[Path, typer.Argument(help="A plan.toml, or the schedule.json that training by it has written.")],
    *,
    plot: Annotated[Path | None, typer.Option(help="A picture to write: .png, .svg or .pdf.")] = None,
    workers: Annotated[int | None, typer.Option(help="On Ray; 0 is this process alone.", min=0)] = None,
) -> None:
    """Decide when to train what: which tasks are structured, what helps what, in which order; and show why."""
    from divisi.services.schedule_plot import plot_schedule
    from divisi.services.show_training import show_schedule
    from divisi.services.training_run import run_schedule

    try:
        record = run_schedule(file, workers=workers)
        show_schedule(record)
        if plot is not None:
            plot_schedule(record, plot)
    except ServiceError as error:
        fail(str(error))


@cli.command("eval")
def evaluate(
    files: Annotated[list[Path], typer.Argument(help="Examples as JSON lines; see the README.")],
    *,
    model: Annotated[str | None, typer.Option(help="A specialist by name; by default the router's choice.")] = None,
    most: Annotated[int | None, typer.Option(help="At most so many examples.")] = None,
    out: Annotated[Path | None, typer.Option(help="A file that gets the scores as JSON.")] = None,
    config: ConfigFile = None,
    base: Base = None,
    specialists: Specialists = None,
    device: Device = None,
) -> None:
    """Answer examples with the specialists as they are served, and score them against their truth."""
    import asyncio
    from dataclasses import asdict

    from divisi.services.evaluation import evaluate as evaluate_all
    from divisi.services.loading import load_section
    from divisi.services.show import counting_bar, show_scores
    from divisi.services.training import read_all
    from divisi.tasks.subtask import TaskError

    settings = settings_of(config, {"base": base, "device": device, "specialists": specialists or None})
    try:
        examples = read_all(files)[:most]
        section = load_section(settings)
        with counting_bar("examples", len(examples)) as done:
            scores = asyncio.run(evaluate_all(section, examples, specialist=model, done=done))
    except (ServiceError, TaskError) as error:
        fail(str(error))
    show_scores(scores)
    if out is not None:
        out.write_text(json.dumps({key: asdict(value) for key, value in scores.items()}, indent=2) + "\n", "utf-8")


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


def main() -> None:
    """What the command `divisi` runs."""
    cli()


if __name__ == "__main__":
    main()
