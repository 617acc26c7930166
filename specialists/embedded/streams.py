"""Endless streams of trees, mixed by their shares of the tokens."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from random import Random

from torch.utils.data import IterableDataset

from divisi.specialists.embedded.choices import Choices, Finder
from divisi.specialists.embedded.lessons import lookups, picks
from divisi.specialists.embedded.library import Library
from divisi.specialists.embedded.recipe import Phase
from divisi.specialists.embedded.script import Script
from divisi.specialists.pack import Node, Packed, fill_rows, pack
from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.forecasting.generate import generate_training, synthesis_example
from divisi.tasks.forecasting.ground import public_sources
from divisi.tasks.generation.generate import Settings, generate
from divisi.tasks.generation.masking import masked
from divisi.tasks.subtask import ToolRecord

Stream = Callable[[Library, Script, Random], Iterator[Node]]
PROSE_TOKENS = 160
MASKED_SHARE = 0.4
WRITTEN_EFFECTS_SHARE = 0.15
SYNTHESIS_SHARE = 0.4
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
    for asked in _conversations(library, random):
        yield from script.conversations([asked])


def _conversations(library: Library, random: Random) -> Iterator[Asked]:
    """Those of the sets by their shares; those over small fixed catalogues would else be learned by heart."""
    piles: dict[str, list[Asked]] = {}
    for asked in library.requests:
        piles.setdefault(asked.source.split("/")[0], []).append(asked)
    shares = {name: share for name, share in REQUEST_SHARES.items() if name in piles}
    while True:
        (name,) = random.choices(list(shares), weights=list(shares.values()))
        drawn = random.choice(piles[name])
        yield masked(drawn, random) if random.random() < MASKED_SHARE else drawn


def _choices(library: Library, script: Script, random: Random) -> Iterator[Node]:
    """What `_requests` and `_generated` give, of which only the choice of tools is asked: more choices in a token."""
    streams = [_requests(library, script, random), _generated(library, script, random)]
    while True:
        (stream,) = random.choices(streams, weights=(0.7, 0.3))
        tree = _only("names", next(stream), script)
        if tree is not None:
            yield tree


def _fills(library: Library, script: Script, random: Random) -> Iterator[Node]:
    """As `_choices`, but only arguments are asked, and little is offered beside the tools that are called."""
    streams = [_conversations(library, random), _groups(library, random)]
    while True:
        (stream,) = random.choices(streams, weights=(0.7, 0.3))
        asked = next(stream)
        wanted = {call.name for call in asked.calls} | {asked.tool}
        others = [tool for tool in asked.tools if tool["function"]["name"] not in wanted]
        beside = random.sample(others, min(len(others), random.choice((0, 0, 1))))
        tools = tuple(
            _without_returns(tool) for tool in asked.tools if tool in beside or tool["function"]["name"] in wanted
        )
        for tree in script.conversations([replace(asked, tools=tools)]):
            asking = _only("arguments", tree, script)
            if asking is not None:
                yield asking


def _without_returns(tool: ToolRecord) -> ToolRecord:
    return {**tool, "function": {name: part for name, part in tool["function"].items() if name != "returns"}}


def _only(subtask: str, tree: Node, script: Script) -> Node | None:
    """A tree with the tasks of one subtask; None where it has none."""
    beginning = script.encode(f"<|task|>{subtask}")
    requests = []
    for request in tree.children:
        tasks = tuple(task for task in request.children if task.ids[: len(beginning)] == beginning)
        if tasks:
            requests.append(Node(request.ids, children=tasks))
    return Node(tree.ids, children=tuple(requests)) if requests else None


def _generated(library: Library, script: Script, random: Random) -> Iterator[Node]:
    for group in generate(library.entries, Settings(mask_share=MASKED_SHARE), random):
        yield from script.conversations(group)


def _groups(library: Library, random: Random) -> Iterator[Asked]:
    for group in generate(library.entries, Settings(mask_share=MASKED_SHARE), random):
        yield from group


def _effects(library: Library, script: Script, random: Random) -> Iterator[Node]:
    """Texts about series, some written by hand, and what they say will happen; now and then, which of it holds."""
    made = generate_training(tuple(public_sources()), random)
    while True:
        if library.effects and random.random() < WRITTEN_EFFECTS_SHARE:
            yield script.alone(random.choice(library.effects))
            continue
        told = next(made)
        yield script.alone(told.example)
        if told.example.target["effects"] and random.random() < SYNTHESIS_SHARE:
            yield script.alone(synthesis_example(told, random))


STREAMS: Mapping[str, Stream] = {
    "lookups": _lookups,
    "picks": _picks,
    "prose": _prose,
    "choices": _choices,
    "fills": _fills,
    "effects": _effects,
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


class Batches(IterableDataset[tuple[Packed, Choices]]):
    """The packed batches of one phase and the choices in them, without end."""

    def __init__(
        self, library: Library, script: Script, phase: Phase, *, seed: str, pad_id: int, prose_weight: float
    ) -> None:
        self.library = library
        self.script = script
        self.phase = phase
        self.seed = seed
        self.pad_id = pad_id
        self.prose_weight = prose_weight

    def __iter__(self) -> Iterator[tuple[Packed, Choices]]:
        """Start the streams anew from the seed."""
        streams = {
            name: STREAMS[name](self.library, self.script, Random(f"{self.seed}/{name}")) for name in self.phase.shares
        }
        trees = mixed(streams, self.phase.shares)
        waiting: list[Node] = []
        finder = Finder(self.script.tokenizer)
        while True:
            rows = fill_rows(trees, waiting, rows=self.phase.rows, length=self.phase.length)
            packed = pack(rows, length=self.phase.length, pad_id=self.pad_id, prose_weight=self.prose_weight)
            yield packed, finder.find(packed)
