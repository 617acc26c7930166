"""What is fitted on true calls finds them again, and reads back the same."""

from pathlib import Path

import numpy as np
import pytest
import torch

from divisi.specialists.embedded import fit_members, fit_spans
from divisi.specialists.embedded.fit_members import write_members
from divisi.specialists.embedded.fit_spans import fit, questions
from divisi.specialists.embedded.reader_net import Question, Reader, batch_of
from divisi.tasks.calling import reader
from divisi.tasks.calling.call import Call
from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.calling.members import key_of

PROPERTIES = {
    "city": {"type": "string", "description": "The city"},
    "days": {"type": "integer", "description": "How many days"},
}
PARAMETERS = {"type": "object", "properties": PROPERTIES, "required": ["city"]}
WEATHER = {"type": "function", "function": {"name": "weather", "description": "Forecast", "parameters": PARAMETERS}}


def asked(text: str, **arguments: object) -> Asked:
    messages = ({"role": "user", "content": text},)
    return Asked(text, "written", messages, (WEATHER,), "single", (Call("weather", arguments),))


def posed() -> list[Question]:
    texts = (asked("forecast for Rome", city="Rome"), asked("forecast for 3 days in Oslo", city="oslo", days=3))
    return [question for one in texts for question in questions(one)]


def test_a_span_is_right_where_its_value_is_the_true_one_and_nothing_where_none_is() -> None:
    rome, oslo = posed()
    said = [[span.text for span, right in zip(rome.reading.spans, row, strict=False) if right] for row in rome.right]
    assert said == [["Rome"], []]
    assert rome.right[:, -1].tolist() == [False, True]
    assert oslo.right.any(1).all()
    assert not oslo.right[:, -1].any()


def test_the_fit_finds_what_is_true_and_a_text_is_read_by_those_that_have_not_learned_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(fit_spans, "EPOCHS", 60)
    monkeypatch.setattr(fit_members, "WARM", 2)
    both = posed()
    model = fit(both, seed=0)
    batch = batch_of(both)
    with torch.no_grad():
        chances = model(batch).exp()
    best = chances.argmax(-1, keepdim=True)
    assert bool(batch.right.gather(2, best).all())

    monkeypatch.setattr(reader, "FILE", tmp_path / "spans.safetensors")
    other = Reader(both[0]).eval()
    with torch.no_grad():
        others = other(batch).exp()
    write_members([model, other], {key_of(both[1].reading.text): 1}, reader.FILE)
    found = [reader.chances(one.reading, [one.sight], [list(PROPERTIES)])[0] for one in both]
    for one, expected in zip(found, ((chances[0] + others[0]) / 2, others[1]), strict=True):  # float16 on disk
        np.testing.assert_allclose(one, expected[: one.shape[0], : one.shape[1]], atol=5e-3)


def test_padding_is_never_found_and_changes_nothing() -> None:
    rome, oslo = posed()
    torch.manual_seed(0)
    model = Reader(rome).eval()
    with torch.no_grad():
        alone, together = model(batch_of([rome])).exp(), model(batch_of([rome, oslo])).exp()
    count = len(rome.reading.spans)
    torch.testing.assert_close(together[0, :, :count], alone[0, :, :count])
    assert together[0, :, count:-1].sum().item() == 0
    torch.testing.assert_close(together.sum(-1), torch.ones(together.shape[:2]))
