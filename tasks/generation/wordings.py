"""What a tool is for, as people would ask for it: a verb and an object drawn from its description or name."""

import re
from dataclasses import dataclass
from random import Random

from divisi.tasks.calling.tool import Tool
from divisi.tasks.generation.meanings import Parameter
from divisi.tasks.generation.verbs import (
    MOSTLY_NOUNS,
    NO_VERBS,
    NOUNS_TOO,
    PARTICLES,
    SAME_VERB,
    VERBS,
    base_verb,
    same_verb,
)
from divisi.tasks.generation.vocabulary import SYNONYMS
from divisi.tasks.generation.words import base_form, content_words, is_plural, split_name, stem, with_article, word_set

LABELS = re.compile(r"^(?:description: *|\[[^\]]*\] *|crud: *|beta: *|(?:get|post|put|delete|patch) /\S+ +)", re.I)
THING = r"(?:endpoint|method|operation|api|call|function|service|request|resource|action|procedure|command|tool)"
PURPOSE = r"(?: to| for| will| allows?(?: \w+)? to| lets you| enables?(?: \w+)? to)"
LEADS = re.compile(
    rf"^(?:(?:this|the) (?:\w+ )?{THING}(?: operation| call)?(?: is| can be)?(?: used)?{PURPOSE}?"
    rf"|(?:an? )?{THING}(?: \w+)? (?:to|for|that|which)"
    r"|use this(?: \w+){0,3} to|use to|used to|allows?(?: \w+)? to|lets you|enables you to|you can|to|can be used to"
    r"|use (?:it|the \w+ \w+) to) +",
    re.I,
)
"""What stands before the verb and says nothing of it."""

ADVERBS = re.compile(
    r"^(?:partially|permanently|immediately|asynchronously|synchronously|fully|simply|safely|temporarily|forcefully"
    r"|manually|automatically|bulk|fast) ",
    re.I,
)
STOPS = re.compile(
    r"(?:[.;:(\[]| - | -- |, | that | which | using | based on | when | where | if | so that | in order | via "
    r"| such as | without | whose | due to | matching | with the | with a | according to | along with | identified by "
    r"| associated with the (?:given|specified)| specified | given | or | send | optionally | filtered | sorted "
    r"| grouped | and returns? | is | are | was | has | have | can | will | must | should | as well "
    r"| by (?:its|the|their|an|a|providing|passing|unique|(?:id|ids|name|key|slug|uuid)\b|identifier|\w+ id\b))",
    re.I,
)
"""Where the object of a description ends."""

SENTENCE_END = re.compile(r"[.;:(\[,]")

FILLER = re.compile(
    r"\b(?:specified|given|existing|provided|particular|specific|supplied|requested|desired|one or more|currently"
    r"|authenticated|individual|available|previously|paginated|paged|single|certain|the list of|a list of|list of"
    r"|(?:a |the )?(?:page|set|collection|array) of) ",
    re.I,
)
"""Words of descriptions that nobody says."""

LONGEST_READ = 200
LONGEST_OBJECT = 11
UNUSABLE_STARTS = word_set("""
    this these if when note often by in as for you your please warning deprecated important it is has and with from
    of
""")
PREPOSITIONS = word_set("""
    of for in to from on by with at into within under between about per as against through
""")
ARTICLES = word_set("a an the all any your this these every each")
OBJECT_STARTS = ARTICLES | word_set("my our its one several multiple new for to in up out down off on back")
QUESTION_WORDS = word_set("what how whether which when where who why")
COMMON_VERBS = (frozenset(VERBS) | frozenset(SAME_VERB)) - MOSTLY_NOUNS - {"check", "play", "end", "start", "display"}
NEVER_VERBS = PREPOSITIONS | QUESTION_WORDS | NO_VERBS
ID_WORDS = word_set("id ids name key slug identifier code number uuid guid arn sid ref no uid")
NAMED_MEANINGS = word_set("""
    id number_id uuid name path user person company city country region place domain title tag ticker language ip
""")


@dataclass(frozen=True, slots=True)
class Intent:
    """What a tool does.

    Attributes:
        verb: in its base form, of VERBS where it has a synonym there.
        object: what it is done to, without a leading article; "" where only the verb is known.
        words: stems of everything that tells this tool from others.
    """

    verb: str
    object: str
    words: frozenset[str]


def intent(tool: Tool) -> Intent:
    """What a tool does, from its description where that begins with a verb, else from its name."""
    verb, phrase = _from_description(tool.description) or _from_name(tool)
    head, _, rest = phrase.partition(" ")
    bare = rest if head.lower() in ARTICLES else phrase
    words = content_words(f"{verb} {phrase} {' '.join(split_name(tool.name))}")
    return Intent(verb if head == "it" else same_verb(verb), bare, words)


def _from_description(description: str) -> tuple[str, str] | None:
    text = LABELS.sub("", re.sub(r" ?\([^)]*\)", "", description.strip()))
    text = ADVERBS.sub("", LEADS.sub("", text))
    first, _, rest = text.partition(" ")
    verb = _verb(first, rest)
    if verb is None:
        return None
    particle, _, behind = rest.partition(" ")
    if f"{verb} {particle.lower()}" in PARTICLES:
        verb, rest = PARTICLES[f"{verb} {particle.lower()}"], behind
    phrase = _phrase(_without_second_verb(rest))
    if not phrase or phrase.split()[0].lower() in {"by", "of", "or", "and", "at"}:
        return None
    return verb, phrase


def _verb(word: str, rest: str) -> str | None:
    """The base form of a description's first word where it is a verb."""
    follows = rest.split(" ", maxsplit=1)[0].lower()
    base = base_verb(word)
    if base is not None:
        inflected = base != word.lower()
        before_preposition = base in NOUNS_TOO and follows in PREPOSITIONS
        noun = before_preposition or (base in MOSTLY_NOUNS and follows not in OBJECT_STARTS)
        return None if noun and not (inflected and follows not in PREPOSITIONS) else base
    plain = word.lower()
    looks = (
        follows in ARTICLES
        and re.fullmatch(r"[a-z]{3,}", plain)
        and plain not in PREPOSITIONS | QUESTION_WORDS | NO_VERBS
    )
    return base_form(plain) if looks else None


def _without_second_verb(rest: str) -> str:
    """The object after "or update", "and sends out"."""
    words = rest.split()
    if len(words) > 2 and words[0].lower() in {"or", "and", "/", "&"} and base_verb(words[1]):
        words = words[3:] if words[2] in {"out", "up", "off", "in"} else words[2:]
    return " ".join(words)


def imperative_intent(tool: Tool) -> Intent:
    """What a tool does whose description is a command in the imperative: its first word is the verb, known or not."""
    first, _, rest = re.sub(r" ?\([^)]*\)", "", tool.description).partition(" ")
    verb, phrase = base_verb(first) or first.lower(), _phrase(_without_second_verb(rest))
    head, _, behind = phrase.partition(" ")
    particle = f"{verb} {head}"
    if particle in PARTICLES:
        verb, phrase = PARTICLES[particle], behind
        head, _, behind = phrase.partition(" ")
    return Intent(same_verb(verb), behind if head.lower() in ARTICLES else phrase, content_words(f"{verb} {phrase}"))


def _phrase(text: str) -> str:
    """The object at the beginning of a text, without fillers and clauses."""
    text = FILLER.sub("", text[:LONGEST_READ])
    first = text.partition(" ")[0].lower()
    stop = (SENTENCE_END if first in QUESTION_WORDS else STOPS).search(text + ".")
    words = text[: stop.start() if stop else None].strip(" .,\"'`").split()
    while len(words) > LONGEST_OBJECT or (
        words and words[-1].lower() in PREPOSITIONS | ARTICLES | {"and", "following"}
    ):
        words.pop()
    if words and words[0][:1].isupper() and words[0][1:2].islower():
        words[0] = words[0][0].lower() + words[0][1:]
    joined_up = re.compile(r"[A-Z][a-z]+(?:[A-Z][a-z]+)+")
    return " ".join(word if not joined_up.fullmatch(word) else " ".join(split_name(word)) for word in words)


def _from_name(tool: Tool) -> tuple[str, str]:
    """Verb and object where the description does not begin with a verb: the name's verb, the description's words."""
    words = [word for word in split_name(tool.name) if not word.isdigit()]
    phrase = _phrase(tool.description)
    start = phrase.partition(" ")[0].lower()
    usable = bool(phrase) and start not in UNUSABLE_STARTS
    verb = _verb_of_name(words)
    if verb is None or (usable and start in QUESTION_WORDS):
        return "get", phrase if usable else " ".join(words)
    rest = " ".join(words[words.index(verb) + 1 :] or words[: words.index(verb)]).split(" by ")[0]
    asks = same_verb(verb) in {"get", "list", "find", "calculate", "check", "count"}
    return (verb, phrase) if asks and usable else (verb, rest or phrase)


def _verb_of_name(words: list[str]) -> str | None:
    """A common verb anywhere, or any verb at the beginning."""
    common = (word for word in words if word in COMMON_VERBS)
    first = words[0] if words and base_verb(words[0]) == words[0] and words[0] not in NOUNS_TOO else None
    return next(common, first)


def said_object(intent: Intent, random: Random) -> str:
    """The object with an article, some of its nouns replaced by synonyms."""
    words = [
        random.choice(SYNONYMS[word]) if word in SYNONYMS and random.random() < 0.4 else word
        for word in intent.object.split()
    ]
    phrase = " ".join(words)
    if not phrase:
        return "it"
    if words[0].lower() in QUESTION_WORDS | PREPOSITIONS | {"it"}:
        return phrase
    head = head_noun(phrase)
    if intent.verb in {"create", "add", "generate", "register"} and not is_plural(head):
        new = random.choice(("new ", "", "")) if not phrase.startswith(("new ", "random ")) else ""
        return with_article(new + phrase)
    if is_plural(head):
        return (
            random.choice(("the ", "the ", "all ", "all the ", "", "my ", "our ")) + phrase
            if intent.verb in {"get", "list"}
            else phrase
        )
    return random.choice(("the ", "the ", "the ", "the ", "")) + phrase


def head_noun(phrase: str) -> str:
    """The last word before the first preposition."""
    words = phrase.split()
    for place, word in enumerate(words):
        if word.lower() in PREPOSITIONS and place:
            return words[place - 1]
    return words[-1] if words else ""


def attach(phrase: str, given: Parameter, mark: str, random: Random) -> str | None:
    """The phrase with a value put behind the noun that it names, or None where no noun is named.

    "the details of a film" with film_id -> "the details of film F-12".
    """
    if given.meaning not in NAMED_MEANINGS or not given.words:
        return None
    noun = [word for word in given.words if word not in ID_WORDS]
    words = phrase.split()
    found = position(words, noun) if noun else position(words, [head_noun(phrase)])
    if found is None or "\ue000" <= words[min(found[1], len(words) - 1)][:1] <= "\uf8ff":
        return None
    start, end = widened(words, *found)
    named = words[start:end]
    if is_plural(named[-1].lower()):
        return None
    before = words[: start - 1] if start and words[start - 1].lower() in ARTICLES else words[:start]
    return " ".join([*before, _numbered(" ".join(named), given, mark, random), *words[end:]])


def widened(words: list[str], start: int, end: int) -> tuple[int, int]:
    """The noun with what stands before it up to an article or a preposition: "booking" -> "hotel booking"."""
    while (
        start
        and words[start - 1].lower() not in ARTICLES | PREPOSITIONS | {"and", "my", "our"}
        and words[start - 1].isalpha()
    ):
        start -= 1
    return start, end


def position(words: list[str], noun: list[str]) -> tuple[int, int] | None:
    """Where a noun stands last among words, in the singular or plural: first word and one behind the last."""
    stems, wanted = [stem(word) for word in words], [stem(word) for word in noun]
    for start in range(len(words) - len(wanted), -1, -1):
        if stems[start : start + len(wanted)] == wanted:
            return start, start + len(wanted)
    return None


def _numbered(noun: str, given: Parameter, mark: str, random: Random) -> str:
    last = given.words[-1] if given.words[-1] in ID_WORDS else None
    if last is None:
        return random.choice((f"{noun} {mark}", f"{noun} {mark}", f"the {noun} {mark}", f"the {mark} {noun}"))
    forms = [
        f"{noun} {mark}",
        f"{noun} {mark}",
        f"the {noun} {mark}",
        f"the {noun} with {last} {mark}",
        f"the {noun} with the {last} {mark}",
    ]
    if last in {"name", "slug"}:
        forms += [f"the {noun} called {mark}", f"the {noun} named {mark}", f"the {mark} {noun}", f"{mark}"]
    if given.meaning == "number_id":
        forms += [f"{noun} number {mark}", f"{noun} no. {mark}", f"{noun} #{mark}"]
    return random.choice(forms)
