"""The places of a text at which it may speak of an effect, and what each looks like.

A mention is a size, or a sentence without regard to sizes. It is seen as hashed words (those around it, by where they
stand) and a few numbers (what kind of size, how large beside the series, which times stand near).
"""

import math
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from divisi.tasks.calling.likeness import meaning_of
from divisi.tasks.calling.stems import lexicon, stem_of
from divisi.tasks.forecasting.card import Card
from divisi.tasks.forecasting.clauses import Place, clause_at, sentences_in
from divisi.tasks.forecasting.said_sizes import KINDS as SIZE_KINDS
from divisi.tasks.forecasting.said_sizes import SaidSize, said_sizes
from divisi.tasks.forecasting.said_times import SaidTime

BUCKETS = 8192
NEAR, NEAR_MEANT = 3, 4
"""Words beside a size: seen one by one, and by what they mean together."""
WORD = re.compile(r"[^\W_]+|%|[^\w\s]")
FREQUENCIES = ("min", "h", "D", "B", "W", "M", "Q", "Y", "step")
MOST_MENTIONS = 40


@dataclass(frozen=True, slots=True)
class Mention:
    """A place at which a text may speak of an effect.

    Attributes:
        size: that is said there; None for a sentence as a whole.
        sentence, clause: in which it stands.
    """

    size: SaidSize | None
    sentence: Place
    clause: Place

    @property
    def at(self) -> int:
        """Its first character."""
        return self.clause.first if self.size is None else self.size.first


@dataclass(frozen=True, slots=True)
class Seen:
    """What a mention looks like: hashed words int64 [words], numbers float32 [DENSE]."""

    words: np.ndarray
    dense: np.ndarray


def mentions_in(text: str, times: Sequence[SaidTime]) -> tuple[Mention, ...]:
    """The mentions of a text, sentence by sentence: each sentence, then its sizes."""
    sizes = said_sizes(text, [(time.first, time.last) for time in times])
    found: list[Mention] = []
    for sentence in sentences_in(text):
        found.append(Mention(None, sentence, sentence))
        own = [size for size in sizes if sentence.holds(size.first)]
        found += [Mention(size, sentence, clause_at(text, sentence, size.first)) for size in own]
    return tuple(found[:MOST_MENTIONS])


def seen_of(card: Card, text: str, mention: Mention, times: Sequence[SaidTime]) -> Seen:
    """What a mention looks like."""
    words = np.array([zlib.crc32(word.encode()) % BUCKETS for word in _words(card, text, mention)], dtype=np.int64)
    return Seen(words, np.array(_numbers(card, text, mention, times), dtype=np.float32))


def _words(card: Card, text: str, mention: Mention) -> Iterator[str]:
    """Words by where they stand: beside the size, in its clause, in its sentence."""
    clause, sentence = mention.clause, mention.sentence
    kind = "whole" if mention.size is None else mention.size.kind
    yield f"kind {kind}"
    inside = _stems(text, clause.first, clause.last)
    yield from (f"c {stem}" for stem in set(inside))
    if mention.size is None:
        yield from (f"w {one} {other}" for one, other in pairwise(inside))
    else:
        before = _stems(text, sentence.first, mention.size.first)[-NEAR:]
        after = _stems(text, mention.size.last, sentence.last)[:NEAR]
        yield from (f"b{place} {stem}" for place, stem in enumerate(reversed(before)))
        yield from (f"a{place} {stem}" for place, stem in enumerate(after))
        yield from (f"{kind} b {stem}" for stem in before)
        yield from (f"{kind} a {stem}" for stem in after)
        yield f"bb {' '.join(before[-2:])}"
        yield f"aa {' '.join(after[:2])}"
    yield from (f"s {stem}" for stem in set(_stems(text, sentence.first, sentence.last)))
    unit = set(_stems(card.unit, 0, len(card.unit)))
    if unit & set(inside):
        yield "unit in clause"


def _stems(text: str, first: int, last: int) -> list[str]:
    found = []
    for match in WORD.finditer(text, first, min(last, len(text))):
        word = match.group().lower()
        found.append("#" if word[0].isdigit() else stem_of(word) if word.isalpha() else word)
    return found


def _numbers(card: Card, text: str, mention: Mention, times: Sequence[SaidTime]) -> list[float]:
    size = mention.size
    kinds = [float(size is not None and size.kind == kind) for kind in SIZE_KINDS]
    usual = float(np.mean(np.abs(card.last_values))) if card.last_values else 0.0
    ratio = 0.0
    if size is not None and size.kind == "plain" and usual > 0 and size.value:
        ratio = max(-4.0, min(4.0, math.log(abs(size.value) / usual)))
    shape = [abs(ratio) < 0.7, ratio > 2, ratio < -2, size is not None and size.signed]
    inside = [time for time in times if mention.sentence.holds(time.first)]
    past = [_is_past(time, card) for time in inside]
    near = [bool(inside), any(past), bool(past) and not all(past), any(time.recurrence for time in inside)]
    near += [any(time.end is None and time.start is not None for time in inside), bool(times)]
    clause = meaning_of(text[mention.clause.first : mention.clause.last])
    sentence = meaning_of(text[mention.sentence.first : mention.sentence.last])
    series = meaning_of(f"{card.name} {card.unit}")
    freq = [float(card.frequency.unit.rstrip("SE") == unit) for unit in FREQUENCIES]
    alike = [float(clause @ series), float(sentence @ series)]
    first, last = (mention.clause.first, mention.clause.last) if size is None else (size.first, size.last)
    beside = [
        _near(text[mention.sentence.first : first], -NEAR_MEANT),
        _near(text[last : mention.sentence.last], NEAR_MEANT),
    ]
    meanings = [4 * vector for vector in (clause, sentence, *beside)]
    return [*kinds, ratio, *map(float, shape), *map(float, near), *freq, *alike, *np.concatenate(meanings)]


def _near(text: str, count: int) -> np.ndarray:
    """The meaning of so many words at the end of a text (a negative count) or at its beginning."""
    found = WORD.findall(text)
    return meaning_of(" ".join(found[count:] if count < 0 else found[:count]))


def dense_size() -> int:
    """How many numbers a mention is seen as."""
    width: int = lexicon().vectors.shape[1]
    return len(SIZE_KINDS) + 5 + 6 + len(FREQUENCIES) + 2 + 4 * width


def _is_past(time: SaidTime, card: Card) -> bool:
    """Whether a time lies before the steps ahead."""
    last = time.end if time.end is not None else time.start
    if last is None:
        return False
    if isinstance(last, int) or isinstance(card.history_end, int):
        return isinstance(last, int) and isinstance(card.history_end, int) and last <= card.history_end
    return str(last)[:10] <= str(card.history_end)[:10]


TIMES_SEEN = 11


def times_seen(card: Card, text: str, mention: Mention, kind: str, times: Sequence[SaidTime]) -> np.ndarray:
    """What each time looks like beside a mention, float32 [times, TIMES_SEEN]."""
    rows = []
    inside = [time for time in times if mention.sentence.holds(time.first)]
    for time in times:
        here, within = mention.sentence.holds(time.first), mention.clause.holds(time.first)
        distance = abs(time.first - mention.at) / 100
        before = time.first <= mention.at
        past, masked = _is_past(time, card), kind == "mask_history"
        between = text[min(time.first, mention.at) : max(time.first, mention.at)]
        rows.append(
            [
                float(here), float(within), -min(distance, 4.0), float(before and here), float(before and not here),
                float(past and masked), float(past and not masked), float(len(inside) == 1 and here),
                -float(min(3, between.count(","))), float(time.start is not None), float(time.recurrence is not None),
            ]
        )  # fmt: skip
    return np.array(rows, dtype=np.float32)
