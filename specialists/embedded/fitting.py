"""What the commands that fit code's decisions share: their options, and lines that say when each thing was done."""

import argparse
import logging
from pathlib import Path


def fit_parser(description: str, *, seed: bool = True) -> argparse.ArgumentParser:
    """A parser that knows --data and --seed; what is logged is shown from now on.

    Args:
        description: what the command fits.
        seed: whether anything is drawn.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, required=True, help="folder with text, tools, calling, written")
    if seed:
        parser.add_argument("--seed", type=int, default=0)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    return parser
