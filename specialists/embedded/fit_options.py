"""Fit which enumerated value a text means (tasks/calling/options.py) on the training data.

python -m divisi.specialists.embedded.fit_options --data DATA
"""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from divisi.specialists.embedded.fit_spans import LONGEST_TEXT, drawn
from divisi.specialists.embedded.fitting import fit_parser
from divisi.specialists.embedded.library import open_library
from divisi.specialists.embedded.reader_net import NEVER
from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.calling.found import enumerated
from divisi.tasks.calling.options import FILE, features
from divisi.tasks.calling.reading import read
from divisi.tasks.calling.sights import Wanted
from divisi.tasks.calling.spans import text_of

HIDDEN = 24
STEPS, BATCH = 1500, 256
RATE, DECAY = 5e-3, 3e-2
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Choice:
    """One enumerated parameter of one call: features of options [options, features], its own, which option is right.

    `right` is None where no option is.
    """

    options: np.ndarray
    own: np.ndarray
    right: int | None


def choices(asked: Asked) -> Iterator[Choice]:
    """Those of all calls of a conversation."""
    text = text_of(asked.messages)
    reading = read(text)
    if not len(reading.starts) or len(text) > LONGEST_TEXT:
        return
    tools = {tool["function"]["name"]: tool for tool in asked.tools}
    occurrences, seen = Counter(call.name for call in asked.calls), Counter[str]()
    for call in asked.calls:
        seen[call.name] += 1
        declared = enumerated(tools[call.name]) if call.name in tools else {}
        wanted = Wanted(tools.get(call.name, {}), asked.tools, {}, seen[call.name], occurrences[call.name])
        for name, options in declared.items():
            said = call.arguments.get(name)
            right = options.index(said) if said in options else None
            yield Choice(*features(reading, wanted, name, options), right)


class Chooser(nn.Module):
    """Scores of options and of nothing; the names of its weights are those of the file."""

    def __init__(self, options: int, own: int) -> None:
        """Random weights, for so many features of options and of parameters."""
        super().__init__()
        self.first = nn.Linear(options, HIDDEN)
        self.second = nn.Linear(HIDDEN, 1, bias=False)
        self.nothing = nn.Linear(own, 1, bias=False)

    def forward(self, options: Tensor, own: Tensor, there: Tensor) -> Tensor:
        """ln p of each option and of nothing, [choices, options + 1]; `there` is False for padding."""
        scores = self.second(torch.relu(self.first(options))).squeeze(-1).masked_fill(~there, NEVER)
        return torch.cat([scores, self.nothing(own)], dim=1).log_softmax(-1)


def fit(asked: Sequence[Choice], seed: int) -> Chooser:
    """Weights that make the right options probable."""
    torch.manual_seed(seed)
    options, own, there, right = stacked(asked)
    model = Chooser(options.shape[2], own.shape[1])
    adam = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=DECAY)
    slower = torch.optim.lr_scheduler.LambdaLR(adam, lambda step: min(1.0, 2 * (1 - step / STEPS)))
    for step in range(STEPS):
        some = torch.randint(len(asked), (min(BATCH, len(asked)),))
        loss = nn.functional.nll_loss(model(options[some], own[some], there[some]), right[some])
        adam.zero_grad()
        torch.autograd.backward(loss)
        adam.step()
        slower.step()
        if step % 100 == 0:
            log.info("event=fit_options step=%d loss=%.3f", step, loss.item())
    return model.eval()


def stacked(asked: Sequence[Choice]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Features of options and of parameters, which options are there, and the place of what is right."""
    most = max(len(one.options) for one in asked)
    options = torch.zeros(len(asked), most, asked[0].options.shape[1])
    there = torch.zeros(len(asked), most, dtype=torch.bool)
    for row, one in enumerate(asked):
        options[row, : len(one.options)] = torch.from_numpy(one.options)
        there[row, : len(one.options)] = True
    right = torch.tensor([most if one.right is None else one.right for one in asked])
    return options, torch.from_numpy(np.stack([one.own for one in asked])), there, right


def main() -> None:
    """The command."""
    options = fit_parser("Fit which enumerated value of a parameter a conversation means.").parse_args()
    asked = [one for asked in drawn(open_library(options.data).requests, options.seed) for one in choices(asked)]
    log.info("event=fit_options choices=%d", len(asked))
    model = fit(asked, options.seed)
    save_file({name: tensor.contiguous() for name, tensor in model.state_dict().items()}, FILE)


if __name__ == "__main__":
    main()
