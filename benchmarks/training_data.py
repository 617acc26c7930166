"""Examples for the training ablation: seven subtasks of calling, tested with tools that no training example offers.

    python benchmarks/training_data.py --data data --out examples.jsonl --test unseen_tools.jsonl

Half is generated from the schemas of real tools, for the test from APIs that the generator keeps for it. The other half
are conversations of the public sets and requests by hand; for the test those that are held back from all training.
Nothing is taken from a set that is for testing only. Conversations are kept short: the ablation counts tokens.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from random import Random
from typing import Annotated

import typer
from rich.console import Console

from divisi.services.errors import ServiceError
from divisi.services.own_data import check_example
from divisi.specialists.embedded.library import Library, open_library
from divisi.specialists.embedded.train_skills import evenly, parted
from divisi.tasks.calling.dialogue import Asked, Kind, examples
from divisi.tasks.catalog import CALLING
from divisi.tasks.example import Example, write_examples
from divisi.tasks.generation.generate import Settings, generate
from divisi.tasks.subtask import TaskError

SHARES: dict[Kind, float] = {
    **{"single": 0.16, "parallel": 0.14, "chain": 0.12, "nested": 0.2, "none": 0.08},
    **{"missing": 0.06, "continue": 0.1, "done": 0.04, "reply": 0.1},
}
"""Of the kinds that are generated: each subtask gets about as much, unlike in the base's own training."""
SETTINGS = Settings(shares=SHARES, offered_max=5)
GROUPS_PER_EXAMPLE = 3
"""Groups that are generated for each example that a subtask shall have; what is too much is not taken."""


def main(
    *,
    data: Annotated[Path, typer.Option(help="The folder with text, tools, calling, written.")],
    out: Annotated[Path, typer.Option(help="Gets the examples.")],
    test: Annotated[Path, typer.Option(help="Gets those with tools never seen.")],
    count: Annotated[int, typer.Option(help="Examples of each subtask.", min=1)] = 600,
    test_count: Annotated[int, typer.Option(help="Of the test.", min=1)] = 40,
    longest: Annotated[int, typer.Option(help="The most characters of a conversation and its tools, as JSON.")] = 2600,
    seed: Annotated[int, typer.Option(help="Of what is drawn.")] = 0,
) -> None:
    """Write the examples."""
    library = open_library(data)
    tested = balanced(test_sources(library, test_count, seed), test_count, longest, set())
    never = {name for one in tested for name in offered(one)}
    learned = balanced(training_sources(library, count, seed), count, longest, never)
    for file, some in ((out, learned), (test, tested)):
        write_examples(file, some)
        Console().print(f"{file}: {dict(Counter(f'{one.subtask} {made(one)}' for one in some))}", highlight=False)


def training_sources(library: Library, count: int, seed: int) -> tuple[Iterator[Asked], Iterator[Asked]]:
    """Generated conversations, and those of the public sets and by hand, all kinds alike."""
    natural = evenly(library.requests, Random(f"{seed}/natural"))
    return generated(library, count, seed, test=False), iter(natural)


def test_sources(library: Library, count: int, seed: int) -> tuple[Iterator[Asked], Iterator[Asked]]:
    """The same of held-out APIs, and what is held back: by hand first, of the public sets what is missing then."""
    written, others = (evenly(some, Random(f"{seed}/held")) for some in parted(library.held))
    return generated(library, count, seed, test=True), iter([*written, *others])


def generated(library: Library, count: int, seed: int, *, test: bool) -> Iterator[Asked]:
    """Generated conversations, enough for so many examples of each subtask."""
    split = "test" if test else "train"
    groups = generate(library.entries, SETTINGS, Random(f"{seed}/ablation/{split}"), split=split)
    return (asked for group in islice(groups, GROUPS_PER_EXAMPLE * count) for asked in group)


def balanced(
    sources: tuple[Iterable[Asked], Iterable[Asked]], count: int, longest: int, never: set[str]
) -> list[Example]:
    """So many examples of each subtask, half of them generated, or more where the other half has too few.

    Args:
        sources: generated, natural.
        count: of each subtask.
        longest: conversation and tools, in characters of JSON.
        never: tools that may not be offered.
    """
    generated, natural = (usable(source, longest, never) for source in sources)
    taken: list[Example] = []
    room = Counter(dict.fromkeys(CALLING, count // 2))
    taken += filled(natural, room)
    room += Counter(dict.fromkeys(CALLING, count - count // 2))
    return [*taken, *filled(generated, room)]


def usable(source: Iterable[Asked], longest: int, never: set[str]) -> Iterator[Example]:
    """The examples of conversations that are short enough and offer nothing forbidden."""
    for asked in source:
        if len(json.dumps([asked.messages, asked.tools], ensure_ascii=False)) <= longest:
            yield from (one for one in examples(asked) if never.isdisjoint(offered(one)) and is_sound(one))


def filled(source: Iterable[Example], room: Counter[str]) -> Iterator[Example]:
    """The first examples for which there is room; the room is used up."""
    for one in source:
        if room[one.subtask] > 0:
            room[one.subtask] -= 1
            yield one
        if not any(room.values()):
            return


def is_sound(example: Example) -> bool:
    """Whether its answer can be written as it is served."""
    try:
        check_example(example)
    except (ServiceError, TaskError):
        return False
    return True


def offered(example: Example) -> Sequence[str]:
    """The names of the tools that an example offers."""
    return [tool["function"]["name"] for tool in example.case.tools]


def made(example: Example) -> str:
    """Where an example comes from, in one word."""
    return "generated" if example.source == "generated" else "by hand" if "written" in example.source else "public"


if __name__ == "__main__":
    typer.run(main)
