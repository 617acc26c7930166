"""Imports that a process which only decodes is spared: torch's compiler, distributed tensors, scipy, scikit-learn.

transformers imports them for decorators that mark code for the compiler, for tensors that are split over devices and
for losses of object detection: a fifth of the time from `divisi serve` to the first answer, and none of it is called.
"""

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

COMPILER = "torch._dynamo"
MARKS = frozenset({"disable", "assume_constant_result", "allow_in_graph"})
"""Decorators that tell the compiler what to leave alone; without a compiler they change nothing."""
OPTIONAL = ("is_torch_distributed_available", "is_scipy_available", "is_sklearn_available", "is_accelerate_available")
"""What transformers asks before it imports these packages."""
ASKED = ("transformers.utils", "transformers.utils.import_utils")


@contextmanager
def spared_imports() -> Iterator[None]:
    """Import and load without what decoding does not call; a process that has the compiler already keeps it.

    Within, only what is imported for the first time differs; afterwards everything can be imported as ever. Whoever
    asks the compiler for anything but a mark gets the real one.
    """
    import torch

    modules = [importlib.import_module(name) for name in ASKED]
    answers = [(module, question, getattr(module, question)) for module in modules for question in OPTIONAL]
    try:
        for module, question, _ in answers:
            setattr(module, question, _not_here)
        if COMPILER not in sys.modules:
            sys.modules[COMPILER] = _MarksAlone(Path(torch.__file__).parent / "_dynamo")
        yield
    finally:
        for module, question, answer in answers:
            setattr(module, question, answer)
        _forget_marks()


def _not_here() -> bool:
    return False


class _MarksAlone(ModuleType):
    """Stands for the compiler: its marks do nothing, its files can be imported one by one."""

    def __init__(self, folder: Path) -> None:
        super().__init__(COMPILER)
        self.__path__ = [str(folder)]

    def __getattr__(self, name: str) -> Any:
        if name in MARKS:
            return _unmarked
        if name.startswith("__"):
            raise AttributeError(name)
        _forget_marks()
        return getattr(importlib.import_module(COMPILER), name)


def _unmarked(  # the options are those of the compiler's own marks
    marked: Any = None,
    recursive: bool = True,  # noqa: ARG001
    *,
    reason: str | None = None,  # noqa: ARG001
    wrapping: bool = True,  # noqa: ARG001
) -> Any:
    """The function itself, whether the mark stands alone or with options."""
    return _same if marked is None else marked


def _same(function: Callable[..., Any]) -> Callable[..., Any]:
    return function


def _forget_marks() -> None:
    if isinstance(sys.modules.get(COMPILER), _MarksAlone):
        del sys.modules[COMPILER]
