"""A folder is replaced whole, or stays as it was."""

from pathlib import Path

import pytest

from divisi.specialists.placing import written_whole


def test_what_was_there_is_replaced_as_a_whole(tmp_path: Path) -> None:
    place = tmp_path / "deep" / "place"
    for name in ("old", "new"):
        with written_whole(place) as aside:
            (aside / name).write_text(name, encoding="utf-8")
    assert [path.name for path in place.iterdir()] == ["new"]
    assert [path.name for path in place.parent.iterdir()] == ["place"]


def test_a_block_that_fails_changes_nothing(tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    (place / "old").touch()

    def interrupted() -> None:
        with written_whole(place) as aside:
            (aside / "new").touch()
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        interrupted()
    assert [path.name for path in place.iterdir()] == ["old"]
    assert [path.name for path in tmp_path.iterdir()] == ["place"]


def test_what_was_there_comes_back_where_its_successor_cannot_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "place"
    place.mkdir()
    (place / "old").touch()
    rename = Path.rename

    def refused(path: Path, target: Path) -> Path:
        if path.name.endswith(".part"):
            raise PermissionError("refused")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(PermissionError, match="refused"), written_whole(place):
        pass
    assert [path.name for path in place.iterdir()] == ["old"]
