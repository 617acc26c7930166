"""Fit which words of a conversation are the value of a parameter (tasks/calling/found.py) on the training data.

    python -m divisi.specialists.embedded.fit_spans --data DATA

For each parameter that could be said, the right answers are the spans that say its value, or nothing.
"""

import argparse
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from divisi.specialists.embedded.library import open_library
from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.calling.found import FILE, alone, fillable
from divisi.tasks.calling.numerals import number_said
from divisi.tasks.calling.sights import features, read
from divisi.tasks.calling.spans import Span, text_of

DRAWN: Mapping[str, int] = {
    **{"written": 6000, "seal_tools": 1000, "glaive": 200},
    **{"snips": 800, "hwu64": 600, "taskmaster4": 400},
}
"""Set -> how many requests at most."""
KINDS = ("single", "parallel", "chain")
LONGEST_TEXT = 700
HIDDEN = 32
STEPS = 600
BATCH = 512
RATE, DECAY = 1e-2, 2e-2
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Question:
    """One parameter of one call: the spans' features [spans, features], its own, and which spans are right."""

    spans: np.ndarray
    own: np.ndarray
    right: np.ndarray


def questions(asked: Asked) -> Iterator[Question]:
    """Those of all calls of a conversation."""
    text = text_of(asked.messages)
    reading = read(text)
    tools = {tool["function"]["name"]: tool for tool in asked.tools}
    if not reading.spans or len(text) > LONGEST_TEXT:
        return
    for call in asked.calls:
        properties = fillable(tools[call.name]) if call.name in tools else {}
        if properties:
            seen = features(reading, tools[call.name], asked.tools, properties)
            own = alone(tools[call.name], properties)
            for row, name in enumerate(properties):
                said = [name in call.arguments and says(span, call.arguments[name]) for span in reading.spans]
                yield Question(seen[row], own[row], np.array(said))


def says(span: Span, value: Any) -> bool:
    """Whether a span says a value: a text in any case, a number in digits or words, a day in full."""
    if isinstance(value, int | float):
        number = number_said(span.text)
        return number is not None and not isinstance(value, bool) and abs(number - value) < 1e-9
    text = str(value).strip()
    if span.day is not None and text in (span.day, span.day[:10], span.day.removesuffix(":00")):
        return True
    return span.text.casefold() == text.casefold()


class Finder(nn.Module):
    """Scores of spans and of nothing."""

    def __init__(self, spans: int, own: int) -> None:
        """Random weights, for so many features of spans and of parameters."""
        super().__init__()
        self.first = nn.Linear(spans, HIDDEN)
        self.second = nn.Linear(HIDDEN, 1, bias=False)
        self.nothing = nn.Linear(own, 1, bias=False)

    def forward(self, spans: Tensor, own: Tensor, there: Tensor) -> Tensor:
        """ln p of each span and of nothing, [questions, spans + 1]; `there` is False for padding."""
        scores = self.second(torch.relu(self.first(spans))).squeeze(-1).masked_fill(~there, -torch.inf)
        return torch.cat([scores, self.nothing(own)], dim=1).log_softmax(-1)


def fit(asked: Sequence[Question], seed: int) -> Finder:
    """Weights that make the right answers probable."""
    torch.manual_seed(seed)
    spans, own, there, right = stacked(asked)
    model = Finder(spans.shape[2], own.shape[1])
    adam = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=DECAY)
    slower = torch.optim.lr_scheduler.LambdaLR(adam, lambda step: min(1.0, 2 * (1 - step / STEPS)))
    for step in range(STEPS):
        drawn = torch.randint(len(asked), (min(BATCH, len(asked)),))
        chances = model(spans[drawn], own[drawn], there[drawn])
        loss = -chances.masked_fill(~right[drawn], -torch.inf).logsumexp(-1).mean()
        adam.zero_grad()
        torch.autograd.backward(loss)
        adam.step()
        slower.step()
        if step % 100 == 0:
            log.info("event=fit_spans step=%d loss=%.3f", step, loss.item())
    return model


def stacked(asked: Sequence[Question]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Features of spans and of parameters, which spans are there, and which answers are right: spans, then nothing."""
    most = max(len(one.right) for one in asked)
    spans = torch.zeros(len(asked), most, asked[0].spans.shape[1])
    there, right = torch.zeros(len(asked), most, dtype=torch.bool), torch.zeros(len(asked), most + 1, dtype=torch.bool)
    for row, one in enumerate(asked):
        spans[row, : len(one.right)] = torch.from_numpy(one.spans)
        there[row, : len(one.right)] = True
        right[row, : len(one.right)] = torch.from_numpy(one.right)
        right[row, most] = not one.right.any()
    return spans, torch.tensor(np.stack([one.own for one in asked]), dtype=torch.float32), there, right


def drawn(requests: Sequence[Asked], seed: int) -> list[Asked]:
    """Requests to fit on."""
    random = Random(seed)
    chosen: list[Asked] = []
    for name, most in DRAWN.items():
        pile = [asked for asked in requests if asked.source.split("/")[0] == name and asked.kind in KINDS]
        chosen += random.sample(pile, min(most, len(pile)))
    return chosen


def write(model: Finder, path: Path) -> None:
    """Write the weights as found.py reads them."""
    tensors = {
        "first": model.first.weight,
        "bias": model.first.bias,
        "second": model.second.weight[0],
        "nothing": model.nothing.weight[0],
    }
    save_file({name: tensor.detach().contiguous() for name, tensor in tensors.items()}, path)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Fit which words of a conversation are the value of a parameter.")
    parser.add_argument("--data", type=Path, required=True, help="folder with text, tools, calling, written")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    chosen = drawn(open_library(options.data).requests, options.seed)
    asked = [question for one in chosen for question in questions(one)]
    log.info("event=fit_spans requests=%d parameters=%d", len(chosen), len(asked))
    write(fit(asked, options.seed), FILE)


if __name__ == "__main__":
    main()
