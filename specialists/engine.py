"""The engine: rows of different specialists, over shared prefixes, as one batch, token by token.

It is single-threaded and holds no lock: one thread owns an engine and makes all calls, `start` and `cancel` too. What
other threads want of it, they put into that thread's mailbox.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from divisi.specialists.attention import UNUSED_MASK, install
from divisi.specialists.awake import PREFIX, part_at
from divisi.specialists.bank import Bank, Field
from divisi.specialists.base import Base
from divisi.specialists.batch import Batch, Pending, make_batch
from divisi.specialists.errors import AttentionError, ContextError, EngineError, PromptError
from divisi.specialists.grammar import Grammars
from divisi.specialists.guiding import forbid_for, lean
from divisi.specialists.prefix import Prefix, PrefixCache, read_prefix
from divisi.specialists.row import RowEvent, RowHandle, RowRequest, RowResult
from divisi.specialists.sample import choose
from divisi.specialists.slots import Slots
from divisi.specialists.suffix import SuffixCache
from divisi.specialists.vocabulary import Vocabulary
from divisi.specialists.writing import Writing

PROBE_TOKENS = 12
"""Tokens on which a new engine compares its attention with the model's own."""

PROBE_TOLERANCE = {torch.bfloat16: 0.1, torch.float16: 0.02}
"""By how much logits may differ, of the largest, else 0.001: many roundings, but far less than a wrong mask gives."""


@dataclass(slots=True, eq=False)
class _Row:
    """A row that waits or runs.

    Attributes:
        voices: the slots that acted when it was started.
        written: tokens of its suffix whose keys and values are held.
    """

    handle: RowHandle
    request: RowRequest
    writing: Writing
    voices: tuple[Slots, Slots | None] | None
    started_s: float
    written: int = 0


class Engine:
    """Runs rows on one base with its bank of specialists.

    The prefix is read by the base alone, so that no reload of a specialist makes it stale. The suffix of a row, its
    invocation and its answer, is read with the row's specialist awake where its kind is. Rows of a specialist that is
    awake everywhere read their prefix anew, for that specialist. A row whose specialist (or the trunk) is
    replaced while it runs would mix two versions: it ends as "failed" instead.
    """

    def __init__(
        self,
        base: Base,
        bank: Bank,
        *,
        max_rows: int = 16,
        prefix_cache_bytes: int = 2**28,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """Prepare a base for shared prefixes, and check on a few tokens that this gives the model's own logits.

        Args:
            base: its model's attention is taken over, see attention.py; other users of the model notice nothing.
            bank: the bank on the same model.
            max_rows: rows that run at once; others wait in the order in which they came.
            prefix_cache_bytes: memory for prefixes that are kept.
            clock: seconds from any beginning.

        Raises:
            AttentionError: the base's attention cannot be computed over shared prefixes.
            EngineError: max_rows is less than 1.
        """
        if max_rows < 1:
            raise EngineError(f"max_rows is {max_rows}, it must be at least 1")
        install(base.model)
        self._base, self._bank, self._max_rows, self._clock = base, bank, max_rows, clock
        self._vocabulary = Vocabulary(base)
        self.grammars = Grammars(self._vocabulary)
        """Compiles schemas, and keeps them: what is refused here is refused by `start`."""
        self._prefixes = PrefixCache(prefix_cache_bytes)
        self._waiting: deque[_Row] = deque()
        self._live: list[_Row] = []  # a row's index is its slot
        self._ended: list[_Row] = []
        self._count = 0
        self._suffixes = self._checked_suffixes()

    @property
    def busy(self) -> bool:
        """Whether a step would bring anything."""
        return bool(self._waiting or self._live or self._ended)

    def cached_tokens(self, ids: Sequence[int]) -> int:
        """How many of these tokens `read` would not have to read again."""
        if self._prefixes.get(ids) is not None:
            return len(ids)
        start = self._prefixes.longest_start(ids)
        return 0 if start is None else start.tokens

    def read(self, ids: Sequence[int]) -> Prefix:
        """Read a prefix with the base alone, or find it where it has been read; a known start is not read again.

        Raises:
            PromptError: there are no tokens.
            ContextError: more tokens than the base can read.
        """
        return self._read(ids, None)

    def start(self, request: RowRequest) -> RowHandle:
        """Put a row into the queue; the next steps run it.

        Raises:
            ContextError: prefix, invocation and max_tokens together are more than the base can read.
            GrammarError: the schema cannot be enforced.
            BankError: the specialist is not resident.
            PromptError: the prefix was read by another base.
        """
        row = self._prepare(request)
        self._waiting.append(row)
        return row.handle

    def cancel(self, handle: RowHandle) -> None:
        """End a row; its result comes with the next step. A row that has ended already stays as it is."""
        for row in (*self._waiting, *self._live):
            if row.handle == handle:
                row.writing.end("cancelled")

    def run(self, rows: Sequence[RowRequest]) -> list[RowResult]:
        """Run rows to their ends, on an engine that is otherwise idle; either all are started or none.

        Raises:
            EngineError: other rows are running or waiting.
            ContextError, GrammarError, BankError, PromptError: see `start`.
        """
        if self.busy:
            raise EngineError("other rows are running; use start and step")
        prepared = [self._prepare(request) for request in rows]
        self._waiting.extend(prepared)
        results: dict[RowHandle, RowResult] = {}
        while self.busy:
            results |= {event.handle: event.result for event in self.step() if event.result is not None}
        return [results[row.handle] for row in prepared]

    @torch.inference_mode()
    def step(self) -> list[RowEvent]:
        """Run all tokens that are pending as one batch; returns what is new, at most one event a row."""
        self._refresh()
        if self._live:
            self._advance()
            self._retire()
        events = [self._event(row) for row in (*self._live, *self._ended)]
        self._ended.clear()
        return [event for event in events if event.ids or event.text or event.result is not None]

    def _prepare(self, request: RowRequest) -> _Row:
        """A row that may be started."""
        if request.prefix.fingerprint != self._base.fingerprint:
            raise PromptError(f"the prefix was not read by {self._base.name}; read it with this engine")
        self._refuse_long(request.most_tokens, "prefix, invocation and max_tokens make")
        voices = self._voices(request.specialist)
        grammar = None if request.grammar is None else self.grammars.compile(request.grammar)
        reader = voices[0] if voices is not None and voices[0].awake[PREFIX] else None
        if request.prefix.reader is not reader:
            request = replace(request, prefix=self._read(request.prefix.ids, reader))
        self._count += 1
        writing = Writing(request, self._vocabulary, grammar)
        return _Row(RowHandle(self._count), request, writing, voices, self._clock())

    def _read(self, ids: Sequence[int], reader: Slots | None) -> Prefix:
        """A prefix as the base alone, or a specialist that is awake on it, reads it."""
        prefix = self._prefixes.get(ids, reader)
        if prefix is not None:
            return prefix
        self._refuse_long(len(ids), "the prompt has")
        start = self._prefixes.longest_start(ids, reader)
        new = range(0 if start is None else start.tokens, len(ids))
        with self._playing([None if reader is None else reader.name] * len(new), [PREFIX] * len(new)):
            prefix = read_prefix(self._base.model, ids, fingerprint=self._base.fingerprint, start=start, reader=reader)
        # Slots that learn change while they stay the same object: what they have read is stale with the next step.
        if reader is None or not reader.parameters():
            self._prefixes.put(prefix)
        return prefix

    def _refuse_long(self, tokens: int, what: str) -> None:
        if tokens > self._base.context_tokens:
            raise ContextError(
                f"{what} {tokens} tokens and {self._base.name} reads {self._base.context_tokens}; "
                "shorten the conversation, offer fewer tools or lower max_tokens"
            )

    def _voices(self, specialist: str | None) -> tuple[Slots, Slots | None] | None:
        """What acts on a row: its specialist's slots and the trunk, None for the base alone."""
        return None if specialist is None else (self._bank.slots(specialist), self._bank.trunk)

    def _refresh(self) -> None:
        """Let rows leave that have ended or may not go on, and others join."""
        for row in (*self._waiting, *self._live):
            name = row.request.specialist
            if name is not None and (name not in self._bank.names or self._voices(name) != row.voices):
                row.writing.fail(f"the specialist {name!r} was replaced or removed while the row was running")
        self._retire()
        self._ended += [row for row in self._waiting if row.writing.finish is not None]
        self._waiting = deque(row for row in self._waiting if row.writing.finish is None)
        if self._waiting and not self._live:
            self._suffixes.release()
        while self._waiting and len(self._live) < self._max_rows:
            self._live.append(self._waiting.popleft())

    def _retire(self) -> None:
        """Let rows that have ended leave their slots; the last row moves into a slot that becomes free."""
        for slot in reversed(range(len(self._live))):
            row = self._live[slot]
            if row.writing.finish is None:
                continue
            self._ended.append(row)
            if row.writing.finish == "failed":
                self._suffixes.erase(slot)
            last = self._live.pop()
            if last is not row:
                self._suffixes.move(len(self._live), slot, tokens=last.written)
                self._live[slot] = last

    def _advance(self) -> None:
        """Read what is pending, and choose a token for every live row."""
        pending = [Pending(row.request.prefix, row.written, row.writing.pending) for row in self._live]
        batch = make_batch(pending, self._suffixes)
        asked = [self._live[slot].request for slot in batch.slots]
        parts = [part_at(place, len(one.invocation)) for one, place in zip(asked, batch.places, strict=True)]
        logits = self._logits(batch, [one.specialist for one in asked], parts)
        writings = [row.writing for row in self._live]
        forbid_for(logits, writings)
        lean(logits, writings, [row.request.leaning for row in self._live], self._vocabulary)
        tokens, logprobs = choose(logits, [writing.sampler for writing in writings])
        for row, token, logprob in zip(self._live, tokens, logprobs, strict=True):
            row.written += len(row.writing.pending)
            row.writing.take(token, logprob)

    def _logits(self, batch: Batch, specialists: Sequence[str | None], parts: Sequence[int]) -> Tensor:
        """Logits after each row's last token, [rows, vocabulary]; each token plays its row's specialist."""
        with self._playing(specialists, parts):
            output = self._base.model(
                input_ids=batch.ids,
                position_ids=batch.positions,
                attention_mask=UNUSED_MASK,
                use_cache=False,
                logits_to_keep=batch.last,
                attending=batch.attention,
            )
        logits: Tensor = output.logits[0]
        return logits

    def _playing(self, specialists: Sequence[str | None], parts: Sequence[int]) -> AbstractContextManager[None]:
        """The bank plays one flat sequence, in which every token has a specialist, and is a part of its row."""
        if all(name is None for name in specialists):
            return nullcontext()
        by_token = self._bank.field(specialists, torch.tensor(parts)[:, None], device=self._base.device)
        return self._bank.playing(Field(by_token.gate[None], by_token.awake.transpose(0, 1)))

    def _event(self, row: _Row) -> RowEvent:
        ids, text = row.writing.news()
        ended = row.writing.finish is not None
        result = row.writing.result(1000 * (self._clock() - row.started_s)) if ended else None
        return RowEvent(row.handle, ids, text, result)

    def _checked_suffixes(self) -> SuffixCache:
        """Room for suffixes, after the proof that a prefix with a suffix gives the model's own logits.

        Raises:
            AttentionError: it does not.
        """
        ids = [number * 7919 % self._vocabulary.size for number in range(PROBE_TOKENS)]
        prefix = read_prefix(self._base.model, ids[: PROBE_TOKENS // 2], fingerprint=self._base.fingerprint)
        if len(prefix.keys) != self._base.model.config.num_hidden_layers:
            raise AttentionError(f"{self._base.name}: {len(prefix.keys)} layers let their attention be taken over")
        suffixes = SuffixCache(prefix)
        with torch.inference_mode():
            batch = make_batch([Pending(prefix, 0, ids[len(prefix.ids) :])], suffixes)
            shared = self._logits(batch, [], [])[0].float()
            input_ids = torch.tensor([ids], device=self._base.device)
            own = self._base.model(input_ids=input_ids, use_cache=False, logits_to_keep=1).logits[0, -1].float()
        error = ((shared - own).abs().max() / own.abs().max()).item()
        if not error < PROBE_TOLERANCE.get(self._base.dtype, 1e-3):
            raise AttentionError(f"{self._base.name}: logits over a shared prefix differ by {error:.2g} of the largest")
        return suffixes
