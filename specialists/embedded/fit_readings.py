"""Fit what texts about series seem to say (tasks/forecasting/readings.py) on training texts, by hand and generated.

    python -m divisi.specialists.embedded.fit_readings --data DATA

Right for a mention is the kind of the true effect whose size it says, or whose evidence its sentence holds; right for
its time are the times that cover the steps of that effect.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from random import Random

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional

from divisi.specialists.embedded.fitting import fit_parser
from divisi.tasks.example import Example
from divisi.tasks.forecasting.card import Card, card_of, text_of
from divisi.tasks.forecasting.context import effects_of, times_of_card
from divisi.tasks.forecasting.effect import CERTAINTIES, Effect
from divisi.tasks.forecasting.effect_score import act_of
from divisi.tasks.forecasting.generate import generate_training
from divisi.tasks.forecasting.ground import public_sources
from divisi.tasks.forecasting.mentions import (
    BUCKETS,
    TIMES_SEEN,
    Mention,
    Seen,
    dense_size,
    mentions_in,
    seen_of,
    times_seen,
)
from divisi.tasks.forecasting.read_effects import read_training
from divisi.tasks.forecasting.readings import FILE, KINDS, effect_as, timed
from divisi.tasks.forecasting.said_times import SaidTime, said_times

GENERATED = 2500
WRITTEN_WEIGHT = 6.0
"""How much one mention of a text written by hand counts beside one of a generated text."""

HIDDEN = 48
STEPS, BATCH, RATE, DECAY = 500, 512, 5e-3, 3e-2
DROPPED = 0.5
"""The share of the hashed words that a step does not see: no single word should decide."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Lesson:
    """One mention: what is seen, the right kind, certainty, whether of another series, and its weight."""

    seen: Seen
    kind: int
    certainty: int
    other: bool
    weight: float


@dataclass(frozen=True, slots=True)
class TimeLesson:
    """The times beside a mention that has an effect: what is seen of each, and which are right."""

    seen: np.ndarray
    right: np.ndarray
    weight: float


def lessons(example: Example, weight: float) -> tuple[list[Lesson], list[TimeLesson]]:
    """Those of one text; what only says an effect again teaches nothing, neither that it is one nor that it is none."""
    card, text = card_of(example.case), text_of(example.case)
    times = said_times(text, card)
    mentions = mentions_in(text, times)
    effects = effects_of(example.target)
    meant = aligned(effects, mentions, text)
    found, times_found = [], []
    for place, mention in enumerate(mentions):
        if place not in meant and says_again(mention, effects, text):
            continue
        kind, effect = meant.get(place, (0, None))
        certainty = 0 if effect is None else CERTAINTIES.index(effect.certainty)
        other = effect is not None and effect.target == "other"
        found.append(Lesson(seen_of(card, text, mention, times), kind, certainty, other, weight))
        if effect is not None and times and effect.start is not None:
            right = right_times(effect, times, card)
            if right.any():
                seen = times_seen(card, text, mention, KINDS[kind], times)
                times_found.append(TimeLesson(seen, right, weight))
    return found, times_found


def aligned(effects: Sequence[Effect], mentions: Sequence[Mention], text: str) -> dict[int, tuple[int, Effect]]:
    """Mention -> the kind and the effect that it is the mention of."""
    found: dict[int, tuple[int, Effect]] = {}
    for effect in effects:
        begin = text.find(effect.evidence)
        if effect.type == "none" or begin < 0:
            continue
        middle = begin + len(effect.evidence) // 2
        fitting = [
            (abs(mention.at - middle) + (0 if begin <= mention.at < begin + len(effect.evidence) else 200), place, kind)
            for place, mention in enumerate(mentions)
            if place not in found and (kind := kind_of(effect, mention, begin)) is not None
        ]
        if fitting:
            _, place, kind = min(fitting)
            found[place] = (kind, effect)
    return found


def says_again(mention: Mention, effects: Sequence[Effect], text: str) -> bool:
    """Whether a mention says one of the effects too: "shut, no till will be open"."""
    return any(kind_of(effect, mention, text.find(effect.evidence)) is not None for effect in effects)


def kind_of(effect: Effect, mention: Mention, begin: int) -> int | None:
    """The kind as which a mention says an effect, whose evidence begins there; None where it does not say it."""
    for number, kind in enumerate(KINDS):
        name, _, form = kind.partition(" ")
        if name != effect.type:
            continue
        if not form and mention.size is None and mention.sentence.holds(begin):
            return number
        said = effect_as(kind, mention.size) if form else None
        if said is not None and _same_size(said, effect):
            return number
    return None


def _same_size(said: Effect, effect: Effect) -> bool:
    assert said.value is not None
    if effect.value is None:
        return False
    if said.factor is None or effect.factor is None:
        return said.factor is effect.factor is None and abs(said.value - effect.value) <= 1e-6 * abs(effect.value)
    return abs(said.factor - effect.factor) < 0.006


def right_times(effect: Effect, times: Sequence[SaidTime], card: Card) -> np.ndarray:
    """Which times cover the steps of an effect, bool [times]."""
    known = times_of_card(card)
    wanted = act_of(effect, known).steps
    bare = replace(effect, start=None, end=None, duration=None, recurrence=None)
    return np.array([bool(wanted) and act_of(timed(bare, time, card), known).steps == wanted for time in times])


class Reader(nn.Module):
    """Scores of kinds, of certainties, and that another series is meant."""

    def __init__(self, dense: int) -> None:
        """Random weights, for so many numbers."""
        super().__init__()
        self.words = nn.EmbeddingBag(BUCKETS, HIDDEN, mode="sum")
        nn.init.normal_(self.words.weight, std=0.05)
        self.dense = nn.Linear(dense, HIDDEN)
        self.out = nn.Linear(HIDDEN, len(KINDS) + len(CERTAINTIES) + 1)

    def forward(self, words: Tensor, offsets: Tensor, weights: Tensor, dense: Tensor) -> Tensor:
        """[mentions, outputs]; `weights` of words, 0 for those that are not seen."""
        scores: Tensor = self.out(
            torch.relu(self.words(words, offsets, per_sample_weights=weights) + self.dense(dense))
        )
        return scores


def fit(found: Sequence[Lesson], seed: int) -> Reader:
    """Weights that make the right kinds probable."""
    torch.manual_seed(seed)
    model = Reader(dense_size())
    adam = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=DECAY)
    slower = torch.optim.lr_scheduler.LambdaLR(adam, lambda step: min(1.0, 2 * (1 - step / STEPS)))
    draws = torch.tensor([lesson.weight * (1.0 if lesson.kind else 0.6) for lesson in found])
    for step in range(STEPS):
        chosen = [found[place] for place in torch.multinomial(draws, BATCH, replacement=True).tolist()]
        loss = _loss(model, chosen)
        adam.zero_grad()
        torch.autograd.backward(loss)
        adam.step()
        slower.step()
        if step % 100 == 0:
            log.info("event=fit_readings step=%d loss=%.3f", step, loss.item())
    return model


def _loss(model: Reader, chosen: Sequence[Lesson]) -> Tensor:
    words = torch.from_numpy(np.concatenate([lesson.seen.words for lesson in chosen]))
    offsets = torch.tensor([0, *np.cumsum([len(lesson.seen.words) for lesson in chosen])[:-1].tolist()])
    kept = (torch.rand(len(words)) >= DROPPED).float() / (1 - DROPPED)
    scores = model(words, offsets, kept, torch.from_numpy(np.stack([lesson.seen.dense for lesson in chosen])))
    kinds = torch.tensor([lesson.kind for lesson in chosen])
    certainties = torch.tensor([lesson.certainty for lesson in chosen])
    others = torch.tensor([float(lesson.other) for lesson in chosen])
    speaks = (kinds > 0).float()
    rest = functional.cross_entropy(scores[:, len(KINDS) : -1], certainties, reduction="none")
    rest = rest + functional.binary_cross_entropy_with_logits(scores[:, -1], others, reduction="none")
    return functional.cross_entropy(scores[:, : len(KINDS)], kinds) + (rest * speaks).sum() / speaks.sum().clamp(min=1)


def fit_times(found: Sequence[TimeLesson], seed: int) -> Tensor:
    """Weights [TIMES_SEEN] of what is seen of times."""
    torch.manual_seed(seed)
    weights = torch.zeros(TIMES_SEEN, requires_grad=True)
    adam = torch.optim.Adam([weights], lr=0.05)
    for _ in range(200):
        losses = []
        for place in torch.randint(len(found), (256,)).tolist():
            one = found[place]
            scores = (torch.from_numpy(one.seen) @ weights).log_softmax(0)
            losses.append(-one.weight * scores[torch.from_numpy(one.right)].logsumexp(0))
        loss = torch.stack(losses).mean()
        adam.zero_grad()
        torch.autograd.backward(loss)
        adam.step()
    return weights.detach()


def write(model: Reader, time: Tensor, path: Path) -> None:
    """Write the weights as readings.py reads them."""
    tensors = {
        "words": model.words.weight.half(),
        "dense": model.dense.weight.T.half(),
        "bias": model.dense.bias,
        "out": model.out.weight.T,
        "out_bias": model.out.bias,
        "time": time,
    }
    save_file({name: tensor.detach().contiguous() for name, tensor in tensors.items()}, path)


def texts(data: Path, seed: int) -> Iterator[tuple[Example, float]]:
    """Training texts with their weights."""
    yield from ((example, WRITTEN_WEIGHT) for example in read_training(data))
    made = generate_training(tuple(public_sources()), Random(f"{seed}/readings"))
    yield from ((told.example, 1.0) for told in islice(made, GENERATED))


def main() -> None:
    """The command."""
    options = fit_parser("Fit what texts about series seem to say.").parse_args()
    pairs = [lessons(example, weight) for example, weight in texts(options.data, options.seed)]
    found = [lesson for own, _ in pairs for lesson in own]
    about_times = [lesson for _, own in pairs for lesson in own]
    log.info("event=fit_readings mentions=%d effects=%d", len(found), sum(lesson.kind > 0 for lesson in found))
    write(fit(found, options.seed), fit_times(about_times, options.seed), FILE)


if __name__ == "__main__":
    main()
