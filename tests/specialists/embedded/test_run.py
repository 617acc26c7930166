"""The base's own training: a step lowers the loss, a run that was stopped goes on as if it had not been."""

from dataclasses import replace
from itertools import islice, pairwise
from pathlib import Path
from random import Random

import pytest
import torch

from divisi.specialists.embedded.choices import Choices, Finder
from divisi.specialists.embedded.lessons import lookups
from divisi.specialists.embedded.recipe import SIZES, Phase, Size, phase_at, rate
from divisi.specialists.embedded.run import Run, select_labels
from divisi.specialists.embedded.script import Script
from divisi.specialists.errors import TrainingError
from divisi.specialists.pack import IGNORED, Packed, fill_rows, pack
from divisi.tasks.calling.call import Call
from divisi.tasks.calling.dialogue import Asked

TINY = Size(420, 32, 2, 4, 2, 8, 48, 512, 40_000, 8, (Phase(1.0, 96, 4, {"lookups": 1.0}),))
SPELLINGS = tuple(f"Ġword{number}" for number in range(420))
WORDS = ["river", "stone", "garden", "window"]


def batches(script: Script, count: int) -> list[tuple[Packed, Choices]]:
    trees = lookups(script, WORDS, Random(0))
    rows = (fill_rows(trees, [], rows=4, length=160) for _ in range(count))
    finder = Finder(script.tokenizer)
    packs = (pack(row, length=160, pad_id=0, prose_weight=0.1) for row in rows)
    return [(packed, finder.find(packed)) for packed in packs]


def new_run(work: Path) -> Run:
    torch.manual_seed(0)
    return Run(TINY, work, SPELLINGS, device="cpu", compiled=False)


def test_the_loss_falls(script: Script, tmp_path: Path) -> None:
    run = new_run(tmp_path)
    (packed,) = batches(script, 1)
    run.step(*packed, None)
    first = run.progress.answer_loss
    for _ in range(30):
        run.step(*packed, None)
    assert run.progress.answer_loss < 0.8 * first


def test_pointing_teaches_the_base(script: Script, tmp_path: Path) -> None:
    tool = {"type": "function", "function": {"name": "get_weather", "description": "weather", "parameters": {}}}
    asked = Asked("1", "test", ({"role": "user", "content": "rain"},), (tool,), "single", (Call("get_weather", {}),))
    trees = script.conversations([asked])
    packed = pack([trees], length=trees[0].size_tokens, pad_id=0, prose_weight=0.1)
    choices = Finder(script.tokenizer).find(packed)
    assert len(choices.asked.queries) == 1
    run = new_run(tmp_path)
    before = run.pointers.late.key.weight.clone()
    for _ in range(30):
        run.step(packed, choices, None)
    assert not torch.equal(before, run.pointers.late.key.weight)
    assert run.progress.tools > 0.5


def test_a_stopped_run_goes_on_as_if_it_had_not_been_stopped(script: Script, tmp_path: Path) -> None:
    steps = batches(script, 4)
    whole, stopped = new_run(tmp_path / "whole"), new_run(tmp_path)
    for packed in steps:
        whole.step(*packed, None)
    for packed in steps[:2]:
        stopped.step(*packed, None)
    stopped.save()
    resumed = new_run(tmp_path)
    resumed.resume()
    for packed in steps[2:]:
        resumed.step(*packed, None)
    whole.fold()
    resumed.fold()
    for one, other in zip(whole.model.parameters(), resumed.model.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=0)


def test_a_loss_that_is_no_number_stops_the_run_before_the_weights_change(script: Script, tmp_path: Path) -> None:
    run = new_run(tmp_path)
    (packed,) = batches(script, 1)
    with torch.no_grad():
        run.model.model.norm.weight.fill_(float("nan"))
    before = run.model.model.layers[0].mlp.up_proj.weight.clone()
    with pytest.raises(TrainingError, match="step 0"):
        run.step(*packed, None)
    torch.testing.assert_close(run.model.model.layers[0].mlp.up_proj.weight, before, rtol=0, atol=0)


def test_answers_are_predicted_before_prose(script: Script) -> None:
    ((packed, _),) = batches(script, 1)
    answers = int((packed.weights == 1).sum())
    picked = select_labels(packed, answers, torch.Generator().manual_seed(0))
    assert bool((packed.weights.flatten()[picked] == 1).all())


def test_padding_is_never_predicted_while_there_is_anything_else(script: Script) -> None:
    ((packed, _),) = batches(script, 1)
    known = int((packed.labels != IGNORED).sum())
    picked = select_labels(packed, known, torch.Generator().manual_seed(0))
    assert bool((packed.labels.flatten()[picked] != IGNORED).all())


def test_phases_cover_the_whole_training_in_order() -> None:
    for size in SIZES.values():
        ends = [phase.until for phase in size.phases]
        assert ends == sorted(ends)
        assert ends[-1] == 1.0
        assert [phase_at(size, share) for share in (0.0, 0.9999)] == [size.phases[0], size.phases[-1]]
        assert all(abs(sum(phase.shares.values()) - 1) < 1e-9 for phase in size.phases)


def test_the_rate_warms_up_holds_and_falls() -> None:
    shares = [rate(progress) for progress in islice((number / 100 for number in range(101)), 101)]
    assert shares[0] < shares[1] == 1.0
    assert shares[40] == pytest.approx(1.0)
    assert shares[100] == pytest.approx(0.03)
    assert all(later <= earlier for earlier, later in pairwise(shares[40:]))


def test_a_run_begins_from_an_exported_base(script: Script, tmp_path: Path) -> None:
    first = new_run(tmp_path / "first")
    first.fold()
    first.model.save_pretrained(tmp_path / "base")
    torch.manual_seed(1)
    second = Run(TINY, tmp_path / "second", SPELLINGS, device="cpu", compiled=False)
    second.begin_from(tmp_path / "base", at=0.5)
    assert second.progress.tokens == TINY.tokens // 2
    torch.testing.assert_close(first.embedding(), second.embedding())
    for one, other in zip(first.model.parameters(), second.model.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=0)


def test_a_base_of_another_size_is_refused(tmp_path: Path) -> None:
    new_run(tmp_path).model.save_pretrained(tmp_path / "base")
    wider = Run(replace(TINY, width=64), tmp_path / "wider", SPELLINGS, device="cpu", compiled=False)
    with pytest.raises(TrainingError, match="another size"):
        wider.begin_from(tmp_path / "base", at=0.0)
