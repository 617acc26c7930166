"""Who is served now under the names of new specialists, and what those must not learn."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from divisi.services.acceptance import same
from divisi.services.config import Config
from divisi.services.errors import ConfigError, DataError
from divisi.services.loading import find_played
from divisi.specialists.base import Base
from divisi.specialists.card import CARD, read_card
from divisi.tasks.example import Example


def without(examples: Sequence[Example], tested: Sequence[Example]) -> tuple[Example, ...]:
    """The examples that are in no resident's test: a new one must not learn what it will be compared on.

    Raises:
        DataError: none are left.
    """
    known = set(map(same, tested))
    left = tuple(one for one in examples if same(one) not in known)
    if not left:
        raise DataError("every example is in the resident specialist's own test; give more examples to train on")
    return left


def find_residents(config: Config, folder: Path, names: Iterable[str], base: Base) -> dict[str, Path]:
    """Name -> the specialist that is served under it now: the one in the folder, else one that the settings load.

    Raises:
        ConfigError: the folder's is of another base.
    """
    loaded = {card.name: path for path, card in find_played(config).items()}
    found: dict[str, Path] = {}
    for name in names:
        place = folder / name
        if (place / CARD).is_file():
            if read_card(place).base_fingerprint != base.fingerprint:
                raise ConfigError(f"{place} was trained on another base than {base.name}; give another folder or name")
            found[name] = place
        elif name in loaded:
            found[name] = loaded[name]
    return found
