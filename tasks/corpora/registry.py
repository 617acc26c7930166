"""The public data sets by name: who reads each, under which licence, for training or for testing only."""

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Literal

from divisi.tasks.calling.dialogue import Asked
from divisi.tasks.calling.turns import called_names
from divisi.tasks.corpora import (
    read_api_bank,
    read_glaive,
    read_intents,
    read_metatool,
    read_seal_tools,
    read_sgd,
    read_taskmaster3,
    read_taskmaster4,
    read_written,
)
from divisi.tasks.corpora.flaws import flaw
from divisi.tasks.corpora.offering import name_of, without
from divisi.tasks.corpora.quoted import quotes
from divisi.tasks.corpora.report import LeftOut, Report
from divisi.tasks.subtask import TaskError

Reader = Callable[[Path, Random], Iterator[Asked | LeftOut]]


@dataclass(frozen=True, slots=True)
class Corpus:
    """One data set.

    Attributes:
        read: its reader; takes the data folder and the randomness with which it chooses offered tools.
        licence: of the data.
        use: "test" is never trained on.
    """

    read: Reader
    licence: str
    use: Literal["train", "test"]


CORPORA: Mapping[str, Corpus] = {
    "written": Corpus(read_written.read_training, "CC0-1.0", "train"),
    "written_own": Corpus(read_written.read_own, "CC0-1.0", "train"),
    "written_d": Corpus(read_written.read_test, "CC0-1.0", "test"),
    "seal_tools": Corpus(read_seal_tools.read_training, "Apache-2.0", "train"),
    "sgd": Corpus(read_sgd.read_training, "CC-BY-SA-4.0", "train"),
    "metatool": Corpus(read_metatool.read_training, "MIT", "train"),
    "snips": Corpus(read_intents.read_snips, "CC0-1.0", "train"),
    "hwu64": Corpus(read_intents.read_hwu64, "CC-BY-4.0", "train"),
    "clinc150": Corpus(read_intents.read_clinc150, "CC-BY-3.0", "train"),
    "api_bank": Corpus(read_api_bank.read_training, "Apache-2.0", "train"),
    "api_bank_test": Corpus(read_api_bank.read_test, "Apache-2.0", "test"),
    "glaive": Corpus(read_glaive.read_training, "Apache-2.0", "train"),
    "taskmaster4": Corpus(read_taskmaster4.read_training, "CC-BY-4.0", "train"),
    "taskmaster3": Corpus(read_taskmaster3.read_training, "CC-BY-4.0", "train"),
    "seal_tools_out": Corpus(read_seal_tools.read_test, "Apache-2.0", "test"),
}

TRAINING = tuple(name for name, corpus in CORPORA.items() if corpus.use == "train")


def read_requests(data: Path, sources: Iterable[str] = TRAINING, *, seed: int = 0) -> tuple[tuple[Asked, ...], Report]:
    """The conversations of some data sets; the same seed gives the same ones.

    Args:
        data: the folder that holds calling/ and written/.
        sources: names in CORPORA.
        seed: of the choice of offered tools.

    Returns:
        The conversations, and how many were kept and left out. Whatever the source, nothing that is for training
        offers or calls a reserved tool.

    Raises:
        TaskError: a source is not in CORPORA.
    """
    reserved = reserved_names(data)
    report = Report({}, {})
    requests: list[Asked] = []
    for name in sources:
        corpus = _corpus(name)
        read = corpus.read(data, Random(f"{seed}/{name}"))
        with _without_cycle_collector():
            records = list(read if corpus.use == "test" else (_checked(record, reserved) for record in read))
        kept = [record for record in records if isinstance(record, Asked)]
        report = _counted(report, name, kept, [record for record in records if isinstance(record, LeftOut)])
        requests += kept
    return tuple(requests), report


@contextmanager
def _without_cycle_collector() -> Iterator[None]:
    """Readers make hundreds of thousands of values that live on and no cycles: looking for some takes half the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def reserved_names(data: Path) -> frozenset[str]:
    """The tools that only tests may offer or call."""
    written = read_written.tool_names(data, "d")
    return frozenset(written | read_seal_tools.tool_names(data) | read_api_bank.tool_names(data))


def _corpus(name: str) -> Corpus:
    if name not in CORPORA:
        raise TaskError(f"no data set is named {name!r}; there are {', '.join(CORPORA)}")
    return CORPORA[name]


def _checked(record: Asked | LeftOut, reserved: frozenset[str]) -> Asked | LeftOut:
    """A record for training: without reserved tools among the offered, or left out where it needs one or is flawed."""
    if isinstance(record, LeftOut):
        return record
    needed = {call.name for call in record.calls} | called_names(record.messages) | {record.tool}
    if not reserved.isdisjoint(needed):
        return LeftOut(record.id, "calls a reserved tool")
    if quotes(record):
        return LeftOut(record.id, "shares words with BFCL")
    reason = flaw(record)
    if reason:
        return LeftOut(record.id, reason)
    offered = {name_of(tool) for tool in record.tools}
    return record if reserved.isdisjoint(offered) else replace(record, tools=without(record.tools, reserved))


def _counted(report: Report, name: str, kept: list[Asked], left_out: list[LeftOut]) -> Report:
    kinds: Counter[str] = Counter(asked.kind for asked in kept)
    reasons = Counter(record.reason for record in left_out)
    return Report({**report.kept, name: kinds}, {**report.left_out, name: reasons})
