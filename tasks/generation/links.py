"""Which tools feed each other: a field that one returns is a parameter that another takes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from divisi.tasks.generation.meanings import Parameter
from divisi.tasks.generation.offers import Offer
from divisi.tasks.generation.wordings import ID_WORDS, head_noun
from divisi.tasks.generation.words import split_name, stem, word_set

GIVING_VERBS = word_set("""
    get list search find create add generate register calculate convert check count start upload send
""")
GIVEN_LAST_WORDS = ID_WORDS | word_set("email address date amount total path url text")
TAKEN_MEANINGS = word_set("id number_id uuid name")
MOST_LINKS = 200


@dataclass(frozen=True, slots=True)
class Link:
    """The result field of one tool of an API that is a parameter of another.

    Attributes:
        giver: index of the tool that returns the field.
        taker: index of the tool that takes it.
        field: name of the field.
        parameter: the taker's parameter, under its true name.
        noun: what the field belongs to ("film").
    """

    giver: int
    taker: int
    field: str
    parameter: str
    noun: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two offered tools that a link joins.

    Attributes:
        giving, taking: the tools, as shown.
        field: the field of the first one's result.
        taken: the second one's parameter, under the name shown.
        noun: what the field belongs to ("film").
    """

    giving: Offer
    taking: Offer
    field: str
    taken: str
    noun: str


def find_links(offers: Sequence[Offer]) -> tuple[Link, ...]:
    """The links among tools of one API: by the fields they return, or by the noun that an id belongs to."""
    nouns = [stem(head_noun(one.intent.object)) if one.intent.verb in GIVING_VERBS else "" for one in offers]
    found: list[Link] = []
    for taker, taking in enumerate(offers):
        for taken in taking.parameters:
            if taken.name in taking.required or taking.tool.returns:
                found += _links_to(taker, taken, offers, nouns)
        if len(found) > MOST_LINKS:
            break
    return tuple(found)


def _links_to(taker: int, taken: Parameter, offers: Sequence[Offer], nouns: Sequence[str]) -> Iterator[Link]:
    """The links to one parameter. `nouns` holds the stem of what each tool gives, "" where it gives nothing."""
    noun = [word for word in taken.words if word not in ID_WORDS]
    named = stem(noun[-1]) if noun and len(noun) < len(taken.words) and taken.meaning in TAKEN_MEANINGS else None
    for giver, giving in enumerate(offers):
        if giver == taker:
            continue
        if giving.tool.returns:
            yield from _by_field(giver, giving, taker, taken)
        elif nouns[giver] == named and taken.name not in giving.tool.properties:
            field = taken.name if sum(map(ord, taken.name + giving.tool.name)) % 2 else taken.words[-1]
            yield Link(giver, taker, field, taken.name, " ".join(noun))


def _by_field(giver: int, giving: Offer, taker: int, taken: Parameter) -> Iterator[Link]:
    if not taken.words or taken.words[-1] not in GIVEN_LAST_WORDS:
        return
    for field in giving.tool.returns:
        if split_name(field) == taken.words and field not in giving.tool.properties:
            noun = [word for word in taken.words if word not in ID_WORDS] or [head_noun(giving.intent.object)]
            yield Link(giver, taker, field, taken.name, " ".join(noun))


def pair(link: Link, giving: Offer, taking: Offer) -> Pair | None:
    """The link between two tools as they are shown, or None where one of them does not show its end of it.

    Masking changes a parameter's name, but not its words.
    """
    names = [one.name for one in taking.parameters if one.name == link.parameter]
    names = names or [one.name for one in taking.parameters if one.words == split_name(link.parameter)]
    if len(names) != 1 or link.field not in giving.tool.returns:
        return None
    return Pair(giving, taking, link.field, names[0], link.noun)


def with_returns(given: Offer, link: Link | None, random: Random) -> Offer:
    """The offer with invented return fields where it tells none; the link's field is among them."""
    if given.tool.returns:
        return given
    noun = head_noun(given.intent.object).lower() or "result"
    fields = (
        ("id", f"string, id of the {noun}"),
        ("status", "string"),
        ("created_at", "string, when it was made"),
        ("name", f"string, name of the {noun}"),
        ("count", "integer"),
        ("url", "string"),
    )
    chosen = dict(random.sample(fields, random.choice((1, 2, 2))))
    if link is not None:
        of_noun = f"string, {link.field if link.field in ID_WORDS else 'id'} of the {link.noun}"
        chosen = {link.field: of_noun, **chosen}
    return replace(given, tool=replace(given.tool, returns=chosen))
