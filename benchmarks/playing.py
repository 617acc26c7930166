"""Answering many items, several at once, each answer kept as soon as it is there, so that a killed run goes on."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from arms import Arm
from items import Answered, Item, Prediction, from_record

FORMAT = 1
"""Of the answers that are kept; another one makes other files."""


def shelf(folder: Path, arm: Arm, set_name: str) -> Path:
    """The file of an arm's answers to a set; another base, adapter, probe or way of writing has another file."""
    probe = arm.section.probe
    told = (
        FORMAT,
        arm.fingerprint,
        [adapter["version"] for adapter in arm.adapters],
        None if probe is None else [part.hex() for part in probe.to_bytes()],
        repr(arm.section.limits),
    )
    digest = hashlib.sha256(json.dumps(told).encode()).hexdigest()[:12]
    grammar = "grammar" if arm.mode.grammar else "free"
    return folder / f"{set_name}-{arm.name}-{grammar}-{digest}.jsonl"


def kept(file: Path, items: Sequence[Item]) -> dict[str, Prediction]:
    """The answers that a file holds to these items; a line that was cut by a kill, or of another request, is none."""
    keys = {item.id: item.key for item in items}
    found = {one.id: one for one in _read(file)} if file.is_file() else {}
    return {name: one for name, one in found.items() if keys.get(name) == one.key}


def _read(file: Path) -> Iterator[Prediction]:
    for line in file.read_text(encoding="utf-8").split("\n"):
        record = _whole(line)
        if record is not None:
            yield from_record(record)


def _whole(line: str) -> Any:
    """The record of a line; None where it is empty or a kill has cut it."""
    try:
        return json.loads(line)
    except json.JSONDecodeError:
        return None


async def answer_all(
    arm: Arm, items: Sequence[Item], file: Path, *, together: int, told: Callable[[int], None]
) -> list[Answered]:
    """Answer all items that the file has no answer to.

    Args:
        arm: who answers.
        items: of one set.
        file: keeps the answers.
        together: requests that are answered at once; their rows share batches.
        told: takes how many answers there are, at the start and after each.

    Returns:
        All items with their answers, in the order of the items.
    """
    found = kept(file, items)
    waiting = iter([item for item in items if item.id not in found])
    told(len(found))
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as lines:
        # A kill may have left half a line; what follows begins on its own.
        lines.write("\n")

        async def work() -> None:
            for item in waiting:
                found[item.id] = await arm.answer(item)
                lines.write(json.dumps(found[item.id].to_record(), ensure_ascii=False) + "\n")
                lines.flush()
                told(len(found))

        async with asyncio.TaskGroup() as group:
            for _ in range(together):
                group.create_task(work())
    return [(item, found[item.id]) for item in items]
