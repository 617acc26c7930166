"""Endless streams of trees, mixed by their shares of the tokens."""

from collections.abc import Callable, Iterator, Mapping
from random import Random

from torch.utils.data import IterableDataset

from divisi.specialists.embedded.lessons import lookups, picks
from divisi.specialists.embedded.library import Library
from divisi.specialists.embedded.recipe import Phase
from divisi.specialists.embedded.script import Script
from divisi.specialists.pack import Node, Packed, fill_rows, pack
from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.generation.generate import Settings, generate
from divisi.tasks.generation.masking import masked

Stream = Callable[[Library, Script, Random], Iterator[Node]]
PROSE_TOKENS = 160
MASKED_SHARE = 0.4
REQUEST_SHARES: Mapping[str, float] = {
    "written": 0.48,
    "seal_tools": 0.13,
    "metatool": 0.11,
    "sgd": 0.05,
    "glaive": 0.05,
    "api_bank": 0.04,
    "hwu64": 0.05,
    "snips": 0.04,
    "clinc150": 0.03,
    "taskmaster4": 0.02,
}
"""Set -> the share of draws; the sets written by hand are few, and the best."""


def _lookups(library: Library, script: Script, random: Random) -> Iterator[Node]:
    words = sorted({word for text in random.sample(library.prose, 300) for word in text.split() if word.isalpha()})
    return lookups(script, words, random)


def _picks(library: Library, script: Script, random: Random) -> Iterator[Node]:
    return picks(script, library.tools, random)


def _prose(library: Library, script: Script, random: Random) -> Iterator[Node]:
    while True:
        ids = script.encode(random.choice(library.prose))
        start = random.randrange(max(1, len(ids) - PROSE_TOKENS))
        yield Node(ids[start : start + PROSE_TOKENS])


def _requests(library: Library, script: Script, random: Random) -> Iterator[Node]:
    """Conversations of the sets by their shares; those over small fixed catalogues would else be learned by heart."""
    piles: dict[str, list[Asked]] = {}
    for asked in library.requests:
        piles.setdefault(asked.source.split("/")[0], []).append(asked)
    shares = {name: share for name, share in REQUEST_SHARES.items() if name in piles}
    while True:
        (name,) = random.choices(list(shares), weights=list(shares.values()))
        drawn = random.choice(piles[name])
        yield from script.conversations([masked(drawn, random) if random.random() < MASKED_SHARE else drawn])


def _generated(library: Library, script: Script, random: Random) -> Iterator[Node]:
    for group in generate(library.entries, Settings(mask_share=MASKED_SHARE), random):
        yield from script.conversations(group)


STREAMS: Mapping[str, Stream] = {
    "lookups": _lookups,
    "picks": _picks,
    "prose": _prose,
    "requests": _requests,
    "generated": _generated,
}


def mixed(streams: Mapping[str, Iterator[Node]], shares: Mapping[str, float]) -> Iterator[Node]:
    """Trees from the stream that is furthest behind its share of the tokens."""
    given = dict.fromkeys(shares, 0)
    while True:
        name = min(shares, key=lambda name: given[name] / shares[name])
        tree = next(streams[name])
        given[name] += tree.size_tokens
        yield tree


class Batches(IterableDataset[Packed]):
    """The packed batches of one phase, without end."""

    def __init__(
        self, library: Library, script: Script, phase: Phase, *, seed: str, pad_id: int, prose_weight: float
    ) -> None:
        self.library = library
        self.script = script
        self.phase = phase
        self.seed = seed
        self.pad_id = pad_id
        self.prose_weight = prose_weight

    def __iter__(self) -> Iterator[Packed]:
        """Start the streams anew from the seed."""
        streams = {
            name: STREAMS[name](self.library, self.script, Random(f"{self.seed}/{name}")) for name in self.phase.shares
        }
        trees = mixed(streams, self.phase.shares)
        waiting: list[Node] = []
        while True:
            rows = fill_rows(trees, waiting, rows=self.phase.rows, length=self.phase.length)
            yield pack(rows, length=self.phase.length, pad_id=self.pad_id, prose_weight=self.prose_weight)
