"""Behaviour: what a resident specialist writes at a temperature, and how sure it is, of that and of true answers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from divisi.specialists.appraise import answer_numbers
from divisi.specialists.bank import Bank
from divisi.specialists.base import Base
from divisi.specialists.engine import Engine
from divisi.specialists.forced import tree_field
from divisi.specialists.pack import Node, Packed, pack
from divisi.specialists.row import RowRequest
from divisi.tasks.catalog import find_subtask
from divisi.tasks.example import Example
from divisi.tasks.subtask import Schema

MOST_TOKENS = 2048
"""Of a forward pass, where one question alone is not longer."""


@dataclass(frozen=True, slots=True)
class Question:
    """An example as tokens, and as its subtask writes it.

    Attributes:
        prefix, invocation: what is asked.
        reference: the true answer, with the end.
        grammar: that an answer follows as it is served, or None.
    """

    prefix: tuple[int, ...]
    invocation: tuple[int, ...]
    reference: tuple[int, ...]
    grammar: Schema | None


@dataclass(frozen=True, slots=True)
class Written:
    """An answer that was written.

    Attributes:
        ids: with the end, where it came.
        text: without it.
    """

    ids: tuple[int, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Certainty:
    """How sure a specialist is along one answer; means over its tokens.

    Attributes:
        entropy: of the next token over the whole vocabulary, in nats.
        probability: of the token that comes.
    """

    entropy: float
    probability: float


def question_of(base: Base, example: Example) -> Question:
    """An example as tokens.

    Raises:
        PromptError: it cannot be written for this base, or is longer than it reads.
    """
    case, subtask = example.case, find_subtask(example.subtask)
    prefix = base.prefix_ids(case.messages, case.tools)
    invocation = base.invocation_ids(subtask.render(case), case.messages, case.tools)
    reference = (*base.encode(subtask.write(example.target, case)), base.end_id)
    return Question(tuple(prefix), tuple(invocation), reference, subtask.grammar(case))


def write(
    engine: Engine,
    base: Base,
    questions: Sequence[Question],
    specialist: str,
    *,
    temperature: float,
    max_tokens: int,
    seed: int,
    by_grammar: bool,
) -> list[Written]:
    """Answers to some questions, all in one batch.

    Args:
        engine: idle, on the base.
        base: the engine's.
        questions: what is asked.
        specialist: a resident of the engine's bank.
        temperature: 0 is greedy.
        max_tokens: of an answer.
        seed: of the drawing; each question draws by itself.
        by_grammar: whether answers follow their grammar, as they are served, or are free to take any form.

    Raises:
        SpecialistError: as `Engine.start`.
    """
    requests = [
        RowRequest(
            prefix=engine.read(one.prefix),
            specialist=specialist,
            invocation=one.invocation,
            grammar=one.grammar if by_grammar else None,
            max_tokens=min(max_tokens, max(1, base.context_tokens - len(one.prefix) - len(one.invocation))),
            temperature=temperature,
            seed=seed + number,
        )
        for number, one in enumerate(questions)
    ]
    results = engine.run(requests)
    return [Written((*one.ids, base.end_id) if one.finish == "stop" else one.ids, one.text) for one in results]


def certainty(
    base: Base,
    bank: Bank,
    specialist: str,
    questions: Sequence[Question],
    answers: Sequence[Sequence[int]],
    *,
    temperature: float,
) -> list[Certainty]:
    """How sure a specialist is along some answers, its own or the references.

    Args:
        base: frozen.
        bank: on the base's model.
        specialist: a resident.
        questions: what is asked.
        answers: the tokens of one answer to each, at least one.
        temperature: that logits are divided by, above 0.
    """
    trees = [
        Node(one.prefix, children=(Node((*one.invocation, *answer), len(one.invocation), specialist),))
        for one, answer in zip(questions, answers, strict=True)
    ]
    found: list[Certainty] = []
    for few in chunks(trees, MOST_TOKENS):
        packed = pack([few], length=sum(tree.size_tokens for tree in few), pad_id=base.end_id, prose_weight=0.0)
        found += _certainties(base, bank, packed, temperature)
    return found


def chunks(trees: Sequence[Node], most_tokens: int) -> Iterator[list[Node]]:
    """Trees in their order, as many together as fit into a forward pass of so many tokens; one that is longer alone."""
    few: list[Node] = []
    for tree in trees:
        if few and sum(one.size_tokens for one in few) + tree.size_tokens > most_tokens:
            yield few
            few = []
        few.append(tree)
    if few:
        yield few


@torch.no_grad()
def _certainties(base: Base, bank: Bank, packed: Packed, temperature: float) -> list[Certainty]:
    picked = (packed.weights[0] > 0).nonzero().flatten()
    with bank.playing(tree_field(bank, packed, device=base.device)):
        logits = base.model(
            input_ids=packed.ids.to(base.device),
            position_ids=packed.positions.to(base.device),
            attention_mask=packed.mask.to(base.device),
            use_cache=False,
            logits_to_keep=picked.to(base.device),
        ).logits[0]
    logprobs = torch.log_softmax(logits.float().cpu() / temperature, dim=-1)
    own = logprobs.gather(1, packed.labels[0][picked][:, None]).squeeze(1).exp()
    entropies, probabilities = (_means(values, answer_numbers(packed)) for values in (_entropies(logprobs), own))
    return [Certainty(*pair) for pair in zip(entropies, probabilities, strict=True)]


def _entropies(logprobs: Tensor) -> Tensor:
    """-sum p log p, [tokens]."""
    entropies: Tensor = torch.special.entr(logprobs.exp()).sum(dim=-1)
    return entropies


def _means(values: Tensor, answers: Tensor) -> list[float]:
    """The mean over the tokens of each answer."""
    counts = torch.bincount(answers)
    sums = values.new_zeros(len(counts)).index_add(0, answers, values)
    means: list[float] = (sums / counts).tolist()
    return means
