"""Fit which words of a conversation are the value of a parameter (tasks/calling/reader.py) on the training data.

    python -m divisi.specialists.embedded.fit_spans --data DATA

Takes three quarters of an hour on one core: several networks, most of them without one fold of the groups. Requests by
hand count as often as they are; of the public sets, which are alike, some.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import torch
from torch import Tensor

from divisi.specialists.embedded.fit_members import fit_averaged, fold_of, in_batches, write_members
from divisi.specialists.embedded.fitting import fit_parser
from divisi.specialists.embedded.library import open_library
from divisi.specialists.embedded.reader_net import NEVER, Batch, Question, Reader, batch_of
from divisi.tasks.calling.call import Call, canonical
from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.calling.forms import value_of
from divisi.tasks.calling.found import MOST_CALLS, fillable
from divisi.tasks.calling.members import key_of
from divisi.tasks.calling.reader import FILE, joined, rivals
from divisi.tasks.calling.reading import Reading, read
from divisi.tasks.calling.sights import Sight, Wanted, sight
from divisi.tasks.calling.spans import text_of, today_of
from divisi.tasks.calling.told import name_of

DRAWN: Mapping[str, int] = {
    **{"written": 6000, "seal_tools": 1000, "glaive": 200},
    **{"snips": 350, "hwu64": 420, "taskmaster4": 500, "api_bank": 200},
}
"""Set -> how many requests at most."""
KINDS = ("single", "parallel", "chain", "nested")
LONGEST_TEXT = 700
FOLDS, WHOLE = 5, 2
"""Members that leave out a fold each, and those that leave out nothing: these know more, of what is new alone."""
EPOCHS, AVERAGED = 9, 6
BATCH = 9000
"""Parameters of all calls times spans and pieces."""
RATE = 3e-3
SHARPNESSES = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0)
log = logging.getLogger(__name__)


def questions(asked: Asked) -> Iterator[Question]:
    """All calls of a conversation as one question; none where no span can be a value."""
    text = text_of(asked.messages)
    reading = read(text, today_of(asked.messages))
    if not reading.spans or len(text) > LONGEST_TEXT:
        return
    calls = list(_called(asked))
    if not calls:
        return
    rights = [_right(reading, wanted, call.arguments) for wanted, call in calls]
    sights = [_small(sight(reading, wanted)) for wanted, _ in calls]
    competing = rivals([list(wanted.properties) for wanted, _ in calls])
    yield Question(reading, joined(sights), competing, np.concatenate(rights))


def _called(asked: Asked) -> Iterator[tuple[Wanted, Call]]:
    """The calls that have parameters which a span can fill."""
    tools = {name_of(tool): tool for tool in asked.tools}
    occurrences, seen = Counter(call.name for call in asked.calls), Counter[str]()
    for call in asked.calls[:MOST_CALLS]:
        seen[call.name] += 1
        properties = fillable(tools[call.name]) if call.name in tools else {}
        if properties:
            yield Wanted(tools[call.name], asked.tools, properties, seen[call.name], occurrences[call.name]), call


def _right(reading: Reading, wanted: Wanted, arguments: Mapping[str, Any]) -> np.ndarray:
    """Which spans, or nothing, each parameter takes, [parameters, spans + 1]; of a list those of all its members."""
    said = []
    for name, schema in wanted.properties.items():
        given = arguments.get(name, ())
        values = [canonical(one) for one in (given if isinstance(given, list | tuple) else [given])]
        said.append([canonical(value_of(span, schema, name)) in values for span in reading.spans])
    right = np.array(said).reshape(len(wanted.properties), -1)
    return np.concatenate([right, np.logical_not(right.any(1))[:, None]], axis=1)


def _small(one: Sight) -> Sight:
    return replace(one, **{name: getattr(one, name).astype(np.float16) for name in ("pieces", "spans", "own")})


def fit(asked: Sequence[Question], seed: int) -> Reader:
    """Weights that make the right answers probable."""
    torch.manual_seed(seed)
    random, model = Random(seed), Reader(asked[0])
    return fit_averaged(
        model,
        lambda: batches(asked, random),
        lambda some: loss_of(model, batch_of(some)),
        epochs=EPOCHS,
        averaged=AVERAGED,
        rate=RATE,
    )


@torch.no_grad()
def calibrate(model: Reader, held: Sequence[Question]) -> None:
    """Set the sharpness with which the right answers of requests that were not learned are the most probable."""
    grouped = batches(held, Random(0))

    def loss(sharpness: float) -> float:
        model.sharpness.fill_(sharpness)
        return sum(loss_of(model, batch_of(some)).item() * len(some) for some in grouped)

    model.sharpness.fill_(min(SHARPNESSES, key=loss))


def loss_of(model: Reader, batch: Batch) -> Tensor:
    """-ln p of what is right, the mean over the parameters."""
    wrong = -model(batch).masked_fill(~batch.right, NEVER).logsumexp(-1)
    loss: Tensor = wrong[batch.seen.has_thing].mean()
    return loss


def batches(asked: Sequence[Question], random: Random) -> list[list[Question]]:
    """Questions of about the same length beside each other, in random order."""
    return in_batches(asked, lambda one: one.size, _cost, BATCH, random)


def _cost(together: Sequence[Question]) -> int:
    return len(together) * max(len(each.right) for each in together) * max(each.size for each in together)


def drawn(requests: Sequence[Asked], seed: int) -> list[Asked]:
    """Requests to fit on."""
    random = Random(seed)
    chosen: list[Asked] = []
    for name, most in DRAWN.items():
        pile = [asked for asked in requests if asked.source.split("/")[0] == name and asked.kind in KINDS]
        chosen += random.sample(pile, min(most, len(pile)))
    return chosen


def fit_members(chosen: Sequence[Asked], held: Sequence[Question], seed: int) -> list[Reader]:
    """Readers of all folds but one each, then of all; calibrated on requests that none has learned."""
    members = []
    for place in range(FOLDS + WHOLE):
        asked = [question for one in chosen if fold_of(one, FOLDS) != place for question in questions(one)]
        log.info("event=fit_spans member=%d questions=%d", place, len(asked))
        members.append(fit(asked, seed + place))
        calibrate(members[-1], held)
    return members


def main() -> None:
    """The command."""
    options = fit_parser("Fit which words of a conversation are the value of a parameter.").parse_args()
    library = open_library(options.data)
    chosen = drawn(library.requests, options.seed)
    held = [one for one in library.held if one.kind in KINDS and one.source.startswith("written")]
    members = fit_members(chosen, [question for one in held for question in questions(one)], options.seed)
    write_members(members, {key_of(text_of(one.messages)): fold_of(one, FOLDS) for one in chosen}, FILE)


if __name__ == "__main__":
    main()
