"""Examples: what is written is read back, what is broken is refused with its place, and splits are stable."""

from pathlib import Path

import pytest

from divisi.tasks.example import Example, from_record, in_share, read_examples, write_examples
from divisi.tasks.subtask import Case, ExampleError

TOOL = {"type": "function", "function": {"name": "ping", "parameters": {"type": "object", "properties": {}}}}
CASE = Case(({"role": "user", "content": "Ping Łódź"},), (TOOL,), focus="ping", occurrence=2, occurrences=3)
EXAMPLE = Example("one", "arguments", "written/a", CASE, {"city": "Łódź"}, "group-1")


def test_an_example_survives_the_file(tmp_path: Path) -> None:
    path = tmp_path / "examples.jsonl"
    assert write_examples(path, [EXAMPLE, EXAMPLE]) == 2
    assert list(read_examples(path)) == [EXAMPLE, EXAMPLE]


def test_only_the_whole_file_appears(tmp_path: Path) -> None:
    path = tmp_path / "examples.jsonl"

    def broken() -> list[Example]:
        raise RuntimeError("no more examples")

    with pytest.raises(RuntimeError):
        write_examples(path, (example for _ in (1, 2) for example in broken()))
    assert not path.exists()


def test_a_record_without_a_group_is_its_own() -> None:
    record = {key: value for key, value in EXAMPLE.to_record().items() if key != "group"}
    assert from_record(record).group == "one"


def test_a_missing_key_is_named() -> None:
    with pytest.raises(ExampleError, match="lacks subtask, target"):
        from_record({"id": "one", "source": "written", "messages": []})


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ({"messages": "hello"}, '"messages" must be a list of objects'),
        ({"messages": ["hello"]}, '"messages" must be a list of objects'),
        ({"messages": [{"content": "hello"}]}, '"role"'),
        ({"tools": TOOL}, '"tools" must be a list of objects'),
        ({"tools": [{"name": "ping"}]}, '"function"'),
        ({"tools": [{"type": "function", "function": {"name": 3}}]}, '"function"'),
    ],
)
def test_what_is_not_in_openais_form_is_refused(part: dict[str, object], message: str) -> None:
    with pytest.raises(ExampleError, match=message):
        from_record({**EXAMPLE.to_record(), **part})


@pytest.mark.parametrize("line", ["{", '{"id": "two"}', "[]"])
def test_a_broken_line_is_named_by_file_and_number(tmp_path: Path, line: str) -> None:
    path = tmp_path / "examples.jsonl"
    write_examples(path, [EXAMPLE])
    path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    with pytest.raises(ExampleError, match=r"examples\.jsonl:2: "):
        list(read_examples(path))


def test_a_share_holds_its_part_of_the_keys() -> None:
    chosen = sum(in_share(f"tool-{number}", share=0.1, salt="divisi/test") for number in range(5000))
    assert 400 < chosen < 600


def test_a_share_is_the_same_on_every_machine() -> None:
    chosen = [number for number in range(30) if in_share(f"tool-{number}", share=0.1, salt="divisi/test")]
    assert chosen == [0, 13, 15, 17]


def test_two_salts_choose_independently() -> None:
    keys = [f"tool-{number}" for number in range(5000)]
    both = sum(in_share(key, share=0.5, salt="one") and in_share(key, share=0.5, salt="two") for key in keys)
    assert 1100 < both < 1400


def test_the_whole_share_is_everything() -> None:
    assert all(in_share(f"tool-{number}", share=1.0, salt="any") for number in range(100))
