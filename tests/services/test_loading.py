"""Which specialists play: the embedded ones, one's own, or one's own among the embedded ones."""

import json
import shutil
from pathlib import Path

import pytest

from divisi.services.config import Config
from divisi.services.loading import EMBEDDED, find_played
from divisi.specialists.card import Card

SKILLS = EMBEDDED / "skills"


def own(folder: Path, **changes: object) -> Path:
    """A folder with a specialist that was trained on the embedded base."""
    shutil.copytree(SKILLS / "arguments", folder / "arguments")
    card = folder / "arguments" / "specialist.json"
    card.write_text(json.dumps({**json.loads(card.read_text()), **changes}))
    return folder


def named(cards: dict[Path, Card]) -> dict[str, Path]:
    return {card.name: folder for folder, card in cards.items()}


@pytest.fixture(scope="module")
def embedded() -> dict[str, Path]:
    return named(dict(find_played(Config())))


def test_one_that_was_trained_beside_the_embedded_trunk_plays_among_the_embedded_ones(
    tmp_path: Path, embedded: dict[str, Path]
) -> None:
    played = named(dict(find_played(Config(specialists=(own(tmp_path),)))))
    assert played == {**embedded, "arguments": tmp_path / "arguments"}


@pytest.mark.parametrize("trunk", [None, "another"])
def test_one_that_was_not_plays_alone(tmp_path: Path, trunk: str | None) -> None:
    played = named(dict(find_played(Config(specialists=(own(tmp_path, trunk=trunk),)))))
    assert played == {"arguments": tmp_path / "arguments"}


def test_on_another_base_and_beside_another_trunk_nothing_is_added(tmp_path: Path) -> None:
    folder = own(tmp_path)
    assert list(named(dict(find_played(Config(base="another", specialists=(folder,)))))) == ["arguments"]
    shutil.copytree(SKILLS / "trunk", folder / "trunk")
    assert set(named(dict(find_played(Config(specialists=(folder,)))))) == {"arguments", "trunk"}


def test_an_empty_folder_stays_empty(tmp_path: Path) -> None:
    assert find_played(Config(specialists=(tmp_path,))) == {}
