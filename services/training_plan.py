"""A training plan: what is trained on which base from which data, in which order, by how many workers; one TOML file.

base = "/models/qwen3-0.6b"
data = ["mine.jsonl"]
out = "skills"

[workers]
count = 2
"""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from divisi.scheduler.schedule import By
from divisi.services.errors import ConfigError

Count = Annotated[int, Field(gt=0)]
Share = Annotated[float, Field(ge=0, lt=1)]


class Part(BaseModel):
    """Part of a plan; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Training(Part):
    """How every fit goes.

    Attributes:
        rate, focus, rows, length: as in fit.FitOptions.
        tokens: that each specialist reads, padding not counted; 0 where it learns by rewards alone.
        kind: of the specialists, a key of store.KINDS.
        rank, trunk_rank: slots at each site; None is the kind's own default.
        checkpoint_s: at most so much work is lost when a worker dies, in seconds.
        over_length: what to do with an example that is too long: "refuse" stops, "omit" leaves it out and says so.
        held: share of the examples to test with; as much of the rest selects.
    """

    rate: Annotated[float, Field(gt=0)] = 1e-3
    focus: Annotated[float, Field(ge=0)] = 0.0
    rows: Count = 8
    length: Count = 1024
    tokens: Annotated[int, Field(ge=0)] = 500_000
    kind: str = "lora"
    rank: Count | None = None
    trunk_rank: Count = 16
    checkpoint_s: Annotated[float, Field(ge=0)] = 60.0
    over_length: Literal["refuse", "omit"] = "refuse"
    held: Share = 0.1


class Scheduling(Part):
    """How the trunk's order is decided, and how its phases go.

    Attributes:
        by: how the order is chosen; "reversed" and "random" are there to compare with.
        probe_tokens: of the short training on each task.
        phase_tokens, sections, replay, most_replay, floor: see curriculum.Rules.
        prompts: of a task's selection split, that scores and entropies are taken on.
        answer_tokens: the most tokens of an answer that is written for entropy.
        scoring: what transfer is measured by: the probability of the true tokens, or the score of whole answers.
        temperature: of that; 0 is greedy.
        isolate: keeps the core slots of earlier tasks as they are (CPI-FT).
        core: share of the trunk's slots that are a task's core.
        overlap: of two cores, from which on their tasks are a group that does not isolate itself (Jaccard).
    """

    by: By = "structured-first"
    probe_tokens: Count = 50_000
    phase_tokens: Count = 200_000
    sections: Count = 2
    replay: Share = 0.2
    most_replay: Share = 0.6
    floor: Annotated[float, Field(ge=0, le=1)] = 0.7
    prompts: Count = 32
    answer_tokens: Count = 96
    scoring: Literal["probability", "answers"] = "probability"
    temperature: Annotated[float, Field(ge=0)] = 1.0
    isolate: bool = False
    core: Annotated[float, Field(gt=0, le=1)] = 0.1
    overlap: Annotated[float, Field(ge=0, le=1)] = 0.2


class Rewards(Part):
    """How specialists learn by the rewards of answers that they draw, after their tokens or instead.

    Attributes:
        steps: how many; 0 is none.
        trials, samples, advantage, kl: as in reinforce.ReinforceOptions.
        rate: the learning rate at its peak; None is the kind's own.
        answer_tokens: the most tokens of an answer that is drawn.
    """

    steps: Annotated[int, Field(ge=0)] = 0
    trials: Count = 8
    samples: Annotated[int, Field(gt=1)] = 8
    advantage: Literal["group", "one_out"] = "group"
    kl: Annotated[float, Field(ge=0)] = 0.04
    rate: Annotated[float, Field(gt=0)] | None = None
    answer_tokens: Count = 256


class Workers(Part):
    """Who trains.

    Attributes:
        count: actors on Ray; 0 trains in this process, without Ray.
        cpus, gpus: that each actor takes of the cluster; parts of one can be shared. Of an actor's several GPUs each
            reads a part of the trunk's batches.
        retries: how often a job is given to another actor when its own has died.
    """

    count: Annotated[int, Field(ge=0)] = 0
    cpus: Annotated[float, Field(gt=0)] = 1.0
    gpus: Annotated[float, Field(ge=0)] = 0.0
    retries: Annotated[int, Field(ge=0)] = 3


class TrainingPlan(Part):
    """A training from examples to accepted specialists.

    Attributes:
        base: a folder or a hub name; None is the embedded base.
        data: JSON lines, or hf:owner/name.
        out: gets a folder for the trunk and for each specialist.
        tasks: which subtasks; None is all that the data has.
        seed: of everything.
        device, dtype, threads: as in config.Config. On Ray a worker sees a GPU where it takes part of one. The same
            seed gives the same specialists on the same device with as many threads.
    """

    base: str | None = None
    data: Annotated[tuple[str, ...], Field(min_length=1)]
    out: Path
    tasks: tuple[str, ...] | None = None
    seed: int = 0
    device: str | None = None
    dtype: Literal["float32", "bfloat16", "float16"] = "float32"
    threads: Annotated[int, Field(gt=0)] | None = None
    training: Training = Training()
    schedule: Scheduling = Scheduling()
    rewards: Rewards = Rewards()
    workers: Workers = Workers()

    @model_validator(mode="after")
    def _learns(self) -> Self:
        if not self.training.tokens and not self.rewards.steps:
            raise ValueError("training.tokens = 0 leaves nothing to learn by; give rewards.steps")
        return self

    @property
    def work(self) -> Path:
        """Where checkpoints, states and measurements are kept until all is done."""
        return self.out / ".training"


def read_plan(file: Path) -> TrainingPlan:
    """The plan in a TOML file; paths in it are relative to its folder.

    Raises:
        ConfigError: it cannot be read, a key is unknown, or a value cannot be used.
    """
    try:
        record = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{file} cannot be read as TOML: {error}") from error
    return plan_of(record, source=str(file), folder=file.parent)


def plan_of(record: dict[str, Any], *, source: str, folder: Path) -> TrainingPlan:
    """The plan of plain values.

    Raises:
        ConfigError: a key is unknown or a value cannot be used; the message names the source.
    """
    try:
        plan = TrainingPlan.model_validate(record)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise ConfigError(f"{source}: {key} = {first['input']!r}: {first['msg']}") from error
    folder = folder.absolute()  # actors on Ray work elsewhere
    data = tuple(one if one.startswith("hf:") else str(folder / one) for one in plan.data)
    base = str(folder / plan.base) if plan.base and (folder / plan.base).is_dir() else plan.base
    return plan.model_copy(update={"data": data, "base": base, "out": folder / plan.out})
