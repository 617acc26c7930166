"""A schedule as a JSON file, for the picture and for whoever asks later why this order."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from divisi.scheduler.curriculum import Course
from divisi.scheduler.entropy import Control
from divisi.scheduler.schedule import Schedule
from divisi.services.errors import ConfigError

FORMAT = 1


def record_of(schedule: Schedule, course: Course | None, controls: Sequence[Control]) -> dict[str, Any]:
    """All that was measured and decided, as plain JSON; without a course, the decision alone."""
    order, transfer = schedule.order, schedule.transfer
    return {
        "format": FORMAT,
        "tasks": list(schedule.tasks),
        "by": schedule.by,
        "order": {
            "advised": list(order.tasks),
            "natures": dict(order.natures),
            "bwt": order.bwt,
            "advantage": asdict(order.advantage),
            "better": order.better,
            "items": order.items,
            "unbound": {"tasks": list(order.unbound[0]), "bwt": order.unbound[1]},
            "reason": order.reason,
        },
        "drifts": {task: asdict(one) for task, one in schedule.drifts.items()},
        "transfer": {
            "tasks": list(transfer.tasks),
            "matrix": [[asdict(transfer.of(one, other)) for other in transfer.tasks] for one in transfer.tasks],
            "begun": transfer.begun.tolist(),
            "gains": transfer.gains.tolist(),
            "unlearned": list(transfer.unlearned),
        },
        "course": None if course is None else _course(course),
        "controls": [asdict(one) for one in controls],
    }


def _course(course: Course) -> dict[str, Any]:
    return {
        "begun": dict(course.begun),
        "floors": dict(course.floors),
        "sections": [asdict(s) for s in course.sections],
    }


def write_schedule(file: Path, schedule: Schedule, course: Course | None, controls: Sequence[Control]) -> None:
    """Write a schedule; the file appears whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(file.name + ".part")
    temporary.write_text(json.dumps(record_of(schedule, course, controls), indent=1) + "\n", encoding="utf-8")
    temporary.replace(file)


def read_schedule(file: Path) -> dict[str, Any]:
    """A schedule as it was written.

    Raises:
        ConfigError: it cannot be read, or is of another format.
    """
    try:
        record: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{file} cannot be read as a schedule: {error}") from error
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise ConfigError(f"{file} is no schedule of format {FORMAT}; give a plan.toml, or its schedule.json")
    return record
