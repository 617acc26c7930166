"""Generated conversations with known truth: requests composed from the schemas of real tools."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Literal

from divisi.tasks.calling.dialogue import Asked, Kind
from divisi.tasks.generation import composing, nesting, results
from divisi.tasks.generation.composing import Draft, Manner
from divisi.tasks.generation.library import Library, too_alike
from divisi.tasks.generation.links import Link, pair, with_returns
from divisi.tasks.generation.masking import mask_name, mask_parameters, restyle
from divisi.tasks.generation.moments import some_day
from divisi.tasks.generation.offers import Entry, Offer, Shortening, cut, load_tools

__all__ = ["Entry", "Settings", "generate", "load_tools"]

ATTEMPTS = 6
MOST_LEFT_OUT = 3
OFFERED_WEIGHTS = {2: 2, 3: 4, 4: 5, 5: 4, 6: 3, 7: 2, 8: 1}
"""How many tools are offered -> how often; further bounds come from the settings."""


def default_shares() -> Mapping[Kind, float]:
    """The kinds of conversation and their shares."""
    return {
        **{"single": 0.40, "parallel": 0.18, "chain": 0.08, "nested": 0.08, "none": 0.12},
        **{"missing": 0.07, "continue": 0.04, "done": 0.015, "reply": 0.015},
    }


def default_weights() -> Mapping[str, float]:
    """The beginning of a source's name and its weight among the sources that are given."""
    return {"tools": 0.65, "tldr": 0.1, "calling": 0.08}


@dataclass(frozen=True, slots=True)
class Settings:
    """What is generated.

    Attributes:
        shares: kind -> its share of all conversations.
        offered_min, offered_max: how many tools a conversation offers.
        asked_min, asked_max: how many conversations share one list of tools.
        mask_share: the share of tool lists with random names.
        restyle_share: the share of tool lists whose names are spelled in another style.
        returns_share: the share of tool lists that tell what the tools return, where no call needs it.
        mention_share: the probability that an optional parameter is mentioned.
        mentioned_max: the most optional parameters that one call mentions.
        slip_share: the probability that a value is said wrongly first and then corrected.
        turns_share: the share of single calls that are asked for in a longer conversation.
        today_share: the share of conversations that tell the day.
        near_share: the share of offered tools that come from one API.
        required_max: tools with more required parameters are not offered.
        shortening: what tools show of their schemas.
        source_weights: beginning of a source's name -> its weight among the sources that are given.
        test_share: the share of APIs that is held out.
    """

    shares: Mapping[Kind, float] = field(default_factory=default_shares)
    offered_min: int = 2
    offered_max: int = 8
    asked_min: int = 2
    asked_max: int = 4
    mask_share: float = 0.25
    restyle_share: float = 0.2
    returns_share: float = 0.25
    mention_share: float = 0.35
    mentioned_max: int = 3
    slip_share: float = 0.02
    turns_share: float = 0.13
    today_share: float = 0.2
    near_share: float = 0.6
    required_max: int = 4
    shortening: Shortening = Shortening(optional_max=3, description_characters=110, parameter_characters=60)  # noqa: RUF009
    source_weights: Mapping[str, float] = field(default_factory=default_weights)
    test_share: float = 0.05


@dataclass(frozen=True, slots=True)
class Scene:
    """What the conversations of one group are about.

    Attributes:
        shown: the tools offered, as they are shown.
        left_out: tools that are not offered, and that none of those offered resembles.
        link: joins the first two tools shown, or None.
        api: where most of them come from.
    """

    shown: Sequence[Offer]
    left_out: Sequence[Offer]
    link: Link | None
    api: str


def generate(
    tools: Sequence[Entry], settings: Settings, random: Random, *, split: Literal["train", "test"] = "train"
) -> Iterator[tuple[Asked, ...]]:
    """Conversations without end, in groups that share one list of tools.

    Args:
        tools: what `load_tools` gave.
        settings: what is generated.
        random: where chance comes from; the same seed gives the same conversations.
        split: "test" draws from the APIs that "train" never sees.
    """
    library = Library.of(
        tools,
        required_max=settings.required_max,
        source_weights=settings.source_weights,
        test_share=settings.test_share,
        split=split,
    )
    number = 0
    while True:
        group = _group(library, settings, random, number)
        if group:
            number += 1
            yield group


def _group(library: Library, settings: Settings, random: Random, number: int) -> tuple[Asked, ...]:
    """A few conversations about one list of tools; none where the tools drawn do not do."""
    count = random.randint(settings.asked_min, settings.asked_max)
    kinds = random.choices(list(settings.shares), weights=list(settings.shares.values()), k=count)
    scene = _scene(library, settings, random, kinds)
    if len(scene.shown) < settings.offered_min:
        return ()
    tools = tuple(one.tool.to_record() for one in random.sample(list(scene.shown), len(scene.shown)))
    asked = []
    for place, kind in enumerate(kinds):
        draft = _draft(kind, scene, settings, random)
        calls = () if draft.kind == "missing" else draft.calls
        asked.append(
            Asked(
                id=f"generated/{number}/{place}",
                source="generated",
                messages=draft.messages,
                tools=tools,
                kind=draft.kind,
                calls=calls,
                tool=draft.tool,
                missing=draft.missing,
                reply=draft.reply,
                group=scene.api,
            )
        )
    return tuple(asked)


def _scene(library: Library, settings: Settings, random: Random, kinds: Sequence[Kind]) -> Scene:
    """Tools to offer for conversations of these kinds (a link's two first), and some that are left out."""
    linked = "nested" in kinds or "continue" in kinds
    api, link = library.linked_api(random) if linked else (library.api(random), None)
    wanted = _how_many(settings, random)
    all_near, far = library.offers(api), library.some(2 * wanted, random)
    first = [all_near[link.giver], all_near[link.taker]] if link else []
    near = random.sample(all_near, min(len(all_near), wanted + 3))
    near_count = max(1, round(wanted * random.uniform(settings.near_share - 0.3, 1)))
    offers = _distinct([*first, *near[:near_count], *far, *near[near_count:]], max(wanted, len(first)))
    link = link if offers[:2] == first else None
    candidates = [*near[near_count:], *far[-MOST_LEFT_OUT:]] if "none" in kinds else []
    left_out = [one for one in candidates if not any(too_alike(one, other) for other in offers)]
    return Scene(_shown(offers, link, settings, random), left_out, link, api)


def _how_many(settings: Settings, random: Random) -> int:
    """How many tools to offer."""
    counts = range(settings.offered_min, settings.offered_max + 1)
    return random.choices(counts, weights=[OFFERED_WEIGHTS.get(count, 1) for count in counts])[0]


def _distinct(offers: Sequence[Offer], count: int) -> list[Offer]:
    """The first offers of which none resembles another."""
    kept: list[Offer] = []
    for one in offers:
        if len(kept) < count and not any(too_alike(one, other) for other in kept):
            kept.append(one)
    return kept


def _shown(offers: Sequence[Offer], link: Link | None, settings: Settings, random: Random) -> list[Offer]:
    """The offers as the conversations show them: cut, with returns, perhaps under other names."""
    returns = link is not None or random.random() < settings.returns_share
    masks, restyles = random.random() < settings.mask_share, random.random() < settings.restyle_share
    shown: dict[str, Offer] = {}
    for place, one in enumerate(offers):
        offer = cut(one, settings.shortening, random)
        if returns:
            offer = with_returns(offer, link if place == 0 else None, random)
        if masks:
            offer = mask_name(offer, random)
            offer = mask_parameters(offer, random) if random.random() < 0.4 else offer
        elif restyles:
            offer = restyle(offer, random)
        shown.setdefault(offer.tool.name, offer)
    return list(shown.values())


def _draft(kind: Kind, scene: Scene, settings: Settings, random: Random) -> Draft:
    today = some_day(random) if random.random() < settings.today_share else None
    manner = Manner(settings.mention_share, settings.mentioned_max, settings.slip_share, today)
    for _ in range(ATTEMPTS):
        draft = _attempt(kind, scene, manner, random, turns_share=settings.turns_share)
        if draft is not None:
            return draft
    return composing.single(scene.shown, manner, random)


def _attempt(kind: Kind, scene: Scene, manner: Manner, random: Random, *, turns_share: float) -> Draft | None:
    shown = scene.shown
    match kind:
        case "single":
            turns = random.random() < turns_share
            compose = random.choice((composing.answered, results.again, results.later)) if turns else composing.single
        case "parallel":
            compose = random.choice((composing.same_function, composing.several))
        case "chain":
            compose = composing.chain
        case "missing":
            compose = composing.missing
        case "none":
            return composing.none(shown, scene.left_out, manner, random)
        case "done" | "reply":
            return replace(results.finished(shown, manner, random), kind=kind)
        case "nested" | "continue":
            return _linked(kind, scene, manner, random)
    return compose(shown, manner, random)


def _linked(kind: Kind, scene: Scene, manner: Manner, random: Random) -> Draft | None:
    if kind == "continue" and random.random() < 0.4:
        return results.step(scene.shown, manner, random)
    joined = pair(scene.link, scene.shown[0], scene.shown[1]) if scene.link and len(scene.shown) > 1 else None
    if joined is None:
        return None
    return nesting.nested(joined, manner, random) if kind == "nested" else nesting.following(joined, manner, random)
