"""The commands that make specialists: train, schedule, eval. Heavy imports wait in the commands."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from divisi.services.cli_options import Base, ConfigFile, Device, Specialists, fail, settings_of
from divisi.services.errors import ServiceError

if TYPE_CHECKING:
    from divisi.services.config import Config
    from divisi.services.training import Trained, Wish


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
    reward_steps: Annotated[
        int, typer.Option(help="So many steps by rewards after that, for answers that the checks like.", min=0)
    ] = 0,
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
    from divisi.services.training import Wish
    from divisi.services.training_plan import Rewards
    from divisi.specialists.errors import SpecialistError
    from divisi.specialists.fit import FitOptions
    from divisi.specialists.store import find_kind

    try:
        options = FitOptions(rate=rate or find_kind(kind).rate, epochs=epochs, rows=rows, length=length, seed=seed)
        rewards = Rewards(steps=reward_steps)
        _train_from_data(settings, sources, out, Wish(subtask, name, kind, rank, options, rewards, held))
    except (ServiceError, SpecialistError) as error:
        fail(str(error))


def _train_from_data(settings: "Config", sources: list[str], out: Path, wish: "Wish") -> None:
    from divisi.services.show import show_cards, training_bar
    from divisi.services.training import train as train_all

    with training_bar() as report:
        trained = train_all(settings, sources, out, wish, report=report)
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
