"""What is fitted on true calls chooses their options again, and reads back the same."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from divisi.specialists.embedded import fit_options
from divisi.specialists.embedded.fit_options import choices, fit, stacked
from divisi.tasks.calling import options
from divisi.tasks.calling.call import Call
from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.calling.reading import read
from divisi.tasks.calling.sights import Wanted

SIZES = ["small", "large", "family"]
PARAMETERS = {"type": "object", "properties": {"size": {"type": "string", "enum": SIZES}}}
PIZZA = {"type": "function", "function": {"name": "pizza", "description": "Order", "parameters": PARAMETERS}}


def asked(text: str, **arguments: object) -> Asked:
    messages = ({"role": "user", "content": text},)
    return Asked(text, "written", messages, (PIZZA,), "single", (Call("pizza", arguments),))


def test_the_fit_chooses_what_is_true_and_reads_back_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fit_options, "STEPS", 200)
    said = [asked(f"one {size} pizza", size=size) for size in SIZES] + [asked("one pizza")]
    posed = [choice for one in said for choice in choices(one)]
    assert [one.right for one in posed] == [0, 1, 2, None]
    model = fit(posed, seed=0)
    *inputs, right = stacked(posed)
    with torch.no_grad():
        chances = model(*inputs).exp()
    assert chances.argmax(1).tolist() == right.tolist()

    monkeypatch.setattr(options, "FILE", tmp_path / "options.safetensors")
    save_file({name: tensor.contiguous() for name, tensor in model.state_dict().items()}, options.FILE)
    options._fitted.cache_clear()
    try:
        found = options.chances(read("one large pizza"), Wanted(PIZZA, (PIZZA,), {}), "size", SIZES)
    finally:
        options._fitted.cache_clear()
    np.testing.assert_allclose(found, chances[1, :-1], atol=1e-5)
