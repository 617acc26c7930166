"""Results on disk: one section for each arm, way of writing and set, each with how it came about; merged over runs."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "results"

Section = Mapping[str, Any]


def merged(before: Mapping[str, Any], head: Mapping[str, Any], section: Section) -> dict[str, Any]:
    """Results with one more section.

    Args:
        before: the results so far; sections of another base are dropped, since they compare with nothing here.
        head: what is true of the whole file ("base" among it).
        section: takes the place of one of the same arm, grammar and set.
    """
    sections = [
        old
        for old in before.get("sections", [])
        if old["base_fingerprint"] == head["base"]["fingerprint"] and _place(old) != _place(section)
    ]
    return {**head, "sections": sorted([*sections, section], key=_place)}


def _place(section: Section) -> tuple[str, str, str]:
    return section["set"], section["arm"], section["grammar"]


def read_results(file: Path) -> dict[str, Any]:
    """The results in a file; nothing where there is none."""
    results: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return results


def write_results(file: Path, results: Mapping[str, Any]) -> None:
    """Write results; the file appears whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(file.name + ".part")
    temporary.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    temporary.replace(file)
