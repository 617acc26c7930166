"""Days out of words: "17 March", "the second Monday of May", "weeks 24 to 26", "the third quarter".

The letters of what is put together here: D days, S a length of time, E a stretch whose end is meant, J coming hours,
A from now on.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from divisi.tasks.forecasting.effect import Span
from divisi.tasks.forecasting.time_days import Here, Partial
from divisi.tasks.forecasting.time_now import beside_now, left, relative
from divisi.tasks.forecasting.time_rules import Built, Rule, first_number, of_words, pick, put
from divisi.tasks.forecasting.time_words import FEASTS, LONG_FEASTS, NTH_FEASTS, Word


def _span(matched: Sequence[Word]) -> Built:
    unit, count = matched[-1].value, first_number(matched, "nN") or 1
    if unit == "weekend":
        return None
    if matched[-1].kind == "h":
        return put("S", matched, Span(matched[-1].value.hour, "h")) if matched[-1].value else None
    return put(
        "S",
        matched,
        Span(count * 2, "W") if unit == "2W" else Span(count * 3, "M") if unit == "Q" else Span(count, unit),
    )


def _rate(matched: Sequence[Word]) -> Built:
    """ "Every hour", "each week" says how often a size is counted, not when."""
    return None if matched[-1].value == "D" else put("_", matched, None)


def _day(matched: Sequence[Word]) -> Built:
    day = first_number(matched, "noO")
    if day is None or not 1 <= day <= 31:
        return None
    partial = Partial(first_number(matched, "w"), day, first_number(matched, "m"), first_number(matched, "y"))
    return put("D", matched, partial)


def _numeric(matched: Sequence[Word]) -> Built:
    year, month, day = pick(matched, "I")[0].value
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    return put("D", matched, Partial(first_number(matched, "w"), day, month, year or first_number(matched, "y")))


def _nth(matched: Sequence[Word]) -> Built:
    nth = first_number(matched, "Oo") or (-1 if "last" in str(matched[0].value) else None)
    month, year = first_number(matched, "m"), first_number(matched, "y")
    if not nth or nth > 5:
        return None
    if pick(matched, "w"):
        return put("D", matched, Partial(first_number(matched, "w"), None, month, year, nth=nth))
    return put("D", matched, Partial(None, 7 * nth - 6 if nth > 0 else -7, month, year, "W"))


def _feast(matched: Sequence[Word]) -> Built:
    name, year = matched[0].value, first_number(matched, "y")
    if name in NTH_FEASTS:
        month, nth, weekday, shift = NTH_FEASTS[name]
        return put("D", matched, Partial(weekday, None, month, year, nth=nth, shift=shift))
    day, count = LONG_FEASTS.get(name) or (FEASTS[name], 1)
    if isinstance(day, int):
        return put("D", matched, Partial(year=year, easter=day, count=count))
    return put("D", matched, Partial(None, day[1], day[0], year, count=count))


def _months_days(matched: Sequence[Word]) -> Built:
    """ "March 13, 14 and 15"."""
    month, year = first_number(matched, "m"), first_number(matched, "y")
    numbers = pick(matched, "noO")
    if not all(1 <= word.value <= 31 for word in numbers):
        return None
    days = [replace(word, kind="D", value=Partial(None, word.value, month, year)) for word in numbers]
    days[0] = replace(days[0], first=matched[0].first)
    joints = [word for word in matched if word.kind in ",a"][: len(days) - 1]
    return [days[0], *(word for pair in zip(joints, days[1:], strict=False) for word in pair)]


def _some_days(matched: Sequence[Word]) -> Built:
    """ "The first three days of April", "the last two weeks of May"."""
    unit, count = pick(matched, "uk")[0].value, first_number(matched, "nN") or 1
    last = "last" in str(matched[0].value)
    if unit not in ("D", "W") or not 1 <= count <= 31 or not (last or matched[0].value == 1):
        return None
    first = -count * (7 if unit == "W" else 1) if last else 1
    partial = Partial(None, first, first_number(matched, "m"), first_number(matched, "y"), unit, count)
    return put("D", matched, partial)


def _part(matched: Sequence[Word]) -> Built:
    """ "Mid-March", "the first half of 2025"."""
    said, month, year = str(matched[0].value), first_number(matched, "m"), first_number(matched, "y")
    if month is None:
        return (
            put("D", matched, Partial(month=7 if "second" in said else 1, year=year, width="H"))
            if "half" in said
            else None
        )
    first = next(day for word, day in (("mid", 11), ("late", 21), ("second", 16), ("", 1)) if word in said)
    return put("D", matched, Partial(None, first, month, year, count=15 if "half" in said else 10))


def _listed(matched: Sequence[Word]) -> Built:
    """Numbers before a day that shares its month, each as a day: "12, 19 and 26 July"."""
    found: list[Word] = []
    for word in matched:
        if word.kind in "noO":
            if not 1 <= word.value <= 31:
                return None
            before = [found.pop()] if found and found[-1].kind == "w" else []
            partial = Partial(first_number(before, "w"), word.value)
            found.append(Word("D", (before or [word])[0].first, word.last, partial))
        elif word.kind != "x":
            found.append(word)
    return found


def _continued(matched: Sequence[Word]) -> Built:
    """A number after a day that shares its month: "March 3 to 9"."""
    rest = [word for word in matched[1:] if word.kind in "wnoOy"]
    joint, before = next(word for word in matched[1:] if word.kind in "tq-"), matched[0].value
    if joint.kind == "-" and rest[0].kind == "n" and rest[0].first > joint.last:
        return None
    built = _day(rest)
    if built is None or before.fixed:
        return None
    year = built[0].value.year or before.year
    day = replace(built[0], value=replace(built[0].value, month=before.month, year=year))
    if before.day and before.day >= day.value.day:
        day = replace(built[0], value=replace(built[0].value, year=None))
    return [replace(matched[0], value=replace(before, year=year)), joint, day]


def _weekday(matched: Sequence[Word]) -> Built:
    word = matched[-1]
    if len(matched) > 1 and word.last - word.first < SHORTEST_WEEKDAY:
        return None  # "the sun" is no day
    return put("D", matched, Partial(word.value))


def _weeks(matched: Sequence[Word]) -> Built:
    """ "the weeks of 6 and 13 January": each day is the first of its week."""
    weeks = [replace(word, value=replace(word.value, width="W")) if word.kind == "D" else word for word in matched]
    rest = [word for word in weeks[1:] if word.kind in "D,atq-"]
    return [replace(rest[0], first=matched[0].first), *rest[1:]]


def _numbered_week(matched: Sequence[Word]) -> Built:
    """ "Week 12", "weeks 24 to 26"."""
    year, numbers = first_number(matched, "y"), pick(matched, "nN")
    if not all(1 <= word.value <= 53 for word in numbers):
        return None
    weeks = [replace(word, kind="D", value=Partial(week=word.value, year=year, width="W")) for word in numbers]
    weeks[0] = replace(weeks[0], first=matched[0].first)
    return [weeks[0], *pick(matched, "tqa-"), *weeks[1:]]


def _month(matched: Sequence[Word]) -> Built:
    return put("D", matched, Partial(month=first_number(matched, "m"), year=first_number(matched, "y"), width="M"))


def _leading_month(matched: Sequence[Word]) -> Built:
    """A month that opens a sentence, but for two that are words of their own: "may", "march"."""
    return None if matched[0].value in (3, 5) else _month(matched)


def _quarter(matched: Sequence[Word]) -> Built:
    said = str(matched[0].value)
    if matched[0].kind != "Q" and matched[1].value != "Q":
        return None
    number = int(said[1]) if matched[0].kind == "Q" else first_number(matched, "Oo") or 0
    width = "H" if said.startswith("h") else "Q"
    month = (number - 1) * (6 if width == "H" else 3) + 1
    return (
        put("D", matched, Partial(month=month, year=first_number(matched, "y"), width=width))
        if 1 <= month <= 12
        else None
    )


def _year(matched: Sequence[Word]) -> Built:
    return put("D", matched, Partial(month=1, year=first_number(matched, "y"), width="Y"))


def _the_year(matched: Sequence[Word]) -> Built:
    return _year(matched) if matched[0].value == "Y" else None


def _bare_year(matched: Sequence[Word], here: Here) -> Built:
    return _year(matched) if here.frequency.months else None


SHORTEST_WEEKDAY = 6
_BEFORE = "fpqtbaBFlzx@("
DAY_RULES: tuple[Rule, ...] = tuple(
    (re.compile(pattern), build)
    for pattern, build in (
        (r"e[uk]", of_words(_rate)),
        (r"mx?[noO](?:(?:,a|[,a])x?[noO](?![ukm]|xm))+(?:,?y)?", of_words(_months_days)),
        (r"[Oz][nN][uk]x?my?", of_words(_some_days)),
        (r"sx?my?|sy", of_words(_part)),
        (r"(?<!t)z[nN][uk]", beside_now),
        (r"(?<=t)z[nNi][uk]|[nN][uk]|(?<=[Fpt])i[uk]|(?<=F)x?h", of_words(_span)),
        (r"(?:(?<!~)w,?p?x?)?(?<!i)[noO]x?x?m(?:,?y)?", of_words(_day)),
        (r"(?:w,?)?mx?[noO](?:,?y)?(?![uk])", of_words(_day)),
        (r"(?:w,?)?Iy?", of_words(_numeric)),
        (r"[Ooz]wx?x?my?|[Ooz]kx?my?", of_words(_nth)),
        (r"Hy?", of_words(_feast)),
        (r"(?:(?:(?<!~)wx?)?[noO](?:,a|,|[atq-]p?)x?){1,12}(?=(?:wx?)?D)", of_words(_listed)),
        (r"(?<!~)wx?[no](?![uk]|[tq-][hc])|(?<!~)w,?xO(?![uk])", of_words(_day)),
        (r"D[tq-]p?x?(?:wx?)?[noO](?:,?y)?(?![uk])", of_words(_continued)),
        (r"(?<=[xfpqtba-])o(?![uk])|(?<=[pfqtbax]x)O(?=[,.(atqpG-]|$)|(?<=[fqt]x)O(?![ukw])", of_words(_day)),
        (r"r", relative),
        (r"z[wuk]", beside_now),
        (r"(?<![ei])kf?[xp]*(?:(?:D,?)[atq,-]k?){0,12}D", of_words(_weeks)),
        (r"k[nN](?:[tqa-][nN])?(?:,?x?y)?", of_words(_numbered_week)),
        (rf"my|(?<=[{_BEFORE},-])m|m(?=[atq-]my?)|(?<![^.])m(?=[:,])", of_words(_month)),
        (r"(?<![^.])m(?!n)", of_words(_leading_month)),
        (r"Qx?y?|[Oo]u(?:x?x?y)?", of_words(_quarter)),
        (r"(?<=[pfqtbxFLlB])y", of_words(_year)),
        (r"uy", of_words(_the_year)),
        (r"(?<![^.])y", _bare_year),
        (r"(?<=[pfbqtaB@(.L-])w(?!~)|(?<![^D])w(?!~)|xw(?!~)", of_words(_weekday)),
        (r"lD|l[uk]|l", left),
    )
)
