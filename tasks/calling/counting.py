"""How often a request asks for a function: how probable it is that one more call of it follows.

    p(more than k | at least k calls) = 1 / (1 + exp(-(bias + weights . features)))

A request that gives a parameter several values ("lifts N1, N2 and S1") asks for as many calls. So the spans that a
parameter may take (reader.py) are counted in four ways, and the options that are said of an enumerated one. What other
parameters would take as well ("from 3 to 5 March") is divided among them. The weights are those of a logistic
regression on requests of the training data, which `python -m divisi.specialists.embedded.fit_counts` fits; they know no
base.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from divisi.tasks.calling import reader
from divisi.tasks.calling.alike import enumeration, like_the_first
from divisi.tasks.calling.forms import is_list
from divisi.tasks.calling.found import enumerated, fillable
from divisi.tasks.calling.need import leads_in_parts, needs
from divisi.tasks.calling.reading import Reading, read
from divisi.tasks.calling.regression import stored
from divisi.tasks.calling.sights import Wanted, sight
from divisi.tasks.calling.spans import text_of, today_of
from divisi.tasks.calling.stems import stems
from divisi.tasks.subtask import Message, ToolRecord

FILE = Path(__file__).with_name("counting.json")
CALLS_MOST = 8
"""Of more calls nothing is known."""
TAKEN_FROM, NEAR, FAR, OWN = 0.03, 0.3, 0.08, 0.15
"""The least probability of a parameter's likeliest span; how probable beside it those are that count, three ways."""
EXCESS_MOST = OTHERS_MOST = 3
NUMBERS: Mapping[str, int] = {"both": 2, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
WAYS = ("near", "far", "own", "listed")
FEATURES = (
    *(f"{way}_{what}" for way in WAYS for what in ("any", "all", "share", "excess", "optional")),
    *("options_any", "options_excess", "options_optional", "next_highest", "next_mean", "next_lowest"),
    *("number_said", "higher_number_said", "each_said", "first", "second", "later", "divided", "parts", "unseen"),
    *("others", "another", "leads"),
)
"""Of the required parameters, for each way: whether the count of any is above k, of all, of how many, by how much at
most; then whether that of an optional one is. The same of enumerated parameters. How probable the next span is beside
the likeliest. What the request says: "three" for k = 2, a higher number, "each"; k; commas and "and" as often as k; how
often; whether no required parameter could be counted. Of the need for tools: the sum of the others' needs, 3 at most;
whether it is above 1/2; in how many parts of the request the function leads beyond k."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted of one function in a request, before it is asked how often it is called.

    Attributes:
        ways: [WAYS, parameters], how many values each that a span can fill seems to be given.
        options: how many options are said of each enumerated parameter.
        required: [parameters], whether each must be given.
        options_required: the same of the enumerated ones.
        nexts: of each required one, the probabilities of its spans beside the likeliest, falling.
        text: the request.
        others: the sum of the needs for other tools.
        leads: in how many parts of the request the function leads.
    """

    ways: np.ndarray
    options: np.ndarray
    required: np.ndarray
    options_required: np.ndarray
    nexts: tuple[tuple[float, ...], ...]
    text: str
    others: float
    leads: int


def more_calls(messages: Sequence[Message], tool: ToolRecord, tools: Sequence[ToolRecord]) -> tuple[float, ...]:
    """The probability that after k calls of a function one more follows, for k from 1 to CALLS_MOST - 1."""
    seen = counted(messages, tool, tools)
    every = np.stack([features(seen, calls) for calls in range(1, CALLS_MOST)])
    return tuple(stored(FILE, FEATURES)(every).tolist())


def counted(messages: Sequence[Message], tool: ToolRecord, tools: Sequence[ToolRecord]) -> Counted:
    """What is counted of a function that is offered in a conversation."""
    reading, place = read(text_of(messages), today_of(messages)), list(tools).index(tool)
    needed = needs(messages, tools)
    required = set((tool["function"].get("parameters") or {}).get("required") or ())
    properties, among = fillable(tool), enumerated(tool)
    if properties and reading.spans:
        chances = reader.chances(reading, [sight(reading, Wanted(tool, tools, properties))], [list(properties)])[0]
    else:
        chances = np.zeros((len(properties), 0))
    lists = np.array([is_list(schema) for schema in properties.values()], dtype=bool)
    must = np.array([name in required for name in properties], dtype=bool) & ~lists
    return Counted(
        ways=np.where(lists, 0, _ways(reading, chances)),
        options=np.array([len(_options_said(reading, options)) for options in among.values()], dtype=np.float64),
        required=must,
        options_required=np.array([name in required for name in among], dtype=bool),
        nexts=tuple(_nexts(reading, row) for row in chances[must] if row.size),
        text=reading.text.lower(),
        others=sum(needed) - needed[place],
        leads=leads_in_parts(messages, tools)[place],
    )


def features(seen: Counted, calls: int) -> np.ndarray:
    """What the probability of one more call than `calls` is computed from, float64 [FEATURES]."""
    marks = len(re.findall(r"\band\b|,|;", seen.text))
    numbers = [NUMBERS[word] for word in re.findall(r"[a-z]+", seen.text) if word in NUMBERS]
    nexts = [row[calls] if len(row) > calls else 0.0 for row in seen.nexts] or [0.0]
    options, optional = seen.options[seen.options_required], seen.options[~seen.options_required]
    return np.array(
        [
            *(value for way in seen.ways for value in _above(way, seen.required, calls)),
            *(float((options > calls).any()), _excess(options, calls), float((optional > calls).any())),
            *(max(nexts), sum(nexts) / len(nexts), min(nexts)),
            *(float(calls + 1 in numbers), float(any(number > calls + 1 for number in numbers))),
            float("each" in seen.text or "respectively" in seen.text),
            *(float(calls == 1), float(calls == 2), float(calls > 2)),
            *(float(marks >= calls), float(marks), float(not seen.nexts)),
            *(min(OTHERS_MOST, seen.others), float(seen.others > 1 / 2), float(seen.leads > calls)),
        ]
    )


def _above(counts: np.ndarray, required: np.ndarray, calls: int) -> tuple[float, ...]:
    """In which parameters a count is above that of the calls."""
    must, may = counts[required], counts[~required]
    above = must > calls
    share = float(above.mean()) if must.size else 0.0
    return (
        float(above.any()),
        float(must.size > 0 and above.all()),
        share,
        _excess(must, calls),
        float((may > calls).any()),
    )


def _excess(counts: np.ndarray, calls: int) -> float:
    return float(min(EXCESS_MOST, max(0.0, counts.max(initial=0.0) - calls)))


def _ways(reading: Reading, chances: np.ndarray) -> np.ndarray:
    """How many values each parameter seems to be given, [WAYS, parameters]."""
    counts = np.zeros((len(WAYS), len(chances)))
    owner = chances.argmax(0) if chances.size else np.zeros(0, dtype=np.int64)
    taken: list[set[int]] = []
    for place, row in enumerate(chances):
        if row.max(initial=0.0) < TAKEN_FROM:
            taken.append(set())
            continue
        near, far = like_the_first(reading, row, NEAR), like_the_first(reading, row, FAR)
        own = like_the_first(reading, np.where(owner == place, row, 0), OWN) if (owner == place).any() else []
        taken.append(set(near))
        counts[:, place] = len(near), len(far), len(own), len(enumeration(reading, row))
    for place, spans in enumerate(taken):
        shared = sum(bool(spans) and 2 * len(other & spans) >= len(spans) for other in taken)
        counts[[0, 1, 3], place] /= max(1, shared)
    return counts


def _nexts(reading: Reading, row: np.ndarray) -> tuple[float, ...]:
    """The probabilities of spans like the likeliest one, beside it, falling."""
    first = row.max()
    return tuple(sorted((float(row[place] / first) for place in like_the_first(reading, row, 0.0)), reverse=True))


def _options_said(reading: Reading, among: Sequence[str]) -> list[str]:
    """The options of which a text says all stems, but those that are part of another."""
    said = {stem for known in reading.stems for stem in known}
    heard = [option for option in among if set(stems(option)) and set(stems(option)) <= said]
    return [option for option in heard if not any(set(stems(option)) < set(stems(other)) for other in heard)]
