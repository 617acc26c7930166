"""Reader of Taskmaster-4: coffee orders, in which later calls take ids from the results of earlier ones.

Source: Byrne et al., arXiv 2403.10704; CC-BY-4.0.
"""

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from divisi.tasks.calling.call import Call
from divisi.tasks.calling.dialogue import Asked, Kind
from divisi.tasks.calling.turns import calls_turn, result_turn, says
from divisi.tasks.corpora.offering import name_of, offer
from divisi.tasks.corpora.report import LeftOut
from divisi.tasks.corpora.taskmaster4_tools import TOOLS
from divisi.tasks.subtask import Message

MOST_CHARACTERS = 3000
NUMBER_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

Record = Mapping[str, Any]


def read_training(data: Path, rng: Random) -> Iterator[Asked | LeftOut]:
    """Each call, and each reply that follows a call; a dialogue that stands twice in the set is read once."""
    seen = set()
    for path in sorted((data / "calling" / "taskmaster4").glob("data_*.json.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as text:
            dialogues = json.load(text)
        for dialogue in dialogues:
            key = "\n".join(turn["text"] for turn in dialogue["utterances"])
            if key in seen:
                yield LeftOut(dialogue["conversation_id"], "dialogue stands twice in the set")
            else:
                seen.add(key)
                yield from asked_in(dialogue, rng)


def asked_in(dialogue: Record, rng: Random) -> Iterator[Asked | LeftOut]:
    """What is asked in a dialogue, until its end or until a call that cannot be read or known."""
    key = dialogue["conversation_id"]
    played = [_requests(turn["annotations"]) for turn in dialogue["utterances"]]
    called = {name for requests in played for name, _, _ in requests}
    needed = [tool for tool in TOOLS if name_of(tool) in called]
    asked = Asked(key, "taskmaster4", (), offer(needed, TOOLS, (), rng), "reply", group=f"taskmaster4/{key}")
    messages: list[Message] = []
    made = 0
    for number, (turn, requests) in enumerate(zip(dialogue["utterances"], played, strict=True)):
        if turn["speaker"] == "assistant":
            if messages and messages[-1]["role"] == "tool":
                yield replace(asked, id=f"{key}/{number}/reply", messages=tuple(messages), reply=turn["text"])
            messages.append(says("assistant", turn["text"]))
            continue
        messages.append(says("user", turn["text"]))
        for position, (name, arguments, result) in enumerate(requests):
            at = f"{key}/{number}.{position}"
            text = _text(messages)
            call = None if arguments is None else _call(name, arguments, text)
            reason = "request is not JSON" if call is None else _reason_to_stop(call, text)
            if call is None or reason:
                yield LeftOut(at, reason or "")
                return
            kind: Kind = "single" if len(requests) == 1 else "continue"
            yield replace(asked, id=f"{at}/{kind}", messages=tuple(messages), kind=kind, calls=(call,))
            made += 1
            messages += [calls_turn((call,), made), result_turn(result, made)]


def _requests(annotations: Sequence[Record]) -> list[tuple[str, dict[str, Any] | None, Any]]:
    """(function, request, response) of each call of a turn, in order; None for a request that is not JSON."""
    grouped: dict[str, dict[str, str]] = {}
    for annotation in annotations:
        grouped.setdefault(annotation["context"], {})[annotation["name"]] = annotation["value"]
    return [
        (parts["api_call"], _json(parts.get("request", "")), _response(grouped, context))
        for context, parts in grouped.items()
        if "api_call" in parts
    ]


def _response(grouped: Mapping[str, Mapping[str, str]], context: str) -> Any:
    text = grouped.get(context.replace("call", "response"), {}).get("response", "")
    return _json(text) or {"result": text}


def _json(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


def _call(name: str, arguments: Mapping[str, Any], text: str) -> Call:
    """A call with numbers as numbers, without a quantity of one and without notes that nobody has said."""
    kept = {key: int(value) if key == "quantity" else value for key, value in arguments.items()}
    unsaid = {key for key in ("notes", "fields") if key in kept and not _is_said(kept[key], text)}
    return Call(name, {k: v for k, v in kept.items() if k not in unsaid and (k, v) != ("quantity", 1)})


def _reason_to_stop(call: Call, text: str) -> str | None:
    if len(text) > MOST_CHARACTERS:
        return "dialogue gets too long"
    known = (_is_said(value, text) for key, value in call.arguments.items() if key != "scope")
    return None if all(known) else "value without evidence"


def _text(messages: Sequence[Message]) -> str:
    return "\n".join(turn["content"] or "" for turn in messages).casefold()


def _is_said(value: Any, text: str) -> bool:
    """Whether a value stands in a text, or one of its words does; as loose as `evidence`, and ten times as fast."""
    if isinstance(value, Mapping):
        return all(_is_said(part, text) for part in value.values())
    if isinstance(value, list):
        return all(_is_said(part, text) for part in value)
    if isinstance(value, int):
        return str(value) in text or (value < len(NUMBER_WORDS) and NUMBER_WORDS[value] in text)
    folded = str(value).casefold()
    return folded in text or any(len(word) > 2 and word in text for word in folded.split())
