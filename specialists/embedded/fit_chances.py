"""Fit how probable each kind of answer to a request is (tasks/calling/chances.py) on requests of the training data.

    python -m divisi.specialists.embedded.fit_chances --data DATA

Held-back requests set the temperature of p(none) and its threshold, and measure what is logged and stored: area under
the curve, requests turned away by the share of calls kept, calibration error, kinds right. No base is needed.
"""

import json
import logging
from collections import Counter, defaultdict
from collections.abc import Sequence
from random import Random

import numpy as np
import torch
from safetensors.numpy import save_file
from torch import nn

from divisi.specialists.embedded.fitting import fit_parser
from divisi.specialists.embedded.library import open_library
from divisi.specialists.embedded.near_misses import variants
from divisi.tasks.calling.chances import CALLED, FILE, LIMIT
from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.calling.fitness import fitness, said
from divisi.tasks.calling.need import last_text
from divisi.tasks.calling.told import name_of

WRITTEN_MOST, PUBLIC_MOST = 6000, 100
"""Requests by hand at most; those of each public set and kind at most."""
PUBLIC = ("metatool", "clinc150", "hwu64", "snips", "sgd", "seal_tools", "glaive", "taskmaster4")
PUBLIC_WEIGHT, CHANGED_WEIGHT = 0.3, 0.6
WORDS_SEEN = 200
NETS, HIDDEN, STEPS, BATCH, RATE, DECAY, DROPOUT = 3, 32, 700, 1024, 1e-2, 0.1, 0.1
Arrays = dict[str, np.ndarray]
KEPT = (0.88, 0.90, 0.94, 0.97)
BINS = 10
log = logging.getLogger(__name__)


def answerable(asked: Asked) -> bool:
    """Whether a conversation is decided by its user's words and the offer: nothing was called yet."""
    spoken = [turn["role"] for turn in asked.messages]
    return asked.kind in (*CALLED, "none") and bool(asked.tools) and spoken[-1] == "user" and "tool" not in spoken


def drawn(requests: Sequence[Asked], random: Random, *, public: int = PUBLIC_MOST) -> list[tuple[Asked, float]]:
    """Requests and their variants, with their weights."""
    piles: dict[tuple[str, str], list[Asked]] = defaultdict(list)
    for asked in filter(answerable, requests):
        piles[asked.source.split("/")[0], asked.kind].append(asked)
    written = [asked for (source, _), pile in sorted(piles.items()) if source == "written" for asked in pile]
    chosen = random.sample(written, min(WRITTEN_MOST, len(written)))
    for (source, _), pile in sorted(piles.items()):
        if source in PUBLIC:
            chosen += random.sample(pile, min(public, len(pile)))
    others = list({name_of(tool): tool for asked in chosen for tool in asked.tools}.values())
    return [
        (variant, (1.0 if asked.source.startswith("written") else PUBLIC_WEIGHT) * (CHANGED_WEIGHT if place else 1.0))
        for asked in chosen
        for place, variant in enumerate(variants(asked, others, random))
    ]


def common_words(requests: Sequence[Asked]) -> tuple[str, ...]:
    """The words that most requests say."""
    counts = Counter(word for asked in requests for word in set(last_text(asked.messages).lower().split()))
    return tuple(word for word, _ in counts.most_common(2 * WORDS_SEEN) if word.isalpha())[:WORDS_SEEN]


def fit_net(x: np.ndarray, truth: np.ndarray, weight: np.ndarray, outputs: int, *, seed: int) -> Arrays:
    """The mean of some nets, which is one net with all their hidden units.

    Args:
        x: [cases, features].
        truth: [cases], whole numbers below `outputs`; with one output 0 or 1.
        weight: [cases].
        outputs: 1 for a logit, else the classes.
        seed: of the beginnings, the batches, what is dropped.
    """
    mean, spread = x.mean(0), x.std(0) + 1e-6
    scaled = torch.tensor(np.clip((x - mean) / spread, -LIMIT, LIMIT), dtype=torch.float32)
    target = torch.tensor(truth, dtype=torch.float32 if outputs == 1 else torch.int64)
    torch.manual_seed(seed)
    nets = [_trained(scaled, target, torch.tensor(weight, dtype=torch.float32), outputs) for _ in range(NETS)]
    joined = {
        "first": torch.cat([net.first.weight for net in nets]),
        "bias": torch.cat([net.first.bias for net in nets]),
        "second": torch.cat([net.second.weight for net in nets], dim=1) / NETS,
        "end": torch.stack([net.second.bias for net in nets]).mean(0),
    }
    return {"mean": mean, "spread": spread, **{name: part.detach().numpy() for name, part in joined.items()}}


class Net(nn.Module):
    """One hidden layer."""

    def __init__(self, features: int, outputs: int) -> None:
        """Random weights."""
        super().__init__()
        self.first = nn.Linear(features, HIDDEN)
        self.second = nn.Linear(HIDDEN, outputs)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """[cases, outputs]"""
        hidden = nn.functional.dropout(torch.relu(self.first(x)), DROPOUT, training=self.training)
        scores: torch.Tensor = self.second(hidden)
        return scores


def _trained(x: torch.Tensor, target: torch.Tensor, weight: torch.Tensor, outputs: int) -> Net:
    net = Net(x.shape[1], outputs)
    optimizer = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=DECAY)
    pace = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=STEPS)
    for _ in range(STEPS):
        batch = torch.randint(0, len(x), (BATCH,))
        logits = net(x[batch])
        if outputs == 1:
            losses = nn.functional.binary_cross_entropy_with_logits(logits[:, 0], target[batch], reduction="none")
        else:
            losses = nn.functional.cross_entropy(logits, target[batch], reduction="none")
        optimizer.zero_grad()
        torch.autograd.backward((losses * weight[batch]).mean())
        optimizer.step()
        pace.step()
    return net.eval()


def logits_of(net: Arrays, x: np.ndarray) -> np.ndarray:
    """What chances.py computes, for many cases; [cases, outputs]."""
    scaled = np.clip((x - net["mean"]) / net["spread"], -LIMIT, LIMIT)
    result: np.ndarray = np.maximum(0, scaled @ net["first"].T + net["bias"]) @ net["second"].T + net["end"]
    return result


def balanced(weight: np.ndarray, positive: np.ndarray) -> np.ndarray:
    """Weights under which both classes count the same, with mean 1."""
    share = np.where(positive, weight / weight[positive].sum(), weight / weight[~positive].sum())
    scaled: np.ndarray = share * len(share) / share.sum()
    return scaled


def temperature_of(logits: np.ndarray, truth: np.ndarray, weight: np.ndarray) -> float:
    """What the logits of p(none) are divided by, so that it is right as often as it says."""
    steps = np.exp(np.linspace(-2, 2, 81))
    losses = [(weight * (np.logaddexp(0, logits / step) - truth * logits / step)).sum() for step in steps]
    return float(steps[int(np.argmin(losses))])


def measured(none: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """How well p(none) tells requests apart."""
    calling, turned = np.sort(none[~truth]), none[truth]
    ranks = np.searchsorted(calling, turned) / len(calling)
    edges = np.minimum((none * BINS).astype(int), BINS - 1)
    gaps = [(edges == place).mean() * abs(truth[edges == place].mean() - none[edges == place].mean())
            for place in range(BINS) if (edges == place).any()]  # fmt: skip
    curve = {f"turned_away_at_{kept:.2f}": float((turned > threshold_of(none, truth, kept)).mean()) for kept in KEPT}
    return {"cases": float(len(none)), "area": float(ranks.mean()), "calibration_error": float(sum(gaps)), **curve}


def threshold_of(none: np.ndarray, truth: np.ndarray, kept: float) -> float:
    """The lowest threshold that keeps a share of the calls."""
    calling = np.sort(none[~truth])
    return float(np.nextafter(calling[int(np.ceil(kept * len(calling))) - 1], np.inf))


def fit(
    learned: Sequence[tuple[Asked, float]], held: Sequence[tuple[Asked, float]], *, kept: float, seed: int
) -> tuple[Arrays, dict[str, str]]:
    """The arrays of chances.safetensors and its record."""
    words = common_words([asked for asked, weight in learned if weight == 1.0])
    x, called, kinds, weight = _seen(learned, words)
    held_x, held_called, held_kinds, held_weight = _seen(held, words)
    none = fit_net(x[:, : -len(words)], (~called).astype(float), balanced(weight, ~called), 1, seed=seed)
    kind = fit_net(x[called], kinds[called], weight[called] / weight[called].mean(), len(CALLED), seed=seed + 1)
    logits, truth = logits_of(none, held_x[:, : -len(words)])[:, 0], ~held_called
    heat = temperature_of(logits, truth, balanced(held_weight, truth))
    none = {**none, "second": none["second"] / heat, "end": none["end"] / heat}
    chosen = 1 / (1 + np.exp(-logits / heat))
    by_hand = np.array([asked.source.startswith("written") for asked, _ in held])
    plain = np.array([weight in (1.0, PUBLIC_WEIGHT) for _, weight in held])
    right = logits_of(kind, held_x).argmax(1) == held_kinds
    metrics = {
        "all": {**measured(chosen, truth), "kinds_right": float(right[held_called].mean())},
        "written": {
            **measured(chosen[by_hand], truth[by_hand]),
            "kinds_right": float(right[held_called & by_hand].mean()),
        },
        "written_as_offered": measured(chosen[by_hand & plain], truth[by_hand & plain]),
    }  # fmt: skip
    arrays = {f"{name}.{part}": np.asarray(value, dtype=np.float32) for name, net in (("none", none), ("kind", kind))
              for part, value in net.items()}  # fmt: skip
    record = {"words": words, "threshold": threshold_of(chosen[by_hand], truth[by_hand], kept), "metrics": metrics}
    return arrays, {name: value if isinstance(value, str) else json.dumps(value) for name, value in record.items()}


def _seen(
    cases: Sequence[tuple[Asked, float]], words: Sequence[str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Features, whether anything is called or asked for, the number of the kind in CALLED, weights."""
    rows = []
    for number, (asked, _) in enumerate(cases):
        rows.append(np.concatenate([fitness(asked.messages, asked.tools), said(asked.messages, words)]))
        if number % 2000 == 0:
            log.info("event=seen requests=%d of=%d", number, len(cases))
    called = np.array([asked.kind != "none" for asked, _ in cases])
    kinds = np.array([CALLED.index(asked.kind) if asked.kind != "none" else 0 for asked, _ in cases])
    return np.stack(rows), called, kinds, np.array([weight for _, weight in cases])


def main() -> None:
    """The command."""
    parser = fit_parser("Fit how probable each kind of answer to a request is.")
    parser.add_argument("--calls-kept", type=float, default=0.94, help="share of calls that must not be turned away")
    options = parser.parse_args()
    library = open_library(options.data)
    random = Random(options.seed)
    learned, held = drawn(library.requests, random), drawn(library.held, random, public=30)
    arrays, record = fit(learned, held, kept=options.calls_kept, seed=options.seed)
    save_file(arrays, FILE, metadata=record)
    log.info("event=fit_chances threshold=%s %s", record["threshold"], record["metrics"])


if __name__ == "__main__":
    main()
