"""Training: does the order help, does parting help, and which kind of slots; all at equal tokens and parameters.

    python benchmarks/training_data.py --data data --out examples.jsonl --test unseen.jsonl
    python benchmarks/training.py --data examples.jsonl --test unseen.jsonl
    python benchmarks/training.py --data examples.jsonl --arms joint,structured --kinds "" --seeds 3

The arms: ablation.py. The kinds: lora, lora_everywhere (awake on the prefix too), loreft and svf at several sizes,
specialists without a trunk, with the score by the length of the true answer. What was trained and what it came to is
kept under .work/, so that a killed run goes on, and one with more seeds adds those; results/training.json is written
after each arm.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from ablation import ARMS, Ablation, Budget, Exam, Outcome, kind_arm
from errors import BenchmarkError
from machine import describe_machine, now
from outcomes import remembered
from results import FOLDER, merged, read_results, write_results
from rich.console import Console
from rich.table import Table
from training_scores import AGAINST, ALL, by_length, compared, differences, measured, over_seeds, together

from divisi.services.errors import ServiceError
from divisi.services.own_data import read_own
from divisi.services.trainer import Trainer
from divisi.services.training_plan import Scheduling, Training, TrainingPlan
from divisi.specialists.base import Base
from divisi.specialists.behaviour import question_of
from divisi.specialists.errors import PromptError
from divisi.tasks.example import Example

ROOT = Path(__file__).parents[1]
KINDS: Mapping[str, tuple[int | None, ...]] = {
    "lora": (1, 4, 16),
    "lora_everywhere": (1, 4, 16),
    "loreft": (1, 4, 8),
    "svf": (8, None),
}
"""Kind -> sizes; None is its default, for svf the whole spectrum."""

NOTES = {
    "arms": "same base, tokens and trained parameters: see benchmarks/ablation.py; probes of the schedule come on top",
    "score": "exact answers, of replies ROUGE-L; by grammar, as they are served; what cannot be asked counts as 0",
    "sure": "geometric mean of the probabilities of the true answer's tokens, behind the true ones; of more items, and "
    "finer than right or wrong. An umbrella has none for names and arguments, and is compared on the other tasks",
    "all tasks": "mean of the tasks' means",
    "against": "difference of paired values, the same items and seeds: to one joint adapter, of kinds to lora-16",
    "interval": "95% percentile bootstrap over items, whose value is the mean over seeds, 1000 resamples; what seeds "
    "change beyond that is shown by the values of each seed",
    "kinds": "specialists without trunk, each on its task's share of the tokens, at its kind's own rate; length: "
    "characters of the true answer",
    "tools": "none that a test offers is offered in the training data of the arms",
}


@dataclass(frozen=True, slots=True)
class Run:
    """What all arms have in common: base, data, tests and budgets, and where results go."""

    ablation: Ablation
    kind_tokens: int
    seeds: int
    kind_seeds: int
    out: Path
    command: str
    base: Mapping[str, Any]


def main(
    *,
    data: Annotated[list[str], typer.Option(help="Examples as JSON lines; repeatable.")],
    test: Annotated[Path | None, typer.Option(help="Examples with tools never seen; else a share of the data.")] = None,
    arms: Annotated[str, typer.Option(help=f"Some of {', '.join(ARMS)}.")] = ",".join(ARMS),
    kinds: Annotated[str, typer.Option(help=f"Some of {', '.join(KINDS)}; empty is none.")] = ",".join(KINDS),
    seeds: Annotated[int, typer.Option(min=1)] = 3,
    kind_seeds: Annotated[int, typer.Option(help="Of the kinds.", min=1)] = 3,
    tokens: Annotated[int, typer.Option(help="That every arm is trained on.")] = 4_000_000,
    kind_tokens: Annotated[int | None, typer.Option(help="Of every kind and size; the same by default.")] = None,
    probe_tokens: Annotated[int, typer.Option(help="Of each probe.")] = 100_000,
    prompts: Annotated[int, typer.Option(help="Of each task, that the schedule measures on.")] = 32,
    trunk_share: Annotated[float, typer.Option(help="Of the tokens, for the trunk.", min=0.01, max=0.99)] = 0.5,
    rank: Annotated[int, typer.Option(help="Of trunk and specialists.")] = 16,
    rate: Annotated[float, typer.Option(help="The learning rate at its peak.")] = 1e-3,
    rows: Annotated[int, typer.Option(help="Sequences of a step.")] = 8,
    length: Annotated[int, typer.Option(help="The most tokens of a sequence.")] = 1024,
    most: Annotated[int | None, typer.Option(help="At most so many test examples of a task.")] = None,
    served: Annotated[int | None, typer.Option(help="Of them, answered as they are served; all by default.")] = None,
    base: Annotated[str | None, typer.Option(help="A folder or hub name; the embedded base by default.")] = None,
    device: Annotated[str | None, typer.Option(help="cpu, cuda; a GPU where there is one by default.")] = None,
    threads: Annotated[int | None, typer.Option(help="Of torch on the CPU.")] = None,
    work: Annotated[Path, typer.Option(help="Where what is trained is kept.")] = ROOT / ".work/training",
    out: Annotated[Path, typer.Option(help="The results.")] = FOLDER / "training.json",
) -> None:
    """Compare orders, ways to part and kinds of specialists at equal tokens and parameters."""
    console = Console()
    plan = TrainingPlan(
        base=base,
        data=tuple(data),
        out=work,
        device=device,
        threads=threads,
        training=Training(rate=rate, rows=rows, length=length, over_length="omit"),
        schedule=Scheduling(prompts=prompts),
    )
    command = (
        f"python benchmarks/training.py --seeds {seeds} --kind-seeds {kind_seeds} --tokens {tokens} --kind-tokens "
        f"{kind_tokens or tokens} --probe-tokens {probe_tokens} --prompts {prompts} --trunk-share {trunk_share} --rank "
        f"{rank} --rate {rate} --rows {rows} --length {length} --most {most} --served {served}"
    )
    budget = Budget(tokens, trunk_share, rank, rank, probe_tokens)
    try:
        ablation = prepared(plan, test, budget, most=most, served=served)
        base_facts = {"name": "embedded" if base is None else "given", **described(ablation.leader.base)}
        run = Run(ablation, kind_tokens or tokens, seeds, kind_seeds, out, command, base_facts)
        for arm in sorted(filter(None, arms.split(",")), key=lambda arm: arm != AGAINST["orders"]):
            add_arm(arm, run)
        for kind in filter(None, kinds.split(",")):
            add_kind(kind, run)
    except (BenchmarkError, ServiceError) as error:
        console.print(f"training: {error}", markup=False, style="red", soft_wrap=True)
        raise typer.Exit(1) from error
    show(run, console)


def described(base: Base) -> dict[str, Any]:
    """Which base it is."""
    return {"fingerprint": base.fingerprint, "context_tokens": base.context_tokens}


def prepared(
    plan: TrainingPlan, test: Path | None, budget: Budget, *, most: int | None, served: int | None
) -> Ablation:
    """The data and what is tested, read once.

    Raises:
        ServiceError: a line cannot be used, or the base not be loaded.
        BenchmarkError: a task has nothing to be tested on.
    """
    trainer = Trainer(plan)
    tasks = trainer.material.tasks
    examples = trainer.material.split.test if test is None else read_own([str(test)]).examples
    chosen = {task: askable(trainer.base, [one for one in examples if one.subtask == task])[:most] for task in tasks}
    if empty := [task for task, some in chosen.items() if not some]:
        raise BenchmarkError(f"nothing to test {', '.join(empty)} on; give more data, or --test")
    questions = {task: [question_of(trainer.base, one) for one in some] for task, some in chosen.items()}
    tests = Exam(chosen, questions, served or max(map(len, chosen.values())))
    return Ablation(trainer, plan, tasks, tests, budget)


def askable(base: Base, examples: Sequence[Example]) -> list[Example]:
    """The examples that are not longer than the base reads."""
    found = []
    for example in examples:
        try:
            question_of(base, example)
        except PromptError:
            continue
        found.append(example)
    return found


def add_arm(arm: str, run: Run) -> None:
    """Train an arm with each seed, and put it into the results.

    Raises:
        BenchmarkError: no arm has that name.
    """
    if arm not in ARMS:
        raise BenchmarkError(f"no arm is called {arm!r}; there are {', '.join(ARMS)}")
    budget = run.ablation.budget
    found = over(run, run.seeds if arm != "base" else 1, arm, ARMS[arm])
    facts = {"all_rank": run.ablation.all_rank, "tokens": budget.tokens, "probe_tokens": budget.probe_tokens}
    add({"set": "orders", "arm": arm, **facts, **found[0].told}, run, found)


def add_kind(kind: str, run: Run) -> None:
    """Train a kind at each of its sizes with each seed, and put them into the results.

    Raises:
        BenchmarkError: no kind has that name.
    """
    if kind not in KINDS:
        raise BenchmarkError(f"no kind is called {kind!r}; there are {', '.join(KINDS)}")
    ablation = replace(run.ablation, budget=replace(run.ablation.budget, tokens=run.kind_tokens))
    sizes = {f"{kind}-{rank or 'all'}": rank for rank in KINDS[kind]}
    for name, rank in sorted(sizes.items(), key=lambda one: one[0] != AGAINST["kinds"]):  # the others are compared
        trained = partial(kind_arm, kind=kind, rank=rank)
        found = over(replace(run, ablation=ablation), run.kind_seeds, name, trained)
        facts = {"kind": kind, "rank": rank, "tokens": run.kind_tokens, **found[0].told}
        add({"set": "kinds", "arm": name, **facts}, run, found)


def over(run: Run, seeds: int, name: str, arm: Callable[[Ablation], Outcome]) -> list[Outcome]:
    """What an arm comes to with each seed; what is known is not done again."""
    return [remembered(run.ablation.with_seed(seed), name, arm) for seed in range(seeds)]


def add(facts: Mapping[str, Any], run: Run, found: Sequence[Outcome]) -> None:
    """Put a section into the results, with its difference to the arm that its set is compared with."""
    before, fingerprint, of = read_results(run.out), run.base["fingerprint"], facts["set"]
    series = {"score": [one.scores for one in found], "sure": [one.sure for one in found]}
    items = {metric: over_seeds(values) for metric, values in series.items()}
    measures = [
        one
        for metric, values in items.items()
        for one in (*measured(values, metric), *by_length(values, run.ablation.tests.examples, metric))
    ]
    for metric, values in items.items() if facts["arm"] != AGAINST[of] else ():
        if changes := differences(values, before, of, fingerprint, metric):
            measures.append(together(changes, compared(metric, of)))
            measures.extend(by_length(changes, run.ablation.tests.examples, compared(metric, of)))
    section = {
        **facts,
        "grammar": "on",
        "base_fingerprint": fingerprint,
        "command": run.command,
        "seeds": len(found),
        "date": now(),
        "machine": describe_machine(),
        "measures": [one.to_record() for one in measures],
        "seed_means": {
            metric: [round(together(one, metric).value, 5) for one in values] for metric, values in series.items()
        },
        "items": {
            metric: {task: [round(value, 5) for value in values] for task, values in own.items()}
            for metric, own in items.items()
        },
    }
    head = {"benchmark": "training", "date": now(), "base": run.base, "notes": NOTES}
    write_results(run.out, merged(before, head, section))


def show(run: Run, console: Console) -> None:
    """Print the results that are in the file."""
    others = ", of ".join(f"{of} to {arm}" for of, arm in AGAINST.items())
    table = Table(title=f"over all tasks, and differences: of {others}")
    for column in ("set", "arm", "score", "difference", "sure", "difference", "seeds"):
        table.add_column(column)
    for section in read_results(run.out).get("sections", []):
        names = [name for metric in ("score", "sure") for name in (metric, compared(metric, section["set"]))]
        found = {one["metric"]: one for one in section["measures"] if one["group"] == ALL}
        cells = [
            f"{one['value']:+.3f} [{one['low']:+.3f}, {one['high']:+.3f}]" if one else ""
            for one in map(found.get, names)
        ]
        means = ", ".join(f"{mean:.3f}" for mean in section["seed_means"]["sure"])
        table.add_row(section["set"], section["arm"], *cells, means)
    console.print(table)


if __name__ == "__main__":
    typer.run(main)
