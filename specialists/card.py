"""The card of a specialist: what it is, of which base, trained on what, how good; kept as specialist.json."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from divisi.specialists.errors import DamagedError, FormatError

CARD = "specialist.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Card:
    """What a specialist is.

    Attributes:
        name: as requests and rows name it.
        subtask: the subtask's name in the catalog, or None for a trunk.
        kind: a key of store.KINDS.
        version: sha256 of its config and tensors: equal versions compute the same.
        base_fingerprint: the base that it was trained on.
        invocation: the tokens at which it wakes.
        data_hash: what it was trained on, or None where that is not known.
        metrics: how good it was when it was stored, as plain JSON.
        trunk: version of the trunk that it was trained beside, or None.
    """

    name: str
    subtask: str | None
    kind: str
    version: str
    base_fingerprint: str
    invocation: tuple[int, ...]
    data_hash: str | None
    metrics: Mapping[str, Any]
    trunk: str | None = None


def write_card(folder: Path, card: Card) -> None:
    """Write a card into a folder."""
    write_json(folder / CARD, {"format": FORMAT, **asdict(card)})


def read_card(folder: Path) -> Card:
    """The card of a stored specialist.

    Raises:
        DamagedError: it is missing, or lacks something.
        FormatError: it is of another format version.
    """
    record = read_json(folder / CARD)
    if record.get("format") != FORMAT:
        raise FormatError(f"{folder / CARD}: format {record.get('format')!r}, this program reads {FORMAT}")
    names = {field.name for field in fields(Card)}
    if set(record) != names | {"format"} or not isinstance(record["invocation"], list):
        raise DamagedError(f"{folder / CARD} has {sorted(record)}, expected {sorted(names | {'format'})}")
    values = {name: record[name] for name in names}
    return Card(**{**values, "invocation": tuple(record["invocation"])})


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file.

    Raises:
        DamagedError: the file is missing, or no JSON object.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DamagedError(f"{path} cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise DamagedError(f"{path} is no JSON object")
    return content


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a JSON object in the form that people read."""
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
