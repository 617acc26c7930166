"""The ways to train seven specialists on the same examples: ours in one mixed batch, PEFT's one after another.

mixed          one bank, all specialists in one batch; what several examples of a conversation share is read once
mixed_apart    the same, but each example reads its conversation for itself
peft           a plain LoRA for each subtask, one after another; a batch is padded, logits of all tokens (the usual way)
peft_last      the same, padded on the left, logits of the last tokens alone, as many as the longest answer needs

The base is the same, in evaluation; LoRA of one rank on all linear layers, AdamW, gradients clipped; an epoch of the
same examples; batches of about as many tokens. All read prefix, invocation and answer, and learn the answer's tokens.
"""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import torch
from errors import BenchmarkError
from torch import Tensor
from transformers import AutoModelForCausalLM

from divisi.specialists.bank import Bank
from divisi.specialists.base import Base
from divisi.specialists.behaviour import Question, question_of
from divisi.specialists.branches import grow
from divisi.specialists.fit import FitOptions, fit
from divisi.specialists.lora import LoraOptions, lora_slots
from divisi.specialists.pack import Node
from divisi.tasks.example import Example

IGNORED = -100
RATE = 1e-3


@dataclass(frozen=True, slots=True)
class Job:
    """What every way trains.

    Attributes:
        source: the base's folder.
        examples: of all subtasks.
        rank: of each LoRA.
        batch_tokens: of a step, about.
        length: the most tokens of a sequence.
        device, seed: where, and in which order.
    """

    source: Path
    examples: tuple[Example, ...]
    rank: int
    batch_tokens: int
    length: int
    device: str
    seed: int


Epoch = Callable[[], float]
"""Trains new specialists for one epoch. Returns the mean loss of the steps, to see that the same was learned."""


def subtasks_of(job: Job) -> list[str]:
    """The subtasks, in the order in which they come."""
    return list(dict.fromkeys(example.subtask for example in job.examples))


def mixed(job: Job) -> Epoch:
    """Ours."""
    base = Base.load(job.source, device=job.device)
    names = {task: task for task in subtasks_of(job)}
    trees = grow(base, job.examples, specialists=names, length=job.length).trees
    return _fitting(base, job, trees)


def mixed_apart(job: Job) -> Epoch:
    """Ours, without sharing."""
    base = Base.load(job.source, device=job.device)
    trees = [
        Node(one.prefix, children=(Node((*one.invocation, *one.reference), len(one.invocation), task),))
        for task, one in _questions(base, job)
    ]
    return _fitting(base, job, trees)


def _fitting(base: Base, job: Job, trees: Sequence[Node]) -> Epoch:
    options = FitOptions(
        rate=RATE, epochs=1, rows=max(1, job.batch_tokens // job.length), length=job.length, seed=job.seed
    )

    def epoch() -> float:
        bank = Bank(base.model)
        generator = torch.Generator().manual_seed(job.seed)
        losses: list[float] = []
        try:
            for task in subtasks_of(job):
                bank.add(lora_slots(base.model, task, LoraOptions(job.rank, 2.0 * job.rank), generator=generator))
            fit(base, bank, trees, options, report=lambda step: losses.extend(step.losses.values()))
        finally:
            for name in bank.names:
                bank.remove(name)
        return sum(losses) / len(losses)

    return epoch


def peft(job: Job) -> Epoch:
    """Theirs, in the usual way."""
    return _separate(job, _whole)


def peft_last(job: Job) -> Epoch:
    """Theirs, with no more logits than are needed."""
    return _separate(job, _last)


def _separate(job: Job, loss_of: Callable[[Any, Sequence[Question], str], Tensor]) -> Epoch:
    base = Base.load(job.source, device=job.device)  # for the tokens, which are then the same
    tasks: dict[str, list[Question]] = {}
    for task, question in _questions(base, job):
        tasks.setdefault(task, []).append(question)
    model = AutoModelForCausalLM.from_pretrained(job.source, dtype=torch.float32, local_files_only=True)
    model = model.to(job.device).eval()

    def epoch() -> float:
        losses: list[float] = []
        for questions in tasks.values():
            adapted = _adapted(model, job)
            parts = [part for part in adapted.parameters() if part.requires_grad]
            optimiser = torch.optim.AdamW(parts, lr=RATE, betas=(0.9, 0.99), weight_decay=0.0)
            for batch in _batches(questions, job):
                loss = loss_of(adapted, batch, job.device)
                torch.autograd.backward(loss)
                torch.nn.utils.clip_grad_norm_(parts, 1.0)
                optimiser.step()
                optimiser.zero_grad()
                losses.append(float(loss.detach()))
            adapted.unload()
        return sum(losses) / len(losses)

    return epoch


def _adapted(model: Any, job: Job) -> Any:
    try:
        from peft import LoraConfig, get_peft_model
    except ModuleNotFoundError as error:
        raise BenchmarkError("peft is not installed: pip install 'peft>=0.21'") from error
    config = LoraConfig(r=job.rank, lora_alpha=2 * job.rank, target_modules="all-linear", task_type="CAUSAL_LM")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # PEFT 0.21 asks transformers 5 by an old name
        return get_peft_model(model, config).eval()


def _questions(base: Base, job: Job) -> list[tuple[str, Question]]:
    return [(example.subtask, question_of(base, example)) for example in job.examples]


def size_of(one: Question) -> int:
    """Tokens of an example that is read for itself."""
    return len(one.prefix) + len(one.invocation) + len(one.reference)


def _batches(questions: Sequence[Question], job: Job) -> Iterator[list[Question]]:
    """Shuffled examples, those of about the same length together, so that little is padded."""
    order = sorted(questions, key=size_of)
    batches: list[list[Question]] = [[]]
    for one in order:
        if batches[-1] and size_of(one) * (len(batches[-1]) + 1) > job.batch_tokens:
            batches.append([])
        batches[-1].append(one)
    Random(job.seed).shuffle(batches)
    yield from batches


def _padded(batch: Sequence[Question], device: str, *, left: bool) -> tuple[Tensor, Tensor, Tensor]:
    """Ids, what is seen, and labels, [examples, tokens] each."""
    longest = max(map(size_of, batch))
    ids = torch.zeros(len(batch), longest, dtype=torch.long)
    seen, labels = torch.zeros_like(ids), torch.full_like(ids, IGNORED)
    for row, one in enumerate(batch):
        begin = longest - size_of(one) if left else 0
        end = begin + size_of(one)
        ids[row, begin:end] = torch.tensor([*one.prefix, *one.invocation, *one.reference])
        seen[row, begin:end] = 1
        labels[row, end - len(one.reference) : end] = torch.tensor(one.reference)
    return ids.to(device), seen.to(device), labels.to(device)


def _whole(model: Any, batch: Sequence[Question], device: str) -> Tensor:
    ids, seen, labels = _padded(batch, device, left=False)
    loss: Tensor = model(input_ids=ids, attention_mask=seen, labels=labels).loss
    return loss


def _last(model: Any, batch: Sequence[Question], device: str) -> Tensor:
    ids, seen, labels = _padded(batch, device, left=True)
    kept = max(len(one.reference) for one in batch) + 1
    positions = (seen.cumsum(1) - 1).clamp(min=0)
    logits = model(input_ids=ids, attention_mask=seen, position_ids=positions, logits_to_keep=kept).logits
    targets = labels[:, -kept + 1 :]
    return torch.nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1), targets.flatten(), ignore_index=IGNORED)


WAYS: Mapping[str, Callable[[Job], Epoch]] = {
    "mixed": mixed,
    "mixed_apart": mixed_apart,
    "peft": peft,
    "peft_last": peft_last,
}
"""Ours first."""
