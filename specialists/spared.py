"""Imports that a process which only decodes is spared: torch's compiler, distributed tensors, scipy, scikit-learn.

transformers imports them for decorators that mark code for the compiler, for tensors that are split over devices and
for losses of object detection, and reads the files of all its models twice. torch itself, to say shapes of tensors
without data, imports decompositions of its operators, and sympy once it is asked. Half of the time from `divisi serve`
to the first answer, and none of it is of use.
"""

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

COMPILER = "torch._dynamo"
SHAPES = "torch._meta_registrations"
MARKS = frozenset({"disable", "assume_constant_result", "allow_in_graph"})
"""Decorators that tell the compiler what to leave alone; without a compiler they change nothing."""
OPTIONAL = ("is_torch_distributed_available", "is_scipy_available", "is_sklearn_available", "is_accelerate_available")
"""What transformers asks before it imports these packages."""
LISTING = "define_import_structure"
"""What reads the files of models for what can be imported from them."""
RENAMING, RENAMED = "transformers.conversion_mapping", "_checkpoint_conversion_mapping_cache"
ASKED = ("transformers.utils", "transformers.utils.import_utils")


@contextmanager
def spared_imports(*, renamed: bool = True) -> Iterator[None]:
    """Import and load without what decoding does not call; a process that has the compiler already keeps it.

    Within, only what is imported for the first time differs; afterwards everything can be imported as ever. Whoever
    asks the compiler for anything but a mark gets the real one.

    Args:
        renamed: whether weights may bear names of other releases, which transformers knows a thousand patterns of.
    """
    import torch

    modules = [importlib.import_module(name) for name in ASKED]
    changes: dict[str, Any] = dict.fromkeys(OPTIONAL, _not_here)
    changes[LISTING] = _of_folder(getattr(modules[-1], LISTING))
    with ExitStack() as stood_in_for:
        for module in modules:
            for name in changes.keys() & vars(module).keys():
                stood_in_for.enter_context(_instead(module, name, changes[name]))
        stood_in_for.callback(_forget_marks)
        if COMPILER not in sys.modules:
            sys.modules[COMPILER] = _MarksAlone(Path(torch.__file__).parent / "_dynamo")
        if not renamed:
            stood_in_for.enter_context(_instead(importlib.import_module(RENAMING), RENAMED, {"legacy": []}))
        yield


@contextmanager
def _instead(module: ModuleType, name: str, value: Any) -> Iterator[None]:
    was = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, was)


def spare_shapes() -> None:
    """Import torch without the shapes of tensors without data, for as long as this process lives.

    Only for one that serves the embedded base and does nothing else: it can neither compile nor trace, nor load a model
    whose layers ask for such shapes when they are made, as those of Llama 3 do. What has been imported stays.
    """
    if "torch" not in sys.modules:
        sys.modules[SHAPES] = _NoShapes(SHAPES)
        importlib.import_module("torch")


class _NoShapes(ModuleType):
    """Stands for the shapes, and says so."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise ImportError(f"{SHAPES} was spared: this process only serves (divisi/specialists/spared.py); use another")


def _of_folder(listing: Callable[..., Any]) -> Callable[..., Any]:
    """The listing of models' files, which knows a folder when it has read it, but is asked by a file in it too."""

    def listed(place: str | Path, prefix: str | None = None) -> Any:
        place = Path(place)
        return listing(place.parent if place.is_file() else place, prefix)

    return listed


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
