"""Reader of MetaTool: real users' queries, each with the plugin that serves it; plugins take no parameters.

Source: Huang et al., arXiv 2310.03128. Where the right plugin is left out of the offer, plugins that share a word
with the query are left out too, since the set's plugins overlap.
"""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random

from divisi.tasks.calling.call import Call
from divisi.tasks.calling.dialogue import Asked, Kind
from divisi.tasks.calling.tool import Tool
from divisi.tasks.calling.turns import says
from divisi.tasks.corpora.offering import offer, without
from divisi.tasks.corpora.report import LeftOut
from divisi.tasks.subtask import ToolRecord

NONE_SHARE = 0.125
FEWEST_WORDS = 4
MOST_CHARACTERS = 600
WORD = re.compile(r"[a-z]{4,}")
STEM_LETTERS = 5


def read_training(data: Path, rng: Random) -> Iterator[Asked | LeftOut]:
    """Queries for one plugin and for two."""
    folder = data / "calling" / "metatool"
    tools = read_tools(folder)
    with (folder / "all_clean_data.csv").open(encoding="utf-8", newline="") as rows:
        for number, row in enumerate(csv.DictReader(rows)):
            yield asked_from(f"one/{number}", row["Query"], [row["Tool"]], tools, rng)
    for number, record in enumerate(json.loads((folder / "multi_tool_query_golden.json").read_text(encoding="utf-8"))):
        yield asked_from(f"two/{number}", record["query"], record["tool"], tools, rng)


def read_tools(folder: Path) -> dict[str, ToolRecord]:
    """Plugin's name in the set -> its tool; names lose what OpenAI's form does not allow."""
    described = {}
    for name in ("plugin_des.json", "big_tool_des.json"):
        described.update(json.loads((folder / name).read_text(encoding="utf-8")))
    return {name: Tool(spelled(name), text).to_record() for name, text in described.items()}


def spelled(name: str) -> str:
    """ "PDF&URLTool" -> "PDF_URLTool"."""
    return re.sub(r"[^\w-]+", "_", name)


def asked_from(key: str, query: str, names: list[str], tools: Mapping[str, ToolRecord], rng: Random) -> Asked | LeftOut:
    """One query; one in eight of those for a single plugin is offered without it."""
    text = " ".join(query.split())
    if len(text.split()) < FEWEST_WORDS or len(text) > MOST_CHARACTERS:
        return LeftOut(key, "query too short or too long")
    right = [tools[name] for name in names]
    others = [tool for name, tool in tools.items() if name not in names]
    kind: Kind = "single" if len(names) == 1 else "parallel"
    offered = offer(right, (), others, rng)
    if kind == "single" and rng.random() < NONE_SHARE:
        kind = "none"
        offered = tuple(tool for tool in without(offered, [spelled(names[0])]) if not _share_word(tool, text))
    return Asked(
        id=key,
        source="metatool",
        messages=(says("user", text),),
        tools=offered,
        kind=kind,
        calls=() if kind == "none" else tuple(Call(spelled(name), {}) for name in names),
        group=f"metatool/{names[0]}",
    )


def _share_word(tool: ToolRecord, text: str) -> bool:
    return not _stems(tool["function"]["description"]).isdisjoint(_stems(text))


def _stems(text: str) -> set[str]:
    return {word[:STEM_LETTERS] for word in WORD.findall(text.casefold())}
