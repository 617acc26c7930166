"""Give the embedded specialists the tests that their successors are judged by: requests by hand, held back from all.

    python -m divisi.services.skill_tests --data DATA

Run it after specialists/embedded/train_skills.py, which writes their folders anew. A user's specialist of the same name
is then compared with the embedded one on these and on the user's own held share.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from random import Random

from divisi.services.acceptance import TEST
from divisi.services.loading import EMBEDDED, find_cards
from divisi.specialists.embedded.library import divided
from divisi.tasks.calling.dialogue import Asked, examples
from divisi.tasks.corpora.registry import read_requests
from divisi.tasks.example import Example, write_examples

SOURCES = ("written", "written_own")
"""Written for this project and free of others' rights, so that they can travel with the package."""
MOST = 24


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Write test.jsonl into the folders of the embedded specialists.")
    parser.add_argument("--data", type=Path, required=True, help="folder with calling and written")
    parser.add_argument("--folder", type=Path, default=EMBEDDED / "skills")
    parser.add_argument("--most", type=int, default=MOST, help="examples of each specialist")
    options = parser.parse_args(arguments)
    every, _ = read_requests(options.data, SOURCES)
    give_tests(options.folder, divided(every)[1], options.most)


def give_tests(folder: Path, held: Sequence[Asked], most: int) -> None:
    """Write the test of each specialist in a folder; one without held examples gets none."""
    for place, card in find_cards((folder,)).items():
        test = chosen([one for asked in held for one in examples(asked) if one.subtask == card.subtask], most)
        if test:
            write_examples(place / TEST, test)


def chosen(every: Sequence[Example], most: int) -> list[Example]:
    """Some of the examples, the same ones each time."""
    return list(every) if len(every) <= most else Random(0).sample(list(every), most)


if __name__ == "__main__":
    main()
