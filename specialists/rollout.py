"""Rollouts: answers that specialists draw at temperature 1, many to each case over one prefix, all in one batch.

What is learned from them must be what was drawn: a token that the grammar left no choice about was not, and where there
was a choice, it was one among the tokens that the grammar allowed.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from divisi.specialists.bank import Bank
from divisi.specialists.base import Base
from divisi.specialists.engine import Engine
from divisi.specialists.errors import TrainingError
from divisi.specialists.grammar import Grammar, empty_bits
from divisi.specialists.reward import Reward, rewarded
from divisi.specialists.row import RowRequest, RowResult
from divisi.tasks.catalog import find_subtask
from divisi.tasks.example import Example
from divisi.tasks.subtask import Schema


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """One case that a specialist tries.

    Attributes:
        id: names the case and what is right, for a checkpoint to know it again.
        specialist: who answers.
        prefix, invocation: the tokens that ask.
        grammar: what answers follow, as they are served, or None.
        max_tokens: the most tokens of an answer.
        reward: how good an answer is.
    """

    id: str
    specialist: str
    prefix: tuple[int, ...]
    invocation: tuple[int, ...]
    grammar: Schema | None
    max_tokens: int
    reward: Reward


@dataclass(frozen=True, slots=True, eq=False)
class Rollout:
    """One answer that was drawn.

    Attributes:
        ids: its tokens, the end among them where that was drawn (the base's own, where it has several); at least one.
        drawn: for each token whether there was a choice.
        allowed: bits [tokens, words] of the tokens that might have come, as `grammar.forbid` takes them; None is all.
        reward: how good it is.
    """

    ids: tuple[int, ...]
    drawn: tuple[bool, ...]
    allowed: Tensor | None
    reward: float


def trials_of(
    base: Base, examples: Iterable[Example], *, specialists: Mapping[str, str], max_tokens: int
) -> list[Trial]:
    """A trial for each example, judged by its subtask.

    Args:
        base: whose form the tokens follow.
        examples: with their true answers.
        specialists: subtask -> the specialist that tries it.
        max_tokens: the most tokens of an answer.

    Raises:
        TrainingError: a subtask has no specialist.
        PromptError: an example cannot be written for this base.
    """
    trials = []
    for example in examples:
        if example.subtask not in specialists:
            raise TrainingError(f"no specialist tries {example.subtask!r}; there are {', '.join(specialists)}")
        case, subtask = example.case, find_subtask(example.subtask)
        invocation = base.invocation_ids(subtask.render(case), case.messages, case.tools)
        told = json.dumps([example.source, example.id, example.target], sort_keys=True, default=str)
        trials.append(
            Trial(
                id=hashlib.sha256(told.encode()).hexdigest(),
                specialist=specialists[example.subtask],
                prefix=tuple(base.prefix_ids(case.messages, case.tools)),
                invocation=tuple(invocation),
                grammar=subtask.grammar(case),
                max_tokens=max_tokens,
                reward=rewarded(subtask, case, example.target),
            )
        )
    return trials


def roll(
    base: Base, bank: Bank, engine: Engine, trials: Sequence[Trial], *, samples: int, seed: str
) -> list[list[Rollout]]:
    """Draw answers to each trial.

    Args:
        base: of the engine.
        bank: of the engine; nobody learns meanwhile.
        engine: idle.
        trials: what is tried.
        samples: answers to each.
        seed: of all; the same seed, slots and trials give the same answers.

    Raises:
        TrainingError: an answer cannot be written to its end, or has no tokens.
        SpecialistError: as `Engine.start`.
    """
    requests = [
        RowRequest(
            prefix=engine.read(trial.prefix),
            specialist=trial.specialist,
            invocation=trial.invocation,
            grammar=trial.grammar,
            max_tokens=trial.max_tokens,
            temperature=1.0,
            seed=_number(f"{seed}/{trial.id}/{number}"),
        )
        for trial in trials
        for number in range(samples)
    ]
    with bank.resting():
        results = iter(engine.run(requests))
    return [[_rollout(base, engine, trial, next(results)) for _ in range(samples)] for trial in trials]


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big")


def _rollout(base: Base, engine: Engine, trial: Trial, result: RowResult) -> Rollout:
    if result.problem is not None:
        raise TrainingError(f"{trial.specialist}: an answer could not be drawn: {result.problem}")
    if trial.grammar is None:
        ids = (*result.ids, base.end_id) if result.finish == "stop" else result.ids
        return Rollout(ids, (True,) * len(ids), None, trial.reward(result.text))
    size: int = base.model.get_output_embeddings().weight.shape[0]
    ids, drawn, allowed = _replay(engine.grammars.compile(trial.grammar), result, base.end_id, size)
    return Rollout(ids, drawn, allowed, trial.reward(result.text))


def _replay(
    grammar: Grammar, result: RowResult, end_id: int, vocabulary_size: int
) -> tuple[tuple[int, ...], tuple[bool, ...], Tensor]:
    """Walk once more over an answer, as `Writing` did: its tokens, which were drawn, and from what."""
    walk = grammar.walk()
    ids, drawn, bits = list[int](), list[bool](), list[Tensor]()
    forced = walk.forced()
    while True:
        given = forced[: len(result.ids) - len(ids)]
        ids += given
        drawn += [False] * len(given)
        bits += list(empty_bits(len(given), vocabulary_size))
        complete = len(ids) == len(result.ids)
        if walk.ended or (complete and result.finish != "stop"):
            break
        (word,) = empty_bits(1, vocabulary_size)
        walk.allow(word)
        ids.append(end_id if complete else result.ids[len(ids)])
        drawn.append(True)
        bits.append(word)
        if complete:
            break
        walk.take(ids[-1])
        forced = walk.forced()
    return tuple(ids), tuple(drawn), torch.stack(bits)
