"""Reader of the Schema-Guided Dialogue set: what is asked at each turn of the system.

Source: Rastogi et al., arXiv 1909.05855; CC-BY-SA-4.0. The set has no present day in the text, but its values count
from 2019-03-01: one dialogue in four says so and has ISO dates, in the others dates are as the user says them.
"""

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

from divisi.tasks.calling.call import Call
from divisi.tasks.calling.dialogue import Asked, Kind
from divisi.tasks.calling.turns import called_names, calls_turn, characters, result_turn, says
from divisi.tasks.corpora.offering import offer, without
from divisi.tasks.corpora.report import LeftOut
from divisi.tasks.corpora.sgd_schema import Methods, is_moment, read_methods, typed
from divisi.tasks.subtask import Message, Schema, ToolRecord

SPLITS = ("train", "dev", "test")
TODAY = "Current date: 2019-03-01 (Friday)"
DATED_SHARE = 0.25
NONE_SHARE = 0.125
MOST_CHARACTERS = 3000
MOST_RESULTS = 2
MOST_FIELDS = 6
STEM_LETTERS = 5
GOODBYES = {"THANK_YOU", "GOODBYE", "NEGATE", "NEGATE_INTENT"}

Record = Mapping[str, Any]
"""A dialogue, a turn or a frame as the set writes it."""


@dataclass(slots=True)
class Walk:
    """One dialogue while it is walked through: what has been said so far, and what holds all along."""

    id: str
    source: str
    group: str
    dated: bool
    methods: Methods
    tools: tuple[ToolRecord, ...]
    told: Mapping[str, frozenset[str]]
    """Service -> the slots that the system tells of: what a trimmed result keeps first."""
    messages: list[Message] = field(default_factory=list)
    size: int = 0
    calls_made: int = 0
    turn: int = 0


def read_training(data: Path, rng: Random) -> Iterator[Asked | LeftOut]:
    """All three splits: its services are tested nowhere in this project."""
    for split in SPLITS:
        folder = data / "calling" / "sgd" / split
        methods = read_methods(folder / "schema.json.gz")
        for path in sorted(folder.glob("dialogues_*.json.gz")):
            with gzip.open(path, "rt", encoding="utf-8") as text:
                dialogues = json.load(text)
            for dialogue in dialogues:
                yield from asked_in(dialogue, methods, f"sgd/{split}", rng)


def asked_in(dialogue: Record, methods: Methods, source: str, rng: Random) -> Iterator[Asked | LeftOut]:
    """What is asked in a dialogue, until its end or until it gets too long or calls with values that nobody said."""
    walk = _walk(dialogue, methods, source, rng)
    user: Record = {}
    for walk.turn, turn in enumerate(dialogue["turns"]):
        if turn["speaker"] == "USER":
            user = turn
            _add(walk, says("user", turn["utterance"]))
            continue
        if walk.size > MOST_CHARACTERS:
            yield LeftOut(f"{walk.id}/{walk.turn}", "dialogue gets too long")
            return
        calling = [frame for frame in turn["frames"] if "service_call" in frame]
        calls = tuple(_call(frame, user, walk) for frame in calling)
        if None in calls:
            yield LeftOut(f"{walk.id}/{walk.turn}", "value without evidence")
            return
        if calling:
            yield from _asked_to_call(tuple(filter(None, calls)), walk, rng)
            _play(tuple(filter(None, calls)), calling, walk)
            yield from _asked_to_reply(turn, walk, "reply")
        else:
            yield from _asked_without_call(user, turn, walk, rng)
        _add(walk, says("assistant", turn["utterance"]))


def _add(walk: Walk, message: Message) -> None:
    walk.messages.append(message)
    walk.size += characters((message,))


def _walk(dialogue: Record, methods: Methods, source: str, rng: Random) -> Walk:
    frames = [frame for turn in dialogue["turns"] for frame in turn["frames"]]
    dated = rng.random() < DATED_SHARE
    return Walk(
        id=dialogue["dialogue_id"],
        source=source,
        group="sgd/" + "+".join(sorted(dialogue["services"])),
        dated=dated,
        methods=methods,
        tools=_offered(frames, dialogue["services"], methods, dated, rng),
        told={service: _told_slots(frames, service) for service in dialogue["services"]},
        messages=[says("system", TODAY)] if dated else [],
    )


def _told_slots(frames: Sequence[Record], service: str) -> frozenset[str]:
    system = [frame for frame in frames if frame["service"] == service and "state" not in frame]
    return frozenset(action["slot"] for frame in system for action in frame["actions"])


def _offered(
    frames: Sequence[Record], services: Sequence[str], methods: Methods, dated: bool, rng: Random
) -> tuple[ToolRecord, ...]:
    """What the dialogue calls or intends, other methods of its services, and methods that do something else."""
    used = {(frame["service"], frame["service_call"]["method"]) for frame in frames if "service_call" in frame}
    used |= {(frame["service"], frame["state"]["active_intent"]) for frame in frames if "state" in frame}
    needed = [method for key, method in methods.items() if key in used]
    families = {method.family for method in methods.values() if method.service in services}
    near = [method for method in methods.values() if method.service in services]
    far = [method for method in methods.values() if method.family not in families or method.family == "Services"]
    needed_tools, near_tools, far_tools = (
        [method.dated_tool if dated else method.tool for method in pool] for pool in (needed, near, far)
    )
    return offer(needed_tools, near_tools, far_tools, rng)


def _call(frame: Record, user: Record, walk: Walk) -> Call | None:
    """The call of a frame with the values as they were said, or None where a value was not said."""
    method = walk.methods[frame["service"], frame["service_call"]["method"]]
    state: Mapping[str, Any] = next(
        (f["state"]["slot_values"] for f in user["frames"] if f["service"] == frame["service"]), {}
    )
    arguments = {}
    text = "\n".join(turn["content"] or "" for turn in walk.messages if turn["role"] in ("user", "assistant"))
    for name, value in frame["service_call"]["parameters"].items():
        if value == "dontcare" or (name not in state and name not in method.required):
            continue
        iso = walk.dated and is_moment(name)
        said = typed(value, method.slots[name]) if iso else _said(value, state.get(name, ()), method.slots[name], text)
        if isinstance(said, str) and name not in method.required and not _shares_word(said, text):
            continue
        if said is None:
            return None
        arguments[name] = said
    return Call(method.name, arguments)


def _said(value: str, forms: Sequence[str], schema: Schema, text: str) -> Any:
    """A slot's value: typed where the schema lists values, else verbatim as it was said, or None where it was not."""
    if "enum" in schema or schema["type"] == "boolean":
        return typed(value, schema)
    folded = text.casefold()
    starts = {form: folded.rfind(form.casefold()) for form in (value, *forms)}
    found = [form for form in starts if starts[form] >= 0]
    if not found:
        return None
    longest = max(found, key=len)
    return text[starts[longest] : starts[longest] + len(longest)]


def _shares_word(value: str, text: str) -> bool:
    """Whether a text has the start of any word of a value: the set's listed values are often read into the words."""
    return any(word[:STEM_LETTERS] in text.casefold() for word in value.casefold().split() if len(word) > 1)


def _asked_to_call(calls: tuple[Call, ...], walk: Walk, rng: Random) -> Iterator[Asked]:
    """The calls; where some were made before, half of the turns ask for the next one instead of for all."""
    kind: Kind = "single" if len(calls) == 1 else "parallel"
    if kind == "single" and walk.calls_made and rng.random() < 0.5:
        kind = "continue"
    yield replace(_now(walk, kind), calls=calls)
    names = {call.name for call in calls}
    if rng.random() < NONE_SHARE and names.isdisjoint(called_names(walk.messages)):
        asked = _now(walk, "none")
        yield replace(asked, tools=without(asked.tools, names))


def _play(calls: tuple[Call, ...], frames: Sequence[Record], walk: Walk) -> None:
    """Append the calls and their results."""
    first = walk.calls_made + 1
    _add(walk, calls_turn(calls, first))
    for number, frame in enumerate(frames, first):
        _add(walk, result_turn(_trimmed(frame, walk), number))
    walk.calls_made += len(calls)


def _trimmed(frame: Record, walk: Walk) -> dict[str, Any]:
    """The first results with a few fields: those that the system tells of now, then those that it tells of later.

    A call that fails has a result like any other in the set, and only the system's words say so.
    """
    if any(action["act"] == "NOTIFY_FAILURE" for action in frame["actions"]):
        return {"status": "failed"}
    slots = walk.methods[frame["service"], frame["service_call"]["method"]].slots
    now = {action["slot"] for action in frame["actions"]}
    told = walk.told[frame["service"]]
    results = []
    for result in frame["service_results"][:MOST_RESULTS]:
        names = sorted(result, key=lambda name: (name not in now, name not in told))[:MOST_FIELDS]
        results.append({name: typed(result[name], slots.get(name, {})) for name in names})
    if len(frame["service_results"]) == 1:
        return results[0]
    return {"count": len(frame["service_results"]), "results": results}


def _asked_to_reply(turn: Record, walk: Walk, kind: Kind) -> Iterator[Asked]:
    """The system's words, where the conversation holds all that they tell."""
    text = "\n".join(message["content"] or "" for message in walk.messages).casefold()
    for frame in turn["frames"]:
        for action in frame["actions"]:
            forms = {*action["values"], *action["canonical_values"]} - {"True", "False"}
            if forms and not any(form.casefold() in text for form in forms):
                return
    yield replace(_now(walk, kind), reply=turn["utterance"])


def _asked_without_call(user: Record, turn: Record, walk: Walk, rng: Random) -> Iterator[Asked]:
    """Turns at which the system asks for a value, answers from earlier results, or takes its leave."""
    acts = {action["act"] for frame in turn["frames"] for action in frame["actions"]}
    user_acts = {action["act"] for frame in user["frames"] for action in frame["actions"]}
    if "REQUEST" in acts:
        yield from _asked_with_missing(user, walk)
    elif acts == {"INFORM"} and walk.calls_made:
        yield from _asked_to_reply(turn, walk, "done")
    elif user_acts <= GOODBYES and rng.random() < NONE_SHARE:
        yield _now(walk, "none")


def _asked_with_missing(user: Record, walk: Walk) -> Iterator[Asked]:
    """The required slots that the user's intent lacks; several intents at once are ambiguous."""
    frames = [frame for frame in user["frames"] if (frame["service"], frame["state"]["active_intent"]) in walk.methods]
    if len(frames) == 1:
        state = frames[0]["state"]
        method = walk.methods[frames[0]["service"], state["active_intent"]]
        missing = tuple(name for name in method.required if name not in state["slot_values"])
        if missing:
            yield replace(_now(walk, "missing"), tool=method.name, missing=missing)


def _now(walk: Walk, kind: Kind) -> Asked:
    """The conversation so far, still without its truth."""
    return Asked(
        id=f"{walk.id}/{walk.turn}/{kind}",
        source=walk.source,
        messages=tuple(walk.messages),
        tools=walk.tools,
        kind=kind,
        group=walk.group,
    )
