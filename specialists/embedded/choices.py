"""What the states of a batch must point at, found in its tokens.

Tools: from the end of a request, the beginning of an answer and before each token that tells a name from others, to
where every offered tool's name is repeated behind its description. Copies: from before a value to where the
conversation says it, and from before a parameter to where the invocation names it. Kinds: for the end of a request,
what answers it.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerFast

from divisi.specialists.embedded.embedding import taken_apart
from divisi.specialists.pack import Packed

WORDS_MOST = 256
"""How many of a conversation's last tokens a value may be in."""
ROLES = ("<|system|>", "<|user|>", "<|assistant|>", "<|result|>", "<|tool|>", "<|task|>")
SPOKEN = ("<|user|>", "<|result|>")
NAMES, ARGUMENTS = "names", "arguments"
LISTS = ("parallel", "chaining", "nested")
KINDS = ("none", "single", *LISTS)
VALUE = re.compile(r'"((?:[^"\\]|\\.)+)"(?=\s*:)|"((?:[^"\\]|\\.)+)"|(-?\d+(?:\.\d+)?)')
"""A parameter, a string, or a number, each in a group of its own."""


@dataclass(frozen=True, slots=True)
class Matches:
    """Positions in a flattened batch that must point at others.

    Attributes:
        queries: int64 [matches].
        keys: int64 [matches, keys], what can be pointed at; padded with 0.
        offered: bool [matches, keys], False for padding.
        right: float32 [matches, 1 + keys], the share of each; the first column is for none of them.
    """

    queries: Tensor
    keys: Tensor
    offered: Tensor
    right: Tensor

    def to(self, device: str) -> "Matches":
        """The same on a device."""
        return Matches(*(part.to(device) for part in (self.queries, self.keys, self.offered, self.right)))


@dataclass(frozen=True, slots=True)
class Choices:
    """All that states of a batch must point at and say.

    Attributes:
        asked: from ends of requests to the tools that they ask for.
        tools: int64 [asked, keys], what tool each key of `asked` is; the same number for the same tool under any name.
        named: from places in answers to the tools that they name.
        copied: from the places before values and parameters to where the conversation or the invocation has them; the
            keys are the right places alone.
        requests: int64 [requests], ends of requests.
        kinds: int64 [requests], what answers each, an index of KINDS.
    """

    asked: Matches
    tools: Tensor
    named: Matches
    copied: Matches
    requests: Tensor
    kinds: Tensor

    def to(self, device: str) -> "Choices":
        """The same on a device."""
        return Choices(
            asked=self.asked.to(device),
            tools=self.tools.to(device),
            named=self.named.to(device),
            copied=self.copied.to(device),
            requests=self.requests.to(device),
            kinds=self.kinds.to(device),
        )


@dataclass(frozen=True, slots=True)
class _Match:
    query: int
    keys: tuple[int, ...]
    right: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Answer:
    """Where an answer is asked for, begins and ends in its row; its subtask, request's end, tools and words.

    `tools` is name -> the place of its repetition; `known` says what
    each of these tools is, whatever its name; `words` are places in the turns of user and results.
    """

    asked: int
    begin: int
    end: int
    subtask: str
    request: int
    tools: Mapping[tuple[int, ...], int]
    known: tuple[int, ...]
    words: tuple[int, ...]


class Finder:
    """Finds the choices of packed batches."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast) -> None:
        self.tokenizer = tokenizer
        self.role_of = {self._id(role): role for role in ROLES}
        self.end, self.call, self.answer = (self._id(text) for text in ("<|end|>", "<|call|>", "<|answer|>"))
        spelled = tokenizer.convert_ids_to_tokens(range(len(tokenizer)))
        self.stems = [taken_apart(spelling)[0] for spelling in spelled]
        self.texts: list[str] = [tokenizer.decode([number]) for number in range(len(tokenizer))]

    def find(self, packed: Packed) -> Choices:
        """All choices of a batch; a list that names what is not offered is none, nor is a value that nobody said."""
        length = packed.ids.shape[1]
        asked: list[_Match] = []
        tools: list[tuple[int, ...]] = []
        named: list[_Match] = []
        copied: list[_Match] = []
        kinds: dict[int, int] = {}
        for row, ids in enumerate(packed.ids.tolist()):
            answers = self._answers(ids, packed.mask[row, 0])
            for answer in answers:
                if answer.subtask == NAMES:
                    asking, naming = self._tools(ids, answer)
                    asked += (_shifted(one, row * length) for one in asking)
                    tools += (answer.known for _ in asking)
                    named += (_shifted(one, row * length) for one in naming)
                else:
                    copied += (_shifted(one, row * length) for one in self._copies(ids, answer))
            for request, kind in _kinds(answers, self.texts, ids):
                kinds[row * length + request] = kind
        places, labels = (torch.tensor(list(values), dtype=torch.int64) for values in (kinds, kinds.values()))
        known = _stacked([_Match(0, one, ()) for one in tools]).keys
        return Choices(_stacked(asked), known, _stacked(named), _stacked(copied), places, labels)

    def _id(self, text: str) -> int:
        number = self.tokenizer.convert_tokens_to_ids(text)
        assert isinstance(number, int)
        return number

    def _answers(self, ids: Sequence[int], mask: Tensor) -> list[_Answer]:
        """The answers behind a request, in order."""
        tools: list[tuple[int, tuple[int, ...], int]] = []
        requests: list[int] = []
        words: list[int] = []
        answers: list[_Answer] = []
        role, began = "", 0
        for at, number in enumerate(ids):
            if number in self.role_of:
                role, began = self.role_of[number], at
            elif number == self.call and role == "<|tool|>":
                name = tuple(ids[at + 1 : _index(ids, self.end, at)])
                tools.append((at + 1, name, hash(tuple(ids[began + 1 + len(name) : at]))))
            elif number == self.end and role == "<|user|>":
                requests.append(at)
            elif role in SPOKEN:
                words.append(at)
            elif number == self.answer and role == "<|task|>":
                seen = mask[at].tolist()
                before = [request for request in requests if seen[request]]
                offered = {name: place for place, name, _ in tools if seen[place]}
                if before:
                    known = {name: what for place, name, what in tools if seen[place]}
                    subtask = self.tokenizer.decode(ids[began + 1 : at]).split(" ")[0]
                    said = tuple(word for word in words if seen[word])[-WORDS_MOST:]
                    end = _index(ids, self.end, at)
                    answers.append(_Answer(began, at, end, subtask, before[-1], offered, tuple(known.values()), said))
        return answers

    def _tools(self, ids: Sequence[int], answer: _Answer) -> tuple[list[_Match], list[_Match]]:
        """From the request to its tools; from the answer's beginning and from each fork in a name to tools."""
        names = _read_list(self.tokenizer.decode(ids[answer.begin + 1 : answer.end]))
        if names is None:
            return [], []
        pieces = [tuple(self.tokenizer.encode(str(name), add_special_tokens=False)) for name in names]
        if any(piece not in answer.tools for piece in pieces):
            return [], []
        keys = tuple(answer.tools.values())
        numbers = {piece: number for number, piece in enumerate(answer.tools, start=1)}
        right = tuple(numbers[piece] for piece in dict.fromkeys(pieces)) or (0,)
        naming = [_Match(answer.begin, keys, right)]
        at = answer.begin + 1
        for piece in pieces:
            while at < answer.end and tuple(ids[at : at + len(piece)]) != piece:
                at += 1
            if at >= answer.end:
                return [], []
            naming += _forks(at, piece, answer.tools)
            at += len(piece)
        return [_Match(answer.request, keys, right)], naming

    def _copies(self, ids: Sequence[int], answer: _Answer) -> Iterator[_Match]:
        """From before each value to where conversation or invocation say it, however spelled; so for parameters."""
        texts = [self.texts[number] for number in ids[answer.begin + 1 : answer.end]]
        starts = {start: at for at, start in enumerate(accumulate(map(len, texts), initial=0))}
        for match in VALUE.finditer("".join(texts)):
            first, last = (starts.get(edge) for edge in match.span(match.lastindex or 0))
            if first is None or last is None:
                continue
            value = ids[answer.begin + 1 + first : answer.begin + 1 + last]
            told = tuple(range(answer.asked, answer.begin)) if answer.subtask == ARGUMENTS else ()
            right = self._said(value, ids, told if match.lastindex == 1 else (*answer.words, *told))
            if right:
                yield _Match(answer.begin + first, right, tuple(range(1, 1 + len(right))))

    def _said(self, value: Sequence[int], ids: Sequence[int], places: Sequence[int]) -> tuple[int, ...]:
        """Those of the places where a value begins, in any spelling."""
        stems, size = [self.stems[number] for number in value], len(value)
        said = [self.stems[ids[place]] for place in places]
        return tuple(places[at] for at in range(len(said) - size + 1) if said[at : at + size] == stems)


def _forks(at: int, name: tuple[int, ...], offered: Mapping[tuple[int, ...], int]) -> Iterator[_Match]:
    """A match before each token of the name at `at` that tells it from other names which begin as it does."""
    for depth in range(len(name)):
        alike = [other for other in offered if other[:depth] == name[:depth] and len(other) > depth]
        if len({other[depth] for other in alike}) > 1:
            right = tuple(number for number, other in enumerate(alike, start=1) if other[depth] == name[depth])
            yield _Match(at + depth - 1, tuple(offered[other] + depth for other in alike), right)


def _kinds(answers: Sequence[_Answer], texts: Sequence[str], ids: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Requests that a list of calls answers, with their kinds: none, one call, or the list's own."""
    for answer in answers:
        if answer.subtask in LISTS:
            calls = _read_list("".join(texts[number] for number in ids[answer.begin + 1 : answer.end]))
            if calls is not None:
                kind = answer.subtask if len(calls) > 1 else "single" if calls else "none"
                yield answer.request, KINDS.index(kind)


def _read_list(text: str) -> list[Any] | None:
    """An answer's list; None where it has none, as when a value spells the token that ends answers."""
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, list) else None


def _index(ids: Sequence[int], number: int, start: int) -> int:
    return next((at for at in range(start, len(ids)) if ids[at] == number), len(ids))


def _shifted(one: _Match, offset: int) -> _Match:
    return _Match(offset + one.query, tuple(offset + key for key in one.keys), one.right)


def _stacked(found: Sequence[_Match]) -> Matches:
    widest = max((len(one.keys) for one in found), default=1)
    keys = torch.zeros(len(found), widest, dtype=torch.int64)
    offered = torch.zeros(len(found), widest, dtype=torch.bool)
    right = torch.zeros(len(found), 1 + widest)
    for number, one in enumerate(found):
        keys[number, : len(one.keys)] = torch.tensor(one.keys)
        offered[number, : len(one.keys)] = True
        right[number, list(one.right)] = 1 / max(1, len(one.right))
    return Matches(torch.tensor([one.query for one in found], dtype=torch.int64), keys, offered, right)
