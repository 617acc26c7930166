"""What a trainer keeps: something measured once is not measured again, by nobody who has the folder."""

import threading
from pathlib import Path

import pytest

from divisi.services.kept import Kept


def test_what_was_measured_is_found_by_another_trainer_of_the_folder(tmp_path: Path) -> None:
    assert Kept(tmp_path).remembered("entropy", lambda: [0.5, 0.25]) == [0.5, 0.25]

    def again() -> list[float]:
        pytest.fail("measured twice")

    assert Kept(tmp_path).remembered("entropy", again) == [0.5, 0.25]


def test_a_measuring_that_fails_leaves_nothing_to_be_found(tmp_path: Path) -> None:
    kept = Kept(tmp_path)

    def broken() -> float:
        raise ValueError("no measure")

    with pytest.raises(ValueError, match="no measure"):
        kept.remembered("score", broken)
    assert kept.remembered("score", lambda: 1.0) == 1.0


def test_two_that_do_the_same_do_it_one_after_the_other(tmp_path: Path) -> None:
    kept, entered = Kept(tmp_path), threading.Event()

    def second() -> None:
        with kept.alone("fit"):
            entered.set()

    with kept.alone("fit"):
        other = threading.Thread(target=second)
        other.start()
        assert not entered.wait(0.2)
    assert entered.wait(5)
    other.join()
