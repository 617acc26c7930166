"""The gate before a new specialist is served: not worse than the resident one, or it is kept aside with the reason.

It is examined on the test that the resident one passed, which lies in its folder (test.jsonl), and on a held share of
the new data; so is the resident one. Those examples go with the new one, for its own successor.
"""

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean

from divisi.services.examining import Manner, examine
from divisi.specialists.base import Base
from divisi.specialists.card import read_card
from divisi.specialists.placing import written_whole
from divisi.tasks.example import Example, read_examples, write_examples
from divisi.tasks.score import interval

TEST = "test.jsonl"
ASIDE = ".aside"
REASON = "reason.json"


@dataclass(frozen=True, slots=True)
class Finding:
    """What the gate says of one new specialist.

    Attributes:
        name: of the specialist.
        accepted: whether it may take the resident's place.
        reason: why, with the numbers.
        count: examples that both answered.
        resident, new: their mean scores; None where there is no resident, or nothing to compare on.
    """

    name: str
    accepted: bool
    reason: str
    count: int
    resident: float | None
    new: float | None


def own_test(resident: Path) -> list[Example]:
    """The test that a resident has passed; nothing where none lies in its folder."""
    file = resident / TEST
    return list(read_examples(file)) if file.is_file() else []


def joined(*parts: Sequence[Example]) -> list[Example]:
    """Examples of several tests, each once."""
    found = {same(one): one for part in parts for one in part}
    return list(found.values())


def same(example: Example) -> str:
    """A text that two examples share where they ask the same."""
    case = example.case
    told = [example.subtask, case.messages, case.tools, case.focus, case.occurrence]
    return json.dumps(told, sort_keys=True, default=str)


def find(
    name: str, resident: Sequence[float | None] | None, new: Sequence[float | None], *, margin: float = 0.0
) -> Finding:
    """Whether a new specialist is good enough.

    Args:
        name: of the specialist.
        resident: the score of each example, None where it could not be asked; None as a whole where nobody is resident.
        new: the same of the new one.
        margin: by how much its mean may be lower.
    """
    if resident is None:
        known = [score for score in new if score is not None]
        mean = fmean(known) if known else None
        return Finding(name, True, f"the first of its name{_scored(mean, len(known))}", len(known), None, mean)
    pairs = [(old, now) for old, now in zip(resident, new, strict=True) if old is not None and now is not None]
    if not pairs:
        reason = "no example was held back that both could answer, so that it cannot be compared with the resident one"
        return Finding(name, False, reason, 0, None, None)
    before, after = (fmean(scores) for scores in zip(*pairs, strict=True))
    low, high = interval([now - old for old, now in pairs])
    accepted = after >= before - margin
    reason = (
        f"{'not worse' if accepted else 'worse'}: {after:.3f} against the resident's {before:.3f} on {len(pairs)} "
        f"examples (difference {low:+.3f} to {high:+.3f})"
    )
    return Finding(name, accepted, reason, len(pairs), before, after)


def _scored(mean: float | None, count: int) -> str:
    return "; nothing was held back to test it with" if mean is None else f"; it scores {mean:.3f} on {count} examples"


def install(new: Path, place: Path, test: Sequence[Example]) -> None:
    """Copy a specialist into its place, with the test that it passed; who was there goes when it stands."""
    with written_whole(place) as part:
        shutil.copytree(new, part, dirs_exist_ok=True)
        if test:
            write_examples(part / TEST, test)


def admit(
    base: Base,
    new: Path,
    root: Path,
    name: str,
    *,
    resident: Path | None,
    trunk: Path | None,
    test: Sequence[Example],
    manner: Manner,
) -> tuple[Finding, Path]:
    """Judge a new specialist, and put it into its place or aside.

    Args:
        base: that it was trained on.
        new: its folder.
        root: the folder of its place, which is named as it is.
        name: of it.
        resident: whom it would replace, or None.
        trunk: that plays beside both, or None.
        test: what was held back of the new data.
        manner: in which they are served.

    Returns:
        What the gate says, and where the specialist is now.

    Raises:
        StoreError: the resident does not match the base or the trunk.
    """
    every = joined([] if resident is None else own_test(resident), test)
    before = None if resident is None else examine(base, resident, trunk, every, manner)
    finding = find(name, before, examine(base, new, trunk, every, manner))
    if not finding.accepted:
        return finding, put_aside(new, root, finding)
    install(new, root / name, every)
    return finding, root / name


def put_aside(new: Path, root: Path, finding: Finding) -> Path:
    """Keep a specialist that was not accepted, with the reason. Returns where."""
    version = read_card(new).version[:12]
    place = root / ASIDE / f"{finding.name}-{version}"
    install(new, place, ())
    (place / REASON).write_text(json.dumps(asdict(finding), indent=2) + "\n", encoding="utf-8")
    return place
