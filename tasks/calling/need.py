"""How probable it is that a request needs a tool, and the invocation that tells it.

A request for several things has a part for each. So a tool is compared with the others in the whole request and in
every part of it: what leads in one part is needed, however little of the whole it is. That, and what each word of the
request looks like beside the tools, is what the networks of need_net.py see; they know no base. Invocations tell needs
as digits, and the router leans by them.
"""

import json
import math
import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from divisi.tasks.calling.likeness import Score, alike, request_stems, scores_of, user_texts
from divisi.tasks.calling.need_net import chances
from divisi.tasks.calling.reading import Reading, read
from divisi.tasks.calling.tool_sights import ToolSight, tool_sight
from divisi.tasks.subtask import Case, Message, ToolRecord

LONGEST = 700
"""Characters of a request that the networks read, from its beginning; its parts and likeness are of the whole."""
PARTS_MOST = 12
SHOWN_MOST = 8
LEAST_WORDS = 2
LEADS_FROM = 4.0
"""The least likeness with which a tool leads in a part."""
MARGIN = 5.0
"""Margins of likeness are told in multiples of it."""
BETWEEN = re.compile(r"(?<=[.!?;:])\s+|\n+|,\s+|\s+(?:and|then|also|after that|finally|plus|but)\s+", re.IGNORECASE)
FEATURES = (
    *("score", "share", "margin", "cosine", "part_score", "part_margin", "part_cosine", "leads"),
    *("parts", "tools", "best", "parts_share"),
)
"""Of a tool: ln(1 + likeness); likeness by the highest; likeness beyond the next best, in MARGINs; cosine; then the
highest of each in a part of the request; parts in which the tool leads, 3 at most. Of all tools: ln parts, ln tools,
ln(1 + highest likeness). The last is ln parts times the share."""


def asking(subtask: str, case: Case) -> str:
    """An invocation that names the tools that are most needed, each with ten times its need, 9 at most.

    The subtask stands at its end once more, next to the answer whose form it decides.
    """
    found = needs(case.messages, case.tools)
    order = sorted(range(len(found)), key=lambda place: -found[place])[:SHOWN_MOST]
    told = (f"{case.tools[place]['function']['name']} {min(9, int(10 * found[place]))}" for place in order)
    return f"{subtask} ({', '.join(told)}) {subtask}" if order else subtask


def needs(messages: Sequence[Message], tools: Sequence[ToolRecord]) -> list[float]:
    """The probability that each tool is needed, in (0, 1)."""
    return list(_needs(tuple(user_texts(messages)), json.dumps(tools))) if tools else []


@lru_cache(maxsize=32)
def _needs(texts: tuple[str, ...], tools: str) -> tuple[float, ...]:
    """The same, kept, as every stage of a request asks for it."""
    found: list[float] = chances(
        *seen([{"role": "user", "content": text} for text in texts], json.loads(tools))
    ).tolist()
    return tuple(found)


def seen(messages: Sequence[Message], tools: Sequence[ToolRecord]) -> tuple[Reading, ToolSight]:
    """What needs are told from: the text of the request, and what it looks like beside at least one tool."""
    reading = read(last_text(messages)[:LONGEST])
    return reading, tool_sight(reading, tools, features(messages, tools))


def features(messages: Sequence[Message], tools: Sequence[ToolRecord]) -> np.ndarray:
    """What is known of at least one tool beside the whole request and its parts, float64 [tools, FEATURES]."""
    whole, cosines = _parted(scores_of(request_stems(messages), tools))
    part_scores, part_cosines = _in_parts(messages, tools)
    margins, leads = np.stack([_margins(one) for one in part_scores]), _leads(part_scores)
    best, ones = float(whole.max()), np.ones(len(tools))
    share = whole / (best or 1.0)
    columns = (
        *(np.log1p(whole), share, _margins(whole) / MARGIN, cosines),
        *(np.log1p(part_scores.max(0)), margins.max(0) / MARGIN, part_cosines.max(0), np.minimum(leads, 3)),
        *(ones * math.log(len(part_scores)), ones * math.log(len(tools)), ones * math.log1p(best)),
        math.log(len(part_scores)) * share,
    )
    return np.stack(columns, axis=1)


def leads_in_parts(messages: Sequence[Message], tools: Sequence[ToolRecord]) -> list[int]:
    """In how many parts of the request each tool is the likest, and like enough."""
    found: list[int] = _leads(_in_parts(messages, tools)[0]).tolist()
    return found


def as_said(names: Sequence[str], messages: Sequence[Message], tools: Sequence[ToolRecord]) -> list[str]:
    """The names of tools in the order in which the request asks for them, so far as its parts tell; else as they were.

    Each stands for the part in which it is ahead of the other named ones by the most likeness: right for 216 of 226
    ordered requests of training texts, and for 16 of 17 held-back ones.
    """
    places = {tool["function"]["name"]: place for place, tool in enumerate(tools)}
    named = [places[name] for name in dict.fromkeys(names) if name in places]
    if len(named) < 2:
        return list(names)
    scores = _in_parts(messages, tools)[0][:, named]
    ahead = np.stack([_margins(one) for one in scores])
    part = dict(zip(dict.fromkeys(name for name in names if name in places), ahead.argmax(0).tolist(), strict=True))
    return sorted(names, key=lambda name: part.get(name, len(scores)))


def last_text(messages: Sequence[Message]) -> str:
    """What the user said last, "" where nothing was said."""
    told = user_texts(messages)
    return told[-1] if told else ""


def parts_of(text: str) -> list[str]:
    """The parts of a request that may each ask for something: sentences, lines, and what "and" or a comma divides."""
    parts = [part for part in BETWEEN.split(text) if len(part.split()) >= LEAST_WORDS]
    return parts[:PARTS_MOST] or [text]


def _in_parts(messages: Sequence[Message], tools: Sequence[ToolRecord]) -> tuple[np.ndarray, np.ndarray]:
    """Likeness and cosine of each tool in each part of the request, [parts, tools]."""
    parts = [_parted([alike(part, tool) for tool in tools]) for part in parts_of(last_text(messages))]
    scores, cosines = (np.stack(values) for values in zip(*parts, strict=True))
    return scores, cosines


def _leads(scores: np.ndarray) -> np.ndarray:
    margins = np.stack([_margins(one) for one in scores])
    leads: np.ndarray = ((margins > 0) & (scores > LEADS_FROM)).sum(0)
    return leads


def _parted(scores: Sequence[Score]) -> tuple[np.ndarray, np.ndarray]:
    """Likeness and cosine of each tool."""
    return np.array([score.whole for score in scores]), np.array([score.cosine for score in scores])


def _margins(scores: np.ndarray) -> np.ndarray:
    """How much each is above the highest of the others; 0 stands for others that are not there."""
    order = np.sort(scores)
    highest, next_best = order[-1], order[-2] if len(order) > 1 else 0.0
    margins: np.ndarray = scores - np.where(scores == highest, next_best, highest)
    return margins
