"""The one place that touches bfcl-eval: its data, and its checker without the handlers of a hundred models.

The checker imports a table of all models, and with it everything that they need. A stand-in for that table, which says
that names are not respelled, leaves the checker and its tables of types, which need nothing.
"""

import importlib.util
import sys
import types
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from bfcl_entry import LANGUAGES, Entry
from errors import BenchmarkError

VERSION = "2026.3.23"
MODELS = "bfcl_eval.constants.model_config"
ADVICE = f"pip install --no-deps bfcl-eval=={VERSION}, or leave bfcl out of --sets"


def data_folder() -> Path:
    """Where the package keeps its questions.

    Raises:
        BenchmarkError: it is not installed, or in another version.
    """
    try:
        found = version("bfcl-eval")
    except PackageNotFoundError as error:
        raise BenchmarkError(f"bfcl-eval is not installed: {ADVICE}") from error
    if found != VERSION:
        raise BenchmarkError(f"bfcl-eval {found} is installed, its numbers are those of {VERSION}: {ADVICE}")
    spec = importlib.util.find_spec("bfcl_eval")
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(next(iter(spec.submodule_search_locations))) / "data"


class _AnyModel:
    underscore_to_dot = False


class _AllModels(dict[str, type[_AnyModel]]):
    def __missing__(self, name: str) -> type[_AnyModel]:
        return _AnyModel


class Judge:
    """The official checker."""

    def __init__(self) -> None:
        data_folder()
        if MODELS not in sys.modules:
            stand_in = types.ModuleType(MODELS)
            stand_in.MODEL_CONFIG_MAPPING = _AllModels()  # type: ignore[attr-defined]
            sys.modules[MODELS] = stand_in
        from bfcl_eval.constants.enums import Language
        from bfcl_eval.eval_checker.ast_eval.ast_checker import ast_checker

        self._check: Any = ast_checker
        self._languages = {"Java": Language.JAVA, "JavaScript": Language.JAVASCRIPT, None: Language.PYTHON}

    def accepts(self, entry: Entry, calls: Sequence[Mapping[str, Any]]) -> bool:
        """Whether calls are an accepted answer to a question."""
        output = [{call["name"]: dict(call["arguments"])} for call in calls]
        language = self._languages[LANGUAGES.get(entry.category)]
        verdict = self._check(list(entry.functions), output, entry.truth, language, entry.category, "any")
        return bool(verdict["valid"])
