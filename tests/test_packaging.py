"""The package: what pyproject.toml lists, what the wheel holds, and the pins that an installation follows."""

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
FOLDERS = [name for name in ("tasks", "router", "specialists", "scheduler", "services") if (ROOT / name).is_dir()]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = PROJECT["tool"]["setuptools"]["packages"]
UNPACKED = {".pyc", ".part"}
PINNED_EXTRAS = ("demo", "ray", "peft", "dev")
"""The extras that `make demo` and `make test` install."""


def folder_of(package: str) -> Path:
    return ROOT.joinpath(*package.split(".")[1:])


def package_files() -> set[str]:
    """Every file under the five folders, as a path below the root."""
    found = (path for name in FOLDERS for path in (ROOT / name).rglob("*") if path.is_file())
    return {path.relative_to(ROOT).as_posix() for path in found if path.suffix not in UNPACKED}


def test_every_folder_with_python_files_is_a_listed_package():
    folders = {path.parent for name in FOLDERS for path in (ROOT / name).rglob("*.py")}
    assert sorted(map(folder_of, PACKAGES)) == sorted(folders)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_has_an_init_file(package):
    assert (folder_of(package) / "__init__.py").is_file()


@pytest.mark.parametrize("name", FOLDERS)
def test_a_top_folder_is_marked_as_typed(name):
    assert (ROOT / name / "py.typed").is_file()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, built offline from a copy, so that no build/ is left in the tree."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in FOLDERS:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, source)
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index"]
    done = subprocess.run([*build, "--wheel-dir", str(out), str(source)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (built,) = out.glob("*.whl")
    return zipfile.ZipFile(built)


def test_the_wheel_holds_every_file_of_the_packages(wheel):
    held = {name.removeprefix("divisi/") for name in wheel.namelist() if name.startswith("divisi/")}
    assert held == package_files()


def test_the_wheel_installs_nothing_beside_divisi(wheel):
    assert {name.split("/")[0] for name in wheel.namelist()} == {"divisi", f"divisi-{version()}.dist-info"}


def test_the_wheel_carries_the_licences(wheel):
    licences = {Path(name).name for name in wheel.namelist() if "/licenses/" in name}
    assert licences == {"LICENSE", "NOTICE"}


def test_the_changelog_begins_with_the_version():
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == version()


def version() -> str:
    return str(PROJECT["project"]["version"])


def pins() -> dict[str, str]:
    """Library -> version, of constraints.txt."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): number for name, number in pinned}


def test_a_pin_is_a_plain_version():
    assert all(re.fullmatch(r"[0-9][0-9a-z.]*", number) for number in pins().values())


def test_every_dependency_is_pinned_within_its_bounds():
    project = PROJECT["project"]
    extras = [line for extra in PINNED_EXTRAS for line in project["optional-dependencies"][extra]]
    needed = [Requirement(line) for line in [*project["dependencies"], *extras]]
    others = [one for one in needed if one.name != "divisi"]
    wrong = [str(one) for one in others if not one.specifier.contains(pins().get(canonicalize_name(one.name), "0"))]
    assert wrong == []
