"""Tools by API, from which tool lists are drawn."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from random import Random

from divisi.tasks.example import in_share
from divisi.tasks.generation.links import Link, find_links
from divisi.tasks.generation.offers import Entry, Offer, by_api, known
from divisi.tasks.generation.words import paired

OTHER_WEIGHT = 0.1
SIZE_POWER = 0.7
KIN = paired("""
    list: get; search: get; find: get; check: get; add: create; remove: delete; cancel: delete; set: update;
    replace: update
""")
"""A verb -> the one that people use for it just as well."""

KIN_OVERLAP = 0.55
OVERLAP = 0.9
"""Tools resemble each other from this share of common words on: with verbs of one kin, with any verbs."""


@dataclass(frozen=True, slots=True)
class Library:
    """Tools by API, ready to be drawn.

    Attributes:
        sources: source -> its APIs, and their cumulative weights.
        weights: of the sources, in their order.
        offers: an API -> its tools, uncut.
        links: an API -> the links between its tools.
    """

    sources: Mapping[str, tuple[Sequence[str], Sequence[float]]]
    weights: Sequence[float]
    offers: Callable[[str], tuple[Offer, ...]]
    links: Callable[[str], tuple[Link, ...]]

    @staticmethod
    def of(
        tools: Sequence[Entry], *, required_max: int, source_weights: Mapping[str, float], test_share: float, split: str
    ) -> "Library":
        """The tools of one split. What an API's tools mean is found out when the API is drawn first.

        Args:
            tools: of all splits.
            required_max: tools with more required parameters are left out.
            source_weights: beginning of a source's name -> its weight.
            test_share: the share of APIs that is held out.
            split: "train" or "test".
        """
        groups = {
            api: entries
            for api, entries in by_api(tools).items()
            if in_share(api, share=test_share, salt="divisi/test") == (split == "test")
        }

        @cache
        def offers(api: str) -> tuple[Offer, ...]:
            fitting = (known(entry) for entry in groups[api] if len(entry.tool.required) <= required_max)
            return tuple(one for one in fitting if one.intent.object and one.required <= set(one.tool.properties))

        @cache
        def links(api: str) -> tuple[Link, ...]:
            return find_links(offers(api))

        sources = _weighted(groups)
        weights = [_weight(source, source_weights) for source in sources]
        return Library(sources, weights, offers, links)

    def api(self, random: Random) -> str:
        """One API; large ones are drawn more often, but less than their size says."""
        source = random.choices(list(self.sources), weights=self.weights)[0]
        apis, cumulative = self.sources[source]
        return random.choices(apis, cum_weights=cumulative)[0]

    def linked_api(self, random: Random, *, attempts: int = 30) -> tuple[str, Link | None]:
        """An API with a link between two of its tools; after many attempts any API, and None."""
        for _ in range(attempts):
            api = self.api(random)
            if found := self.links(api):
                return api, random.choice(found)
        return self.api(random), None

    def some(self, count: int, random: Random) -> list[Offer]:
        """At most `count` tools of two APIs."""
        return [
            one
            for _ in range(2)
            for offers in [self.offers(self.api(random))]
            for one in random.sample(offers, min(len(offers), count // 2))
        ]


def _weighted(groups: Mapping[str, Sequence[Entry]]) -> dict[str, tuple[Sequence[str], Sequence[float]]]:
    """Source -> its APIs, and their cumulative weights."""
    sources: dict[str, list[str]] = {}
    for api, entries in groups.items():
        sources.setdefault(entries[0].source, []).append(api)
    return {
        source: (apis, list(accumulate(len(groups[api]) ** SIZE_POWER for api in apis)))
        for source, apis in sources.items()
    }


def _weight(source: str, weights: Mapping[str, float]) -> float:
    return next((weight for start, weight in weights.items() if source.startswith(start)), OTHER_WEIGHT)


def too_alike(one: Offer, other: Offer) -> bool:
    """Whether a request for one tool might as well be for the other."""
    if one.tool.name == other.tool.name:
        return True
    mine, others = one.intent.words, other.intent.words
    shared = len(mine & others)
    union = len(mine) + len(others) - shared
    kin = KIN.get(one.intent.verb, one.intent.verb) == KIN.get(other.intent.verb, other.intent.verb)
    return shared >= (KIN_OVERLAP if kin else OVERLAP) * union
