"""Numbers and amounts: the JSON number, and how a text says it, in digits, words or another unit."""

import re
from random import Random

from divisi.tasks.generation.meanings import Parameter, json_type
from divisi.tasks.generation.words import paired, word_list, word_set

SMALL = word_list("""
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen
""")
TENS = word_list("zero ten twenty thirty forty fifty sixty seventy eighty ninety")
UNITS = {
    unit: tuple(said.split(", "))
    for unit, said in paired("""
    seconds: seconds, sec, s; minutes: minutes, min; hours: hours, h; days: days; weeks: weeks; months: months;
    years: years; km: km, kilometres, kilometers; kg: kg, kilos, kilograms; cm: cm, centimetres; mb: MB, megabytes;
    percent: percent, %, per cent; gb: GB, gigabytes; meters: metres, m, meters; miles: miles; grams: grams, g;
    celsius: degrees, degrees Celsius, °C; liters: litres, l; pixels: pixels, px; ms: ms, milliseconds; watts: watts, W;
    people: people; nights: nights
""").items()
}
"""A unit, as names and descriptions spell it -> as texts spell it."""

UNIT_SPELLINGS = {unit: unit for unit in UNITS} | paired("""
    second: seconds; minute: minutes; hour: hours; day: days; sec: seconds; secs: seconds; mins: minutes;
    kilometers: km; kilometres: km; metres: meters; pct: percent; percentage: percent; rate: percent; pixel: pixels;
    milliseconds: ms; c: celsius; litres: liters; gram: grams
""")
"""Other spellings of units in names and descriptions."""

TIME_UNITS = word_set("seconds minutes hours days weeks months years nights")
USUAL_RANGES = {
    **{"age": (1, 99), "percent": (1, 100), "rate": (1, 20), "month": (1, 12), "hour": (0, 23), "minute": (0, 59)},
    **{"people": (1, 20), "guests": (1, 12), "party": (1, 12), "rating": (1, 5), "page": (1, 30), "height": (2, 250)},
    **{
        "weight": (1, 150),
        "quantity": (1, 60),
        "week": (1, 52),
        "day": (1, 31),
        "passengers": (1, 9),
        "angle": (1, 180),
    },
}
"""Word of a parameter's name -> the smallest and the largest whole number that people mean mostly."""

IN_UNIT = re.compile(r"\bin ([a-z]+)\b", re.I)


def in_words(number: int) -> str:
    """A whole number from 0 to 9,999 in English words."""
    if number < 20:
        return SMALL[number]
    if number < 100:
        return TENS[number // 10] + (f"-{SMALL[number % 10]}" if number % 10 else "")
    if number < 1000:
        rest = f" and {in_words(number % 100)}" if number % 100 else ""
        return f"{SMALL[number // 100]} hundred{rest}"
    rest = f" {in_words(number % 1000)}" if number % 1000 else ""
    return f"{in_words(number // 1000)} thousand{rest}"


def say_whole(number: int, random: Random) -> str:
    """A whole number in digits, seldom in words or in thousands."""
    drawn = random.random()
    if 0 <= number < 20 and drawn < 0.3:
        return in_words(number)
    if 20 <= number < 10_000 and drawn < 0.08 and (number < 100 or number % 50 == 0):
        return in_words(number)
    if number >= 1000 and number % 100 == 0 and drawn < 0.25:
        return f"{number / 1000:g}k"
    return f"{number:,}" if number >= 1000 and drawn > 0.7 else str(number)


def unit_of(given: Parameter) -> str | None:
    """The unit that a parameter's name or description tells."""
    for word in reversed(given.words):
        if UNIT_SPELLINGS.get(word):
            return UNIT_SPELLINGS[word]
    told = IN_UNIT.search(given.description)
    return UNIT_SPELLINGS.get(told.group(1).lower()) or None if told else None


def say_in_unit(number: float, unit: str, random: Random) -> str:
    """A number with its unit, or in another one: 90 minutes as "an hour and a half"."""
    if unit in {"minutes", "seconds"} and random.random() < 0.6 and (other := _longer(number, unit)):
        return other
    spelled = random.choice(UNITS[unit])
    if number == 1 and spelled in {"minutes", "hours", "days", "weeks", "months", "years", "nights", "seconds"}:
        return f"one {spelled[:-1]}"
    said = say_whole(int(number), random) if number == int(number) else f"{number:g}"
    return f"{said}{'' if spelled in {'%', '°C'} else ' '}{spelled}"


def _longer(number: float, unit: str) -> str | None:
    longer = "hour" if unit == "minutes" else "minute"
    special = {
        30: f"half {'an' if longer == 'hour' else 'a'} {longer}",
        45: f"three quarters of {'an' if longer == 'hour' else 'a'} {longer}",
    }
    special |= {
        60: f"one {longer}",
        90: f"{'an' if longer == 'hour' else 'a'} {longer} and a half",
        15: f"a quarter of {'an' if longer == 'hour' else 'a'} {longer}",
    }
    if number in special:
        return special[int(number)]
    if number > 60 and number % 60 == 0:
        count = int(number // 60)
        return f"{in_words(count) if count < 13 else count} {longer}s"
    if 120 < number < 1000 and number % 60 == 30:
        return f"{in_words(int(number // 60))} and a half {longer}s"
    return None


def draw_quantity(given: Parameter, random: Random) -> tuple[float, str]:
    """A number that suits a parameter, and its words."""
    unit = unit_of(given)
    number: float = _whole_for(given, unit, random)
    if json_type(given.schema) == "number" and random.random() < 0.5:
        number = round(random.uniform(0.1, 10 ** random.choice((1, 1, 2, 3))), random.choice((1, 1, 2)))
        number = _within(number, given)
        number = int(number) if number == int(number) else number
    said_already = given.words == (unit,) and unit not in TIME_UNITS
    if unit and not said_already and number >= 0 and random.random() < 0.7:
        return number, say_in_unit(number, unit, random)
    return number, say_whole(number, random) if isinstance(number, int) and number >= 0 else str(number)


def _whole_for(given: Parameter, unit: str | None, random: Random) -> int:
    """A whole number: one that the unit makes likely, or one that lies within the bounds."""
    if unit in {"minutes", "seconds"} and random.random() < 0.7:
        number: int = random.choice((5, 10, 15, 20, 30, 30, 40, 45, 60, 60, 90, 90, 120, 150, 180, 240, 300))
        if _within(number, given) == number:
            return number
    for word, (smallest, largest) in USUAL_RANGES.items():
        if word in given.words and random.random() < 0.8:
            number = random.randint(smallest, largest)
            if _within(number, given) == number:
                return number
    low, high = given.schema.get("minimum", 1), given.schema.get("maximum")
    span = 10 ** random.choice((1, 1, 2, 2, 3))
    high = high if isinstance(high, (int, float)) else (low if isinstance(low, (int, float)) else 1) + span
    low = low if isinstance(low, (int, float)) else 1
    return random.randint(int(low), max(int(low), min(int(high), int(low) + 100_000)))


def _within(number: float, given: Parameter) -> float:
    low, high = given.schema.get("minimum"), given.schema.get("maximum")
    if isinstance(low, (int, float)):
        number = max(number, low)
    return min(number, high) if isinstance(high, (int, float)) else number
