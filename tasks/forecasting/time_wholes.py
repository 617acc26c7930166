"""Whole expressions of time out of days and clock times: ranges, lists, lengths from a day on, hours of every day."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from divisi.tasks.forecasting.effect import Span
from divisi.tasks.forecasting.time_days import Partial
from divisi.tasks.forecasting.time_rules import Built, Rule, of_words, pick, put
from divisi.tasks.forecasting.time_words import Clock, Word

EVERY_DAY = 7


@dataclass(frozen=True, slots=True)
class Point:
    """A moment or a stretch of days that is said: days, a clock time, or both."""

    first: int
    last: int
    days: Partial | None = None
    clock: Clock | None = None


@dataclass(frozen=True, slots=True)
class Phrase:
    """A whole expression of time, not yet resolved.

    Attributes:
        form: "one", "from", "until", "before", "range", "list", "hours" (of each day of a range), "hours of list",
            "counted" (a length from a point on), "span" (a length alone), "again" (every weekday, or day), "now",
            "ahead" (the next hours), "back" (points back to an earlier one), "left" (what is left of a year).
        points: its moments, in order.
        clocks: the hours of each day.
        span: its length.
        weekday: that comes again, or EVERY_DAY.
        every: how many weeks or days later it comes again.
        said: the words of one that points back.
    """

    form: str
    points: tuple[Point, ...] = ()
    clocks: tuple[Clock, ...] = ()
    span: Span | None = None
    weekday: int | None = None
    every: int = 1
    said: str = ""


def _part_of_day(matched: Sequence[Word]) -> Built:
    """ "eight tonight", "two in the afternoon", "four tomorrow morning"."""
    word, part = matched
    clock = word.value if word.kind in "ch" else Clock(word.value) if word.value < 24 else None
    if clock is None or not re.search(r"night|morning|noon|evening", part.value):
        return None
    late = re.search(r"night|noon|evening", part.value) and clock.hour < 12 and not clock.half
    clock = Clock(clock.hour + 12 * bool(late), clock.minute, half=True)
    return [replace(word, kind="c", value=clock), replace(part, kind="_" if part.kind == "j" else "r")]


def _clocks(matched: Sequence[Word]) -> Built:
    """Numbers between "from" and "to", as clock times; "6-9 pm" says the half of the day once."""
    found = []
    for word in matched:
        if word.kind == "T":
            if not word.value.startswith(("that", "the same", "this")):
                return None
            continue  # "18:00 that day": the day is clear without it
        if word.kind in "nNhc":
            clock = word.value if word.kind in "hc" else Clock(word.value) if word.value <= 24 else None
            if clock is None:
                return None
            found.append(replace(word, kind="C", value=clock))
        else:
            found.append(word)
    clocks = [word.value for word in found if word.kind == "C"]
    if len(clocks) == 2 and clocks[1].half and not clocks[0].half and clocks[0].hour + 12 <= clocks[1].hour < 24:
        late = replace(clocks[0], hour=clocks[0].hour + 12)
        found = [replace(word, value=late) if word.value is clocks[0] else word for word in found]
    return found


CLOCK_FIRST: tuple[Rule, ...] = ((re.compile(r"[nNch][rj]"), of_words(_part_of_day)),)
CLOCK_RULES: tuple[Rule, ...] = tuple(
    (re.compile(pattern), of_words(_clocks))
    for pattern in (
        r"(?<=[fb])x?[nNhc](?:[atq-]|,q)[p@]?x?[nNhc](?![uk])",
        r"(?<=D)[,:(]?[fb]?[nhc][tqa-][nhc](?![uk])",
        r"[nh][t-][ch]|h-n",
        r"(?<=[@])[nNh](?![uk_])|(?<=Df)n(?=[:.])|(?<=[pfqtbD,:(-])h",
        r"[ch]T",
        r"c",
    )
)


def _point(matched: Sequence[Word]) -> Built:
    days, clocks = pick(matched, "D"), pick(matched, "C")
    point = Point(
        matched[0].first, matched[-1].last, days[0].value if days else None, clocks[0].value if clocks else None
    )
    return put("P", matched, point)


def _same_day(matched: Sequence[Word]) -> Built:
    """A day that is said twice: "tomorrow (Friday 11 April)"; the more definite words count."""
    loose, firm = matched[0].value, matched[2].value
    twice = (loose.fixed and loose.fixed[0] == loose.fixed[1]) or (loose.said == 1 and loose.day is None)
    return put("D", matched, firm) if twice and not firm.fixed and firm.said > 1 and firm.width == "D" else None


POINT_RULES: tuple[Rule, ...] = (
    (re.compile(r"D[,(]D\(?"), of_words(_same_day)),
    (re.compile(r"C,?[p@]?x?D|D[,:(]?f?[p@]?x?C|D|C"), of_words(_point)),
)


def _points(matched: Sequence[Word]) -> tuple[Point, ...]:
    return tuple(
        word.value if word.kind == "P" else Point(word.first, word.last, word.value) for word in pick(matched, "PDE")
    )


def _whole(matched: Sequence[Word], form: str) -> list[Word]:
    return put("X", matched, Phrase(form, _points(matched)))


def _as(form: str) -> Callable[[Sequence[Word]], Built]:
    return lambda matched: _whole(matched, form)


def _hours(matched: Sequence[Word]) -> Built:
    clocks = tuple(word.value for word in pick(matched, "C"))
    if len(pick(matched, "D")) == 1:
        days, begin, end = pick(matched, "DC")
        start = Point(days.first, begin.last, days.value, begin.value)
        return put("X", matched, Phrase("range", (start, Point(end.first, end.last, None, end.value))))
    joints = {word.kind for word in matched[: matched.index(pick(matched, "C")[0])]}
    form = "hours" if joints & set("tqb-") and len(pick(matched, "D")) == 2 else "hours of list"
    return put("X", matched, Phrase(form, _points(matched), clocks))


def _again(matched: Sequence[Word]) -> Built:
    weekdays, points = pick(matched, "wv"), _points(matched)
    if not weekdays and not points:
        return None
    clocks = tuple(point.clock for point in points if point.clock and not point.days)
    if len(clocks) not in (0, 2):
        return None
    days = () if clocks else points
    every = 2 if str(matched[0].value).startswith("every ") else 1
    return put("X", matched, Phrase("again", days, clocks, None, weekdays[0].value if weekdays else EVERY_DAY, every))


def _counted(matched: Sequence[Word]) -> Built:
    said = next((word.value for word in matched if word.kind == "T"), "")
    return put("X", matched, Phrase("counted", _points(matched), (), pick(matched, "S")[0].value, said=said))


def _until(matched: Sequence[Word]) -> Built:
    if matched[0].kind == "t" and matched[0].value.split()[0] not in ("through", "thru", "ending", "ends", "last"):
        return None if matched[-1].kind != "E" else _whole(matched, "until")
    event = bool(pick(matched, "_")) and not pick(matched, "lE")
    if event and (pick(matched, "p")[-1].value != "on" or "til" not in matched[0].value):
        return None
    return _whole(matched, "before" if matched[0].kind == "B" or event else "until")


def _span(matched: Sequence[Word]) -> Built:
    return put("X", matched, Phrase("span", span=pick(matched, "S")[0].value))


def _ahead(matched: Sequence[Word]) -> Built:
    return put("X", matched, Phrase("ahead", span=pick(matched, "J")[0].value))


def _back(matched: Sequence[Word]) -> Built:
    return put("X", matched, Phrase("back", said=matched[0].value))


HOUR_RULES: tuple[Rule, ...] = (
    (
        re.compile(r"(?:eu,?)?[fbp]?x?D(?:(?:,a|[,atq-])p?x?D){1,12}\(?[,:(]?(?:eu,?)?[fbp]?C[tqa-]p?x?C"),
        of_words(_hours),
    ),
    (re.compile(r"D[,:(]?[fb]?C[tqa-]x?C"), of_words(_hours)),
)
PHRASE_RULES: tuple[Rule, ...] = tuple(
    (re.compile(pattern), of_words(build))
    for pattern, build in (
        (r"(?:e[wvu]|v),?[fb]?x?P(?:[tqa-]|,q)p?x?P|e[wvu]fP[gG]?|e[wv]", _again),
        (r"[fbF]?x?P(?:,?[tq]|-)[p@]?x?[PE]|bx?Pa[p@]?x?[PE]|fP[gp]?,?F?E", _as("range")),
        (r"S[px]?f[px]*P[g]?|Sx?T|[fp@]?P,?a?[Fp]x?S", _counted),
        (r"P(?:(?:,a|[,a])p?x?P){1,30}", _as("list")),
        (r"f[xp]?P[gGp]?|P[gG]", _as("from")),
        (r"bTa[p@]?x?P|qx?(?:l?_{1,6}|E_{0,3})px?P|[qBtd][px]?[PE]", _until),
        (r"[Fp]x?S|(?<=t)S|(?<![^.])O?S(?!~)", _span),
        (r"[p@]?x?P", _as("one")),
        (r"A", _as("now")),
        (r"[Fp]?x?J", _ahead),
        (r"[pF]?E", _as("left")),
        (r"T", _back),
    )
)
