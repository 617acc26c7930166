"""Who may import whom: tasks <- router, specialists, scheduler <- services; torch and Ray each in one folder."""

import ast
import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {
    "tasks": set(),
    "router": {"tasks"},
    "specialists": {"tasks"},
    "scheduler": {"tasks"},
    "services": {"tasks", "router", "specialists", "scheduler"},
}
"""Folder -> the other folders that it may import."""

ONLY_IN = {"torch": "specialists", "ray": "services"}
"""Library -> the one folder that may import it."""

SOURCES = [path for folder in MAY_IMPORT for path in sorted((ROOT / folder).rglob("*.py"))]


@dataclass(frozen=True, slots=True)
class Import:
    """One import statement's module, and where it stands."""

    module: str
    path: Path
    line: int

    @property
    def folder(self) -> str:
        """The folder that imports."""
        return self.path.relative_to(ROOT).parts[0]

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line} imports {self.module}"


def read(nodes: Iterable[ast.AST], path: Path) -> Iterator[Import]:
    """The modules that statements import; `from a import b` may mean the module a or the module a.b."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, path, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield Import(module, path, node.lineno)
            yield from (Import(f"{module}.{alias.name}", path, node.lineno) for alias in node.names)


def imports_of(path: Path) -> Iterator[Import]:
    """Every import of a file, those inside functions and under TYPE_CHECKING too."""
    return read(ast.walk(ast.parse(path.read_text(encoding="utf-8"))), path)


@functools.cache
def all_imports() -> tuple[Import, ...]:
    return tuple(found for path in SOURCES for found in imports_of(path))


def listed(found: Iterable[Import]) -> str:
    return "\n".join(str(one) for one in found)


def test_imports_between_folders_follow_the_direction():
    ours = [one for one in all_imports() if one.module.startswith("divisi.")]
    assert ours
    wrong = (
        one
        for one in ours
        if one.module.split(".")[1] != one.folder and one.module.split(".")[1] not in MAY_IMPORT[one.folder]
    )
    assert listed(wrong) == ""


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_heavy_library_stays_in_its_folder(library):
    wrong = (one for one in all_imports() if one.module.split(".")[0] == library and one.folder != ONLY_IN[library])
    assert listed(wrong) == ""


def test_our_modules_are_imported_by_their_full_name():
    wrong = (one for one in all_imports() if one.module.split(".")[0] in {*MAY_IMPORT, ""} or one.module == "divisi")
    assert listed(wrong) == ""


def test_tests_examples_and_benchmarks_import_our_modules_by_their_full_name():
    users = [path for folder in ("tests", "examples", "benchmarks") for path in (ROOT / folder).rglob("*.py")]
    wrong = (one for path in users for one in imports_of(path) if one.module.split(".")[0] in MAY_IMPORT)
    assert listed(wrong) == ""


def test_no_two_modules_import_each_other_in_a_circle():
    graph = {module_of(path): imported_first(path) for path in SOURCES}
    assert circle(graph) == []


@pytest.mark.parametrize("path", [p for p in SOURCES if p.name == "__init__.py"], ids=lambda p: p.parent.name)
def test_an_init_file_is_a_docstring(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    assert len(tree.body) == 1


def module_of(path: Path) -> str:
    return ".".join(("divisi", *path.relative_to(ROOT).with_suffix("").parts))


def imported_first(path: Path) -> set[str]:
    """The modules that must be there before a file is: those imported neither inside functions nor for types alone."""
    return {one.module for one in read(ast.parse(path.read_text(encoding="utf-8")).body, path)}


def circle(graph: dict[str, set[str]]) -> list[str]:
    """The modules that can never be imported first: those left once all whose imports are done have been taken."""
    left = dict(graph)
    while True:
        done = [module for module, imports in left.items() if not imports & left.keys() - {module}]
        if not done:
            return sorted(left)
        for module in done:
            del left[module]
