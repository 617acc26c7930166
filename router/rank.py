"""Which tools to show where not all fit: ranked by BM25 against what the user said last."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from divisi.router.request import Message, ToolRecord

LAST_USER_MESSAGES = 3
WORD = re.compile(r"[^\W_]+")
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True, slots=True)
class Ranked:
    """The tools that are shown, in their original order, and the names of those left out."""

    kept: tuple[ToolRecord, ...]
    left_out: tuple[str, ...] = ()


def rank_tools(
    tools: Sequence[ToolRecord],
    messages: Sequence[Message],
    *,
    sizes: Sequence[int],
    budget: int,
    always: Collection[str] = (),
) -> Ranked:
    """The best tools that fit a budget.

    Args:
        tools: in the order of the request.
        messages: the conversation; its last user messages are the query.
        sizes: tokens of each tool as rendered.
        budget: tokens that all tools together may take.
        always: names that are kept whatever they score (called before, or named by the client).

    Source: BM25 in Lucene's form (package bm25s), over the words of names, descriptions and parameters.
    """
    if sum(sizes) <= budget:
        return Ranked(tuple(tools))
    scores = _scores([tool_words(tool) for tool in tools], query_words(messages))
    order = sorted(range(len(tools)), key=lambda i: (_name(tools[i]) not in always, -scores[i], i))
    kept: set[int] = set()
    for i in order:
        if _name(tools[i]) in always or sum(sizes[j] for j in kept) + sizes[i] <= budget:
            kept.add(i)
    left_out = tuple(_name(tool) for i, tool in enumerate(tools) if i not in kept)
    return Ranked(tuple(tool for i, tool in enumerate(tools) if i in kept), left_out)


def called_before(messages: Sequence[Message]) -> frozenset[str]:
    """The names of the functions that a conversation has already called."""
    calls = (call for message in messages for call in message.get("tool_calls") or ())
    return frozenset(str(call["function"]["name"]) for call in calls)


def query_words(messages: Sequence[Message]) -> list[str]:
    """The words of the last user messages."""
    said = [str(message.get("content") or "") for message in messages if message.get("role") == "user"]
    return list(words(" ".join(said[-LAST_USER_MESSAGES:])))


def tool_words(tool: ToolRecord) -> list[str]:
    """The words of a tool: its name, its description, its parameters' names and descriptions."""
    function = tool["function"]
    texts = [function["name"], function.get("description") or ""]
    for name, schema in ((function.get("parameters") or {}).get("properties") or {}).items():
        texts += [name, str(schema.get("description") or "") if isinstance(schema, dict) else ""]
    return list(words(" ".join(texts)))


def words(text: str) -> Iterator[str]:
    """The words of a text in lower case; snake_case and camelCase are taken apart, a plural s is dropped."""
    for match in WORD.finditer(CAMEL.sub(" ", text)):
        word = match.group().lower()
        yield word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _scores(documents: list[list[str]], query: list[str]) -> list[float]:
    import bm25s  # here, because most requests never rank and its import takes 0.3 s

    known = [word for word in query if any(word in document for document in documents)]
    if not known:
        return [0.0] * len(documents)
    index: Any = bm25s.BM25()
    index.index(documents, show_progress=False)
    return [float(score) for score in index.get_scores(known)]


def _name(tool: ToolRecord) -> str:
    return str(tool["function"]["name"])
