"""Training: does the order help, does parting help, and which kind of slots; all at equal tokens and parameters.

    python benchmarks/training.py --data examples.jsonl --test unseen_tools.jsonl
    python benchmarks/training.py --data examples.jsonl --arms joint,structured --kinds "" --seeds 3

The arms: ablation.py. The kinds: lora, lora_everywhere (awake on the prefix too), loreft and svf at several sizes,
specialists without a trunk, with the score by the length of the true answer. What was trained is kept under .work/, so
that a killed run goes on; results/training.json is written after each arm.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from ablation import ARMS, Ablation, Budget, Scores, kind_arm
from errors import BenchmarkError
from machine import describe_machine, now
from measures import Measure, Part, mean, weighted
from results import FOLDER, merged, read_results, write_results
from rich.console import Console
from rich.table import Table

from divisi.services.errors import ServiceError
from divisi.services.own_data import read_own
from divisi.services.trainer import Trainer
from divisi.services.training_plan import Scheduling, Training, TrainingPlan
from divisi.tasks.catalog import find_subtask
from divisi.tasks.example import Example

ROOT = Path(__file__).parents[1]
KINDS: Mapping[str, tuple[int | None, ...]] = {
    "lora": (1, 4, 16),
    "lora_everywhere": (1, 4, 16),
    "loreft": (1, 4, 8),
    "svf": (8, None),
}
"""Kind -> sizes; None is its default, for svf the whole spectrum."""
LENGTHS = (16, 64, 256)
"""Bounds, in characters, of the groups of true answers by length."""
AGAINST = "joint"
"""The arm that the others are compared with."""

NOTES = {
    "arms": "same base, tokens and trained parameters: see benchmarks/ablation.py; probes of the schedule come on top",
    "score": "exact answers, of replies ROUGE-L; by grammar, as they are served; what cannot be asked counts as 0",
    "all tasks": "mean of the tasks' means",
    "against joint": "difference of paired scores, the same items and seeds",
    "interval": "95% percentile bootstrap over items, whose score is the mean over seeds, 1000 resamples; what seeds "
    "change beyond that is shown by the values of each seed",
    "kinds": "specialists without trunk, each on its task's share of the tokens; length: characters of the true answer",
}


@dataclass(frozen=True, slots=True)
class Run:
    """What all arms have in common: the plan, what is tested, what may be used, and where results go."""

    plan: TrainingPlan
    tasks: tuple[str, ...]
    tests: Mapping[str, Sequence[Example]]
    budget: Budget
    seeds: int
    out: Path
    command: str
    base: Mapping[str, Any]

    def ablation(self, seed: int) -> Ablation:
        """What an arm is run with."""
        return Ablation(self.plan.model_copy(update={"seed": seed}), self.tasks, self.tests, self.budget)


def main(
    *,
    data: Annotated[list[str], typer.Option(help="Examples as JSON lines; repeatable.")],
    test: Annotated[Path | None, typer.Option(help="Examples with tools never seen; else a share of the data.")] = None,
    arms: Annotated[str, typer.Option(help=f"Some of {', '.join(ARMS)}.")] = ",".join(ARMS),
    kinds: Annotated[str, typer.Option(help=f"Some of {', '.join(KINDS)}; empty is none.")] = ",".join(KINDS),
    seeds: Annotated[int, typer.Option(min=1)] = 3,
    tokens: Annotated[int, typer.Option(help="That every arm is trained on.")] = 4_000_000,
    probe_tokens: Annotated[int, typer.Option(help="Of each probe.")] = 100_000,
    trunk_share: Annotated[float, typer.Option(help="Of the tokens, for the trunk.", min=0.01, max=0.99)] = 0.5,
    rank: Annotated[int, typer.Option(help="Of trunk and specialists.")] = 16,
    rate: Annotated[float, typer.Option(help="The learning rate at its peak.")] = 1e-3,
    rows: Annotated[int, typer.Option(help="Sequences of a step.")] = 8,
    length: Annotated[int, typer.Option(help="The most tokens of a sequence.")] = 1024,
    most: Annotated[int | None, typer.Option(help="At most so many test examples of a task.")] = None,
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
        schedule=Scheduling(answer_tokens=512),
    )
    command = (
        f"python benchmarks/training.py --seeds {seeds} --tokens {tokens} --trunk-share {trunk_share} --rank {rank}"
    )
    budget = Budget(tokens, trunk_share, rank, rank, probe_tokens)
    try:
        run = prepared(plan, test, most, budget, seeds=seeds, out=out, command=command)
        for arm in sorted(filter(None, arms.split(",")), key=lambda arm: arm != AGAINST):  # the others are compared
            add_arm(arm, run)
        for kind in filter(None, kinds.split(",")):
            add_kind(kind, run)
    except (BenchmarkError, ServiceError) as error:
        console.print(f"training: {error}", markup=False, style="red", soft_wrap=True)
        raise typer.Exit(1) from error
    show(run, console)


def prepared(
    plan: TrainingPlan, test: Path | None, most: int | None, budget: Budget, *, seeds: int, out: Path, command: str
) -> Run:
    """The data and what is tested; the base is loaded once to say which it is.

    Raises:
        ServiceError: a line cannot be used, or the base not be loaded.
        BenchmarkError: a task has nothing to be tested on.
    """
    trainer = Trainer(plan)
    tasks = trainer.material.tasks
    examples = trainer.material.split.test if test is None else read_own([str(test)]).examples
    tests = {task: [one for one in examples if one.subtask == task][:most] for task in tasks}
    if empty := [task for task, some in tests.items() if not some]:
        raise BenchmarkError(f"nothing to test {', '.join(empty)} on; give more data, or --test")
    base = {
        "name": "embedded" if plan.base is None else "given",
        "fingerprint": trainer.base.fingerprint,
        "context_tokens": trainer.base.context_tokens,
    }
    return Run(plan, tasks, tests, budget, seeds, out, command, base)


def add_arm(arm: str, run: Run) -> None:
    """Train an arm with each seed, and put it into the results.

    Raises:
        BenchmarkError: no arm has that name.
    """
    if arm not in ARMS:
        raise BenchmarkError(f"no arm is called {arm!r}; there are {', '.join(ARMS)}")
    scores = [ARMS[arm](run.ablation(seed)) for seed in range(run.seeds)]
    rank = run.budget.trunk_rank + len(run.tasks) * run.budget.rank
    facts = {"all_rank": rank, "tokens": run.budget.tokens, "probe_tokens": run.budget.probe_tokens}
    add({"set": "orders", "arm": arm, **facts}, run, scores, measured(scores))


def add_kind(kind: str, run: Run) -> None:
    """Train a kind at each of its sizes with each seed, and put them into the results.

    Raises:
        BenchmarkError: no kind has that name.
    """
    if kind not in KINDS:
        raise BenchmarkError(f"no kind is called {kind!r}; there are {', '.join(KINDS)}")
    for rank in KINDS[kind]:
        found = [kind_arm(run.ablation(seed), kind, rank) for seed in range(run.seeds)]
        scores = [one for one, _ in found]
        facts = {"kind": kind, "rank": rank, "parameters": found[0][1], "tokens": run.budget.tokens}
        place = {"set": "kinds", "arm": f"{kind}-{rank or 'all'}"}
        add({**place, **facts}, run, scores, [*measured(scores), *by_length(scores, run)])


def over_seeds(scores: Sequence[Scores]) -> Scores:
    """The mean over seeds of each item's score."""
    return {
        task: [sum(values) / len(values) for values in zip(*(one[task] for one in scores), strict=True)]
        for task in scores[0]
    }


def measured(scores: Sequence[Scores]) -> list[Measure]:
    """The score of each task, and of all."""
    items = over_seeds(scores)
    return [*(mean(task, "score", values, seed=0) for task, values in items.items()), together(items, "score")]


def together(items: Scores, metric: str) -> Measure:
    """The mean of the tasks' means."""
    import numpy as np

    parts = [Part(np.asarray(values), np.ones(len(values)), 1 / len(items)) for values in items.values()]
    return weighted("all tasks", metric, parts, seed=0)


def by_length(scores: Sequence[Scores], run: Run) -> list[Measure]:
    """The score of answers by the length of the true one."""
    groups: dict[str, list[float]] = {}
    for task, values in over_seeds(scores).items():
        for example, value in zip(run.tests[task], values, strict=True):
            size = len(find_subtask(task).write(example.target, example.case))
            bound = next((str(bound) for bound in LENGTHS if size <= bound), "longer")
            groups.setdefault(f"length up to {bound}" if bound != "longer" else bound, []).append(value)
    return [mean(group, "score", values, seed=0) for group, values in sorted(groups.items())]


def add(facts: Mapping[str, Any], run: Run, scores: Sequence[Scores], measures: Sequence[Measure]) -> None:
    """Put a section into the results, with its difference to the joint adapter where that is there."""
    before = read_results(run.out)
    items = over_seeds(scores)
    section = {
        **facts,
        "grammar": "on",
        "base_fingerprint": run.base["fingerprint"],
        "command": run.command,
        "seeds": run.seeds,
        "date": now(),
        "machine": describe_machine(),
        "measures": [one.to_record() for one in (*measures, *against(items, before, run))],
        "seed_means": [round(together(one, "score").value, 5) for one in scores],
        "items": {task: [round(value, 5) for value in values] for task, values in items.items()},
    }
    head = {"benchmark": "training", "date": now(), "base": run.base, "notes": NOTES}
    write_results(run.out, merged(before, head, section))


def against(items: Scores, before: Mapping[str, Any], run: Run) -> list[Measure]:
    """The difference to the joint adapter, where that was measured on the same items."""
    fingerprint = run.base["fingerprint"]
    for section in before.get("sections", []):
        if (section["set"], section["arm"], section["base_fingerprint"]) == ("orders", AGAINST, fingerprint):
            other = section["items"]
            if {task: len(values) for task, values in other.items()} != {task: len(one) for task, one in items.items()}:
                return []
            changes = {
                task: [now - then for now, then in zip(values, other[task], strict=True)]
                for task, values in items.items()
            }
            return [together(changes, f"against {AGAINST}")]
    return []


def show(run: Run, console: Console) -> None:
    """Print the results that are in the file."""
    table = Table(title="score over all tasks, and the difference to one joint adapter")
    for column in ("set", "arm", "score", f"against {AGAINST}", "seeds"):
        table.add_column(column)
    for section in read_results(run.out).get("sections", []):
        found = {one["metric"]: one for one in section["measures"] if one["group"] == "all tasks"}
        cells = [
            f"{one['value']:+.3f} [{one['low']:+.3f}, {one['high']:+.3f}]" if one else ""
            for one in (found.get("score"), found.get(f"against {AGAINST}"))
        ]
        table.add_row(
            section["set"], section["arm"], *cells, ", ".join(f"{mean:.3f}" for mean in section["seed_means"])
        )
    console.print(table)


if __name__ == "__main__":
    typer.run(main)
