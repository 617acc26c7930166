"""The third lesson of a training step: where an answer copies, some states must already point at what is copied.

Copying a name or a value goes by itself once it has begun; where to begin is the decision. The loss on tokens teaches
it only through the few tokens that begin a copy, so here it is a loss of its own, as in pointer networks (arXiv
1506.03134). Tools: the state that ends a request, the one that begins an answer and those before each token that tells
a name from others are matched with the states in which every offered tool's name is repeated behind its description;
requests also with the tools of all other conversations in the batch. Values: the state before a value is matched with
the words of the conversation. Kinds: the state that ends a request says what kind of plan answers it, which the
router's probe reads later. The projections are thrown away after the training; the states stay.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import torch
from torch import Tensor, nn
from transformers import PreTrainedTokenizerFast

from divisi.specialists.embedded.embedding import taken_apart
from divisi.specialists.pack import Packed

WIDTH = 64
KIND_WEIGHT = 0.5
APART_WEIGHT = 0.3
SHARPNESS = 15.0
"""What multiplies a cosine at the beginning."""
WORDS_MOST = 256
"""How many of a conversation's last tokens a value may be in."""
ROLES = ("<|system|>", "<|user|>", "<|assistant|>", "<|result|>", "<|tool|>", "<|task|>")
SPOKEN = ("<|user|>", "<|result|>")
NAMES = "names"
LISTS = ("parallel", "chaining", "nested")
KINDS = ("none", "single", *LISTS)
VALUE = re.compile(r'"(?:[^"\\]|\\.)*"\s*:|"((?:[^"\\]|\\.)+)"|(-?\d+(?:\.\d+)?)')
"""A key, in no group; or a string or a number, in a group."""


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
        copied: from the places before values to where the conversation says them.
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
    """Where an answer begins and ends in its row, its subtask, its request's end, the tools and words that it sees.

    `tools` is name -> the place of its repetition; `known` says what
    each of these tools is, whatever its name; `words` are places in the turns of user and results.
    """

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
                    copied += (_shifted(one, row * length) for one in self._values(ids, answer))
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
                    answers.append(_Answer(at, end, subtask, before[-1], offered, tuple(known.values()), said))
        return answers

    def _tools(self, ids: Sequence[int], answer: _Answer) -> tuple[list[_Match], list[_Match]]:
        """From the request to its tools; from the answer's beginning and from each fork in a name to tools."""
        try:
            names = json.loads(self.tokenizer.decode(ids[answer.begin + 1 : answer.end]))
        except ValueError:
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

    def _values(self, ids: Sequence[int], answer: _Answer) -> Iterator[_Match]:
        """From before each value to the places where the conversation says it, however spelled."""
        texts = [self.texts[number] for number in ids[answer.begin + 1 : answer.end]]
        starts = {start: at for at, start in enumerate(accumulate(map(len, texts), initial=0))}
        said = [self.stems[ids[word]] for word in answer.words]
        for match in VALUE.finditer("".join(texts)):
            first, last = (starts.get(edge) for edge in match.span(match.lastindex or 0))
            if match.lastindex is None or first is None or last is None:
                continue
            stems = [self.stems[number] for number in ids[answer.begin + 1 + first : answer.begin + 1 + last]]
            size = len(stems)
            right = tuple(at + 1 for at in range(len(said) - size + 1) if said[at : at + size] == stems)
            if right:
                yield _Match(answer.begin + first, answer.words, right)


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
            try:
                calls = json.loads("".join(texts[number] for number in ids[answer.begin + 1 : answer.end]))
            except ValueError:
                continue
            kind = answer.subtask if len(calls) > 1 else "single" if calls else "none"
            yield answer.request, KINDS.index(kind)


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


class Pointer(nn.Module):
    """Matches queries with keys by the dot product of their vectors, and says how much a query points at nothing."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.RMSNorm(width)
        self.query = nn.Linear(width, WIDTH, bias=False)
        self.key = nn.Linear(width, WIDTH, bias=False)
        self.nothing = nn.Linear(width, 1)

    def vectors(self, states: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """What states [tokens, width] are as queries, as keys [tokens, any], and how much they point at nothing."""
        normed = self.norm(states.float())
        return self.query(normed) / WIDTH**0.5, self.key(normed), self.nothing(normed)

    def forward(self, states: Tensor, matches: Matches) -> tuple[Tensor, Tensor]:
        """The loss of each match and whether it points at something right, both [matches].

        Args:
            states: [tokens, width], of the flattened batch.
            matches: may be none.
        """
        queries, keys, nothing = self.vectors(states)
        matched = torch.einsum("cw,ckw->ck", queries[matches.queries], keys[matches.keys])
        matched = matched.masked_fill(~matches.offered, -torch.inf)
        scores = torch.cat([nothing[matches.queries], matched], dim=1)
        losses = -(matches.right * scores.log_softmax(-1).masked_fill(matches.right == 0, 0)).sum(-1)
        return losses, matches.right.gather(1, scores.argmax(-1, keepdim=True)).squeeze(1) > 0

    def among_all(self, states: Tensor, matches: Matches, known: Tensor) -> Tensor:
        """The loss of each match that has a right key against the keys of the whole batch, [such matches].

        Args:
            states: [tokens, width], of the flattened batch.
            matches: may be none.
            known: int64 [matches, keys], what each key is; a key elsewhere that is the same as a right one is left out.
        """
        queries, keys, _ = self.vectors(states)
        chosen = matches.right[:, 0] == 0
        offered, right = matches.offered[chosen], matches.right[chosen, 1:]
        places, column = torch.unique(matches.keys[matches.offered], return_inverse=True)
        columns = torch.zeros_like(matches.keys).masked_scatter(matches.offered, column)[chosen]
        what = torch.zeros_like(places).scatter(0, column, known[matches.offered])
        scores = queries[matches.queries[chosen]] @ keys[places].T
        share = torch.zeros_like(scores).scatter_add(1, columns, right * offered)
        same = ((known[chosen][:, :, None] == what) & (right > 0)[:, :, None]).any(1)
        scores = scores.masked_fill(same & (share == 0), -torch.inf)
        return -(share * scores.log_softmax(-1).masked_fill(share == 0, 0)).sum(-1)


class MeaningPointer(Pointer):
    """Matches by likeness of meaning too: by the cosine in the space of the teacher's sentence vectors."""

    def __init__(self, width: int, meaning: nn.Linear) -> None:
        """Begin with likeness alone.

        Args:
            width: of the states.
            meaning: maps states to the teacher's space; it belongs to the meaning's lesson, which trains it as well.
        """
        super().__init__(width)
        nn.init.zeros_(self.query.weight)
        self.sharpness = nn.Parameter(torch.tensor(SHARPNESS))
        self._meaning = (meaning,)

    def vectors(self, states: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """As of every pointer."""
        query, key, nothing = super().vectors(states)
        (meaning,) = self._meaning
        likeness = nn.functional.normalize(meaning(states.float()), dim=-1)
        return torch.cat([query, self.sharpness * likeness], -1), torch.cat([key, likeness], -1), nothing


@dataclass(frozen=True, slots=True)
class Pointed:
    """How well the states of one batch point: the loss, and the share that is right of tools and of values."""

    loss: Tensor
    tools: float
    values: float


class Pointers(nn.Module):
    """The matches in a middle layer, for requests, and in a later one, for answers; and the kinds in the last."""

    def __init__(self, width: int, meaning: nn.Linear) -> None:
        super().__init__()
        self.early = MeaningPointer(width, meaning)
        self.late = MeaningPointer(width, meaning)
        self.copy = Pointer(width)
        self.kind = nn.Linear(width, len(KINDS))

    def forward(self, middle: Tensor, later: Tensor, last: Tensor, choices: Choices) -> Pointed:
        """How well the states of three layers point, each [tokens, width], of the flattened batch."""
        asked, _ = self.early(middle, choices.asked)
        named, found = self.late(later, choices.named)
        copied, said = self.copy(later, choices.copied)
        kinds = nn.functional.cross_entropy(self.kind(last[choices.requests].float()), choices.kinds, reduction="none")
        apart = self.early.among_all(middle, choices.asked, choices.tools)
        parts = (torch.cat([asked, named]), copied)
        loss = sum(map(_mean, parts), KIND_WEIGHT * _mean(kinds) + APART_WEIGHT * _mean(apart))
        return Pointed(loss, float(_mean(found.float())), float(_mean(said.float())))


def _mean(values: Tensor) -> Tensor:
    """The mean, 0 where there is nothing."""
    return values.sum() / max(len(values), 1)
