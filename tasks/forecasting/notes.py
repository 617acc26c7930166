"""The text about a series: cleaned of what no reader sees, so that evidence can be a literal part of it."""

import re
import unicodedata

from divisi.tasks.forecasting.errors import TextError
from divisi.tasks.forecasting.repair import Repair

LONGEST = 20_000
MARK = re.compile(r"<\|[a-z_]{1,20}\|>")
"""The form of a base's special tokens: a text must not be able to open a turn."""

LINE_END = re.compile(r"\r\n?|\u2028|\u2029")
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
JOINERS = "\u200c\u200d"
"""Invisible, but part of words and emoji."""


def read_notes(text: object, *, longest: int = LONGEST) -> tuple[str, tuple[Repair, ...]]:
    """The text as specialists read it and evidence is looked up in; "" where nothing is said.

    Args:
        text: as somebody sent it; None is no text.
        longest: the most characters.

    Raises:
        TextError: it is no text, or too long.
    """
    if text is None:
        return "", ()
    if not isinstance(text, str):
        raise TextError("not_a_text", f"the context must be a text, not {type(text).__name__}; decode or join it first")
    if len(text) > longest:
        raise TextError(
            "too_long", f"the context has {len(text)} characters; send the parts about the series, at most {longest}"
        )
    steps = (
        ("line_ends", LINE_END, "\n", "line ends of another kind are plain line ends now"),
        ("marks_removed", MARK, "", "marks of the language model were taken out of the context"),
    )
    repairs = []
    for kind, pattern, by, what in steps:
        changed, count = pattern.subn(by, text)
        if count:
            repairs.append(Repair(kind, None, count, None, f"{count} {what}"))
        text = changed
    seen = "".join(sign for sign in text if _is_seen(sign))
    if len(seen) < len(text):
        count = len(text) - len(seen)
        repairs.append(Repair("invisible_removed", None, count, None, f"{count} invisible characters were taken out"))
    if not seen.strip():
        return "", tuple(repairs)
    return seen.strip(), tuple(repairs)


def _is_seen(sign: str) -> bool:
    return sign in "\n\t" or sign in JOINERS or unicodedata.category(sign) not in INVISIBLE
