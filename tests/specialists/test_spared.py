"""Imports that decoding is spared: they stay away while a base is loaded and read, and come when they are asked for."""

import subprocess
import sys
import types

import pytest
from transformers.conversion_mapping import get_checkpoint_conversion_mapping

from divisi.specialists.spared import COMPILER, spared_imports

LOADED_AND_READ = """
import sys
from divisi.services.config import process_config
from divisi.services.loading import load_base
from divisi.specialists.spared import spared_imports

with spared_imports():
    base = load_base(process_config(None, {}))
ids = base.prefix_ids([{"role": "user", "content": "hello"}], [])
import torch
base.model(torch.tensor([ids]))
unwanted = ("torch._dynamo", "torch.distributed.tensor", "scipy", "sklearn")
late = [name for name in unwanted if name in sys.modules]
print("imported:", late)
print("compiled:", torch.compile(lambda value: value + 1, backend="eager")(torch.ones(1)).item())
from transformers.models import LlamaConfig
print("listed:", LlamaConfig().model_type)
from transformers.utils import is_torch_distributed_available
print("asked again:", is_torch_distributed_available())
"""


def test_a_base_is_loaded_and_read_without_the_compiler_which_comes_when_it_is_asked_for() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED_AND_READ], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "imported: []",
        "compiled: 2.0",
        "listed: llama",
        "asked again: True",
    ]


SERVED_ALONE = """
import sys
from divisi.services.config import process_config
from divisi.services.loading import load_section

section = load_section(process_config(None, {}), serves_alone=True)
import torch
base = section.player._base
ids = base.prefix_ids([{"role": "user", "content": "hello"}], [])
print("read:", base.model(torch.tensor([ids])).logits.isfinite().all().item())
print("imported:", [name for name in ("torch._decomp", "torch._refs", "sympy") if name in sys.modules])
try:
    from torch._meta_registrations import meta_index_Tensor
except ImportError as error:
    print(error)
"""


def test_a_process_that_only_serves_is_spared_shapes_and_says_so() -> None:
    done = subprocess.run([sys.executable, "-c", SERVED_ALONE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    read, imported, said = done.stdout.splitlines()
    assert (read, imported) == ("read: True", "imported: []")
    assert "this process only serves" in said


def test_names_of_other_releases_are_known_unless_they_are_spared() -> None:
    with spared_imports(renamed=False):
        assert get_checkpoint_conversion_mapping("mixtral") is None
    with spared_imports():
        assert get_checkpoint_conversion_mapping("mixtral")


def test_a_mark_changes_nothing_and_anything_else_is_the_compiler_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    real = types.ModuleType(COMPILER)
    real.__dict__["reset"] = "the compiler's own"
    monkeypatch.delitem(sys.modules, COMPILER, raising=False)
    with spared_imports():
        stand_in = sys.modules[COMPILER]
        assert stand_in.disable(len) is len
        assert stand_in.disable(recursive=False)(len) is len
        monkeypatch.setattr("importlib.import_module", lambda name: real)
        assert stand_in.reset == "the compiler's own"
        assert COMPILER not in sys.modules


def test_a_process_that_has_the_compiler_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    known = types.ModuleType(COMPILER)
    monkeypatch.setitem(sys.modules, COMPILER, known)
    with spared_imports():
        assert sys.modules[COMPILER] is known
    assert sys.modules[COMPILER] is known
