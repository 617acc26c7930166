"""Fit whether a text says yes or no for a boolean parameter (tasks/calling/flags.py) on requests by hand.

python -m divisi.specialists.embedded.fit_flags --data DATA
"""

import json
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from divisi.specialists.embedded.fit_spans import KINDS, LONGEST_TEXT
from divisi.specialists.embedded.fitting import fit_parser
from divisi.specialists.embedded.library import open_library
from divisi.specialists.embedded.logistic import Logistic, fit_logistic
from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.calling.flag_sights import FEATURES, booleans, features
from divisi.tasks.calling.flags import FILE
from divisi.tasks.calling.reading import read
from divisi.tasks.calling.sights import Wanted
from divisi.tasks.calling.spans import text_of, today_of

DECAY = 1e-2
"""Of 1e-4 to 3e-2 that under which requests of other fields were the likeliest."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """One boolean parameter of one call: its features, whether it must be given, and what it is (None: not given)."""

    seen: np.ndarray
    required: bool
    value: bool | None


def answers(asked: Asked) -> Iterator[Answer]:
    """Those of all calls of a conversation."""
    text = text_of(asked.messages)
    reading = read(text, today_of(asked.messages))
    if not reading.starts.size or len(text) > LONGEST_TEXT:
        return
    tools = {tool["function"]["name"]: tool for tool in asked.tools}
    occurrences, counted = Counter(call.name for call in asked.calls), Counter[str]()
    for call in asked.calls:
        counted[call.name] += 1
        names = booleans(tools[call.name]) if call.name in tools else []
        if names:
            wanted = Wanted(tools[call.name], asked.tools, {}, counted[call.name], occurrences[call.name])
            for name, seen in zip(names, features(reading, wanted, names), strict=True):
                value = call.arguments.get(name)
                if value is None or isinstance(value, bool):
                    yield Answer(seen, bool(seen[FEATURES.index("required")]), value)


def fit(chosen: Sequence[Answer]) -> dict[str, Logistic]:
    """That an optional parameter is given, and that what is given is true."""
    optional = [one for one in chosen if not one.required]
    given = [one for one in chosen if one.value is not None]
    return {
        "given": _fit(optional, [one.value is not None for one in optional]),
        "true": _fit(given, [one.value is True for one in given]),
    }


def _fit(chosen: Sequence[Answer], truth: Sequence[bool]) -> Logistic:
    x = np.stack([one.seen for one in chosen])
    fitted = fit_logistic(x, np.array(truth, dtype=np.float64), np.ones(len(chosen)), decay=DECAY)
    log.info("event=fit_flags answers=%d loss=%.3f", len(chosen), fitted.loss)
    return fitted


def main() -> None:
    """The command."""
    options = fit_parser("Fit whether a conversation says yes or no for a boolean parameter.", seed=False).parse_args()
    requests = [
        one for one in open_library(options.data).requests if one.source.startswith("written") and one.kind in KINDS
    ]
    fitted = fit([answer for one in requests for answer in answers(one)])
    records = {what: one.record(FEATURES) for what, one in fitted.items()}
    FILE.write_text(json.dumps(records, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
