"""Texts of the public sets that share eight words in a row with BFCL: what says or offers one is not trained on.

The live part of BFCL was sent in by users, some of whom sent sentences and functions of older public sets. The list
holds digests alone, nothing of BFCL; `python benchmarks/overlap.py` makes it and says what is on it.
"""

import json
from functools import cache
from hashlib import blake2b
from pathlib import Path

from divisi.tasks.calling.dialogue import Asked

FILE = Path(__file__).with_name("quoted.json")


def digest(text: str) -> str:
    """What stands for a text in the list."""
    return blake2b(text.encode(errors="surrogatepass"), digest_size=6).hexdigest()


@cache
def quoted() -> frozenset[str]:
    """The digests of what users say and of descriptions of tools."""
    return frozenset(json.loads(FILE.read_text(encoding="utf-8")))


def is_quoted(text: str) -> bool:
    """Whether a request or a description is on the list."""
    return digest(text) in quoted()


def quotes(asked: Asked) -> bool:
    """Whether a conversation says or offers what is on the list."""
    said = (str(message["content"]) for message in asked.messages if message["role"] == "user")
    offered = (str(tool["function"].get("description") or "") for tool in asked.tools)
    return any(map(is_quoted, (*said, *offered)))
