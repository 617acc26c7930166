"""Ways to mention a parameter's value in a sentence. A mark stands where the value's words will be."""

import re
from collections.abc import Mapping
from random import Random

from divisi.tasks.generation.meanings import Parameter
from divisi.tasks.generation.quantities import TIME_UNITS, UNIT_SPELLINGS, unit_of
from divisi.tasks.generation.words import listed, with_article, word_set

Patterns = tuple[str, ...]


def _patterns_by_key(block: str) -> Mapping[str, Patterns]:
    """Lines of "key: pattern | pattern"."""
    lines = (line.partition(": ") for line in block.strip().splitlines())
    return {key.strip(): listed(patterns) for key, _, patterns in lines}


BY_MEANING = _patterns_by_key("""
    city: in {v} | in {v} | for {v}
    country: in {v} | for {v} | from {v}
    region: in {v} | in the {v} region | in region {v}
    place: in {v} | for {v} | at {v} | with {w} {v}
    language: in {v} | in {v} | with {w} {v}
    currency: in {v} | in {v} | with {w} {v}
    topic: for {q} | about {v} | matching {q} | on {v} | for {v}
    count: with {w} {v} | with a {w} of {v} | ({w} {v}) | with the {w} at {v}
    sentence: with the {w} {q} | saying {q} | with {q} as the {w} | with the {w}: {q} | and the {w} {q}
    title: titled {q} | called {q} | with the {w} {q} | with {q} as {w}
    field: by {v} | with {w} {v}
    tag: with {w} {v} | with the {w} {v} | {w} {v}
    email: with {w} {v} | with the {w} {v} | using {v} as {w} | for {v}
    user: for {w} {v} | of {w} {v} | for {v} | by {v}
    person: for {v} | of {v} | with {w} {v}
    company: for {v} | of {v} | with {w} {v}
    thing: for {v} | with {w} {v} | {w} {v} | in {v}
    year: for {v} | in {v} | for the year {v} | from {v}
    object: with {v} | with {w}: {v} | with the {w} {v}
""")
"""Meaning of a parameter -> patterns that follow the object; {v} value, {q} value in quotes, {w} its words."""

BY_LAST_WORD = _patterns_by_key("""
    limit: at most {v} | no more than {v} | only {v} | with a limit of {v} | limited to {v} | up to {v} of them
    page: page {v} | on page {v}
    format: as {v} | in {v} format
    output: as {v} | in {v} format
    sort: sorted by {v} | ordered by {v} | sort by {v}
    order: in {v} order | {v} order
    status: with status {v} | that are {v} | with the status {v} | status {v}
    type: of type {v} | of the {v} type | with type {v} | type {v}
    category: in the {v} category | in category {v} | from category {v}
    name: called {v} | named {v} | with the name {v} | by the name of {v} | with {w} {v}
    parent: under {v} | in {v} | with parent {v}
    description: with the description {q} | described as {q} | description {q}
    destination: to {v}
    origin: from {v}
    tags: tagged {v} | with the tags {v} | tags: {v}
    duration: for {v} | lasting {v} | with a duration of {v}
    amount: of {v} | for {v} | with an amount of {v} | amount {v}
    quantity: {v} of them | with quantity {v} | quantity {v}
    radius: within {v} | within a radius of {v}
    color: in {v} | coloured {v} | with colour {v}
    password: with the password {v} | password {v}
    filter: filtered by {v} | with the filter {v}
""")
"""Last word of a parameter's name -> patterns."""

GENERIC = listed("""
    with {w} {v} | with {w} {v} | with the {w} {v} | with {v} as the {w} | using {v} as the {w} | where the {w} is {v} |
    ({w} {v}) | ({w}: {v}) | {w} {v} | {w}: {v} | {w} = {v} | for {w} {v} | with the {w} set to {v}
""")
NUMBERS = listed("""
    with {a} of {v} | with {a} of {v} | and {a} of {v} | where the {w} is {v} | given {a} of {v} | for {a} of {v} |
    if the {w} is {v} | at {a} of {v} | with {v} as the {w} | with {w} {v} | {w} {v}
""")
SENTENCES = listed("""
    The {w} is {v}. | {w}: {v}. | Use {v} as the {w}. | The {w} should be {v}. | For the {w} take {v}. | {w} {v}. |
    Make the {w} {v}. | Please use {w} {v}. | As {w} use {v}. | Set the {w} to {v}.
""")
BELONGING = listed("in {n} {v} | in the {n} {v} | with {n} {v} | for {n} {v} | of {n} {v}")
STARTS = listed("from {v} | starting {v} | from {v} on | since {v} | with {w} {v}")
ENDS = listed("until {v} | to {v} | up to {v} | till {v} | ending {v} | with {w} {v}")
NAMED_TIMES = listed("with {w} {v} | with the {w} {v} | {w} {v} | ({w}: {v}) | with {v} as the {w}")
LASTING = listed("for {v} | for {v} | {v} | lasting {v} | with {w} {v} | with {w} of {v}")
QUOTED = ('"{v}"', "'{v}'", "“{v}”", "{v}")
TRUE_PHRASES = listed("""
    with {w} | with {w} on | {w}: yes | with {w} turned on | and {w} enabled | with {w} set to true | {w} true |
    with {w} enabled
""")
FALSE_PHRASES = listed("""
    without {w} | with {w} off | {w}: no | not {w} | with {w} turned off | with {w} set to false | {w} false |
    with {w} disabled
""")
DO_PHRASES = listed("and {w} | and please {w} | {w}")
DO_NOT_PHRASES = listed("but don't {w} | but do not {w} | don't {w}")

START_WORDS = word_set("from start since begin after starting min minimum")
END_WORDS = word_set("to end until before till through ending deadline due")
NUMBER_MEANINGS = word_set("quantity amount latitude longitude")
TIME_MEANINGS = word_set("date moment time year")
QUOTED_MEANINGS = word_set("sentence title topic")
ACTING_WORDS = word_set("include only exclude show hide allow force skip ignore notify return send use enable")
EMPTY_WORDS = word_set("is flag has should")
OF = re.compile(r"[.,;:(]| of | to | for | in | that | which ")


def said_words(given: Parameter, random: Random) -> str:
    """What people call the parameter: the words of its name, or the first words of its description."""
    words = list(given.words)
    if unit_of(given) and len(words) > 1 and UNIT_SPELLINGS.get(words[-1]):
        words.pop()
    text = " ".join(words)
    told = OF.split(given.description.lower())[0].removeprefix("the ").strip()
    if len(text) < 3 and 0 < len(told) < 25:
        return told
    if text.endswith(" id") or text == "id":
        text = text[:-2] + random.choice(("id", "ID", "ID", "identifier", "id"))
    return text


def mention(given: Parameter, mark: str, random: Random, *, alone: bool = True) -> str:
    """A phrase that follows the object of a request and gives a parameter's value.

    Args:
        given: the parameter.
        mark: stands for the value's words.
        random: where chance comes from.
        alone: whether no other parameter takes such values, so that "for Oslo" cannot mean another one.
    """
    return _filled(random.choice(_patterns(given, random, alone=alone)), given, mark, random)


def mention_apart(given: Parameter, mark: str, random: Random) -> str:
    """A sentence of its own that gives a parameter's value."""
    text = _filled(random.choice(SENTENCES), given, mark, random)
    return text[0].upper() + text[1:]


def mention_boolean(given: Parameter, truth: bool, random: Random) -> str:
    """A phrase that says that something shall be so or not."""
    words = [word for word in given.words if word not in EMPTY_WORDS] or list(given.words) or [given.name]
    acting = words[0] in ACTING_WORDS and len(words) > 1 and random.random() < 0.6
    yes, no = (DO_PHRASES, DO_NOT_PHRASES) if acting else (TRUE_PHRASES, FALSE_PHRASES)
    return random.choice(yes if truth else no).format(w=" ".join(words))


def _patterns(given: Parameter, random: Random, *, alone: bool) -> Patterns:
    words = given.words
    if not words or random.random() < 0.15:
        return GENERIC
    if given.meaning in TIME_MEANINGS or words[-1] in {"date", "time"}:
        return _time_patterns(given)
    if given.meaning in NUMBER_MEANINGS:
        return _number_patterns(given, random, alone=alone)
    if words[0] in {"to", "from"}:
        return (f"{words[0]} {{v}}", f"{words[0]} {{v}}", *GENERIC[:3])
    if words[-1] == "name" and len(words) > 1:
        return (*(pattern.replace("{n}", " ".join(words[:-1])) for pattern in BELONGING), *GENERIC)
    return _usual_patterns(given, alone=alone)


def _usual_patterns(given: Parameter, *, alone: bool) -> Patterns:
    return BY_LAST_WORD.get(given.words[-1]) or (BY_MEANING.get(given.meaning, GENERIC) if alone else GENERIC)


def _number_patterns(given: Parameter, random: Random, *, alone: bool) -> Patterns:
    if alone and unit_of(given) in TIME_UNITS:
        return LASTING if len(given.words) > 1 else LASTING[:4]
    return NUMBERS if random.random() < 0.6 else _usual_patterns(given, alone=alone)


def _time_patterns(given: Parameter) -> Patterns:
    words = set(given.words)
    if words & START_WORDS:
        return STARTS
    if words & END_WORDS:
        return ENDS
    if len(given.words) > 1:
        return NAMED_TIMES
    return ("at {v}",) if given.meaning == "time" else ("on {v}", "for {v}", "dated {v}")


def _filled(pattern: str, given: Parameter, mark: str, random: Random) -> str:
    quoted = random.choice(QUOTED if given.meaning in QUOTED_MEANINGS else QUOTED[-1:])
    words = said_words(given, random)
    return pattern.format(v=mark, q=quoted.format(v=mark), w=words, a=with_article(words))
