"""The player of one process: an engine in a thread of its own, awaited from asyncio.

One thread owns the engine and does everything that touches the base: it runs the jobs that others put into its mailbox,
and between them steps the engine while rows go on. Rows that arrive during a step join at the next one; that is all
there is to batching.
"""

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from divisi.services.errors import InvalidRequestError, PromptTooLongError, RowFailedError, SchemaRefusedError
from divisi.services.player import Heard, Played, Reading, Resident, Row
from divisi.specialists.base import Base
from divisi.specialists.engine import Engine
from divisi.specialists.errors import ContextError, GrammarError, PromptError
from divisi.specialists.prefix import Prefix
from divisi.specialists.row import RowEvent, RowHandle, RowRequest, RowResult
from divisi.tasks.subtask import Message, Schema, ToolRecord

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Listener:
    """Who waits for a row: for its result, perhaps for its text as it comes."""

    result: "Future[RowResult]"
    heard: Heard | None


class LocalPlayer:
    """Plays rows on the engine of this process. Its methods are those of player.Player.

    Args:
        engine: owned from now on; nobody else may call it.
        base: the engine's base.
        residents: the specialists in the engine's bank.
    """

    def __init__(self, engine: Engine, base: Base, residents: Sequence[Resident]) -> None:
        self._engine, self._base, self._residents = engine, base, tuple(residents)
        self._listeners: dict[RowHandle, Listener] = {}
        self._mailbox: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="divisi-engine", daemon=True)
        self._thread.start()

    @property
    def base_name(self) -> str:
        """How the base is called."""
        return self._base.name

    @property
    def base_fingerprint(self) -> str:
        """What the base is."""
        return self._base.fingerprint

    @property
    def context_tokens(self) -> int:
        """The most tokens that the base can read."""
        return self._base.context_tokens

    @property
    def residents(self) -> Sequence[Resident]:
        """The specialists that are loaded."""
        return self._residents

    async def size(self, messages: Sequence[Message], tools: Sequence[ToolRecord]) -> int | None:
        """See Player."""
        try:
            return len(await self._job(lambda: self._base.prefix_ids(messages, tools)))
        except ContextError:
            return None
        except PromptError as error:
            raise InvalidRequestError(str(error), "messages") from error

    async def check(self, schema: Schema) -> None:
        """See Player."""
        try:
            await self._job(lambda: self._engine.grammars.compile(schema))
        except (ValueError, RecursionError) as error:  # the compiler's own, besides GrammarError
            raise SchemaRefusedError(str(error)) from error

    async def read(self, messages: Sequence[Message], tools: Sequence[ToolRecord]) -> Reading:
        """See Player."""
        try:
            return await self._job(lambda: self._read(tuple(messages), tuple(tools)))
        except ContextError as error:
            raise PromptTooLongError(str(error), "messages") from error
        except PromptError as error:
            raise InvalidRequestError(str(error), "messages") from error

    async def play(self, row: Row, heard: Heard | None = None) -> Played:
        """See Player."""
        loop = asyncio.get_running_loop()
        listener = Listener(Future(), None if heard is None else across(loop, heard))
        self._mailbox.put(lambda: self._begin(row, listener))
        try:
            return played(await asyncio.wrap_future(listener.result))
        except asyncio.CancelledError:
            self._mailbox.put(lambda: self._leave(listener))
            raise
        except ContextError as error:
            raise PromptTooLongError(str(error), "messages") from error
        except GrammarError as error:
            raise SchemaRefusedError(str(error)) from error
        except PromptError as error:
            raise InvalidRequestError(str(error), "messages") from error

    async def close(self) -> None:
        """See Player."""
        self._mailbox.put(None)
        await asyncio.to_thread(self._thread.join)

    async def _job(self, work: Callable[[], T]) -> T:
        future: Future[T] = Future()
        self._mailbox.put(lambda: settle(future, work))
        return await asyncio.wrap_future(future)

    # From here on, all runs in the engine's thread.

    def _run(self) -> None:
        while True:
            job = self._wait() if self._engine.busy else self._mailbox.get()
            if job is None:
                break
            job()
        self._fail(RowFailedError("the service is closing"))

    def _wait(self) -> Callable[[], None] | None:
        """The next job, or a step where none waits."""
        try:
            return self._mailbox.get_nowait()
        except queue.Empty:
            return self._step

    def _step(self) -> None:
        try:
            events = self._engine.step()
        except Exception as error:
            self._fail(error)
            return
        for event in events:
            self._tell(event)

    def _tell(self, event: RowEvent) -> None:
        listener = self._listeners.get(event.handle)
        if listener is None:
            return
        if event.text and listener.heard is not None:
            listener.heard(event.text)
        if event.result is not None:
            del self._listeners[event.handle]
            listener.result.set_result(event.result)

    def _fail(self, error: Exception) -> None:
        """Tell all who wait that their rows are lost."""
        for handle, listener in self._listeners.items():
            self._engine.cancel(handle)
            listener.result.set_exception(error)
        self._listeners.clear()

    def _begin(self, row: Row, listener: Listener) -> None:
        if not listener.result.set_running_or_notify_cancel():
            return
        try:
            handle = self._engine.start(self._request(row))
        except Exception as error:
            listener.result.set_exception(error)
            return
        self._listeners[handle] = listener

    def _leave(self, listener: Listener) -> None:
        for handle, other in list(self._listeners.items()):
            if other is listener:
                self._engine.cancel(handle)
                del self._listeners[handle]

    def _read(self, messages: tuple[Message, ...], tools: tuple[ToolRecord, ...]) -> Reading:
        ids = self._base.prefix_ids(messages, tools)
        cached = self._engine.cached_tokens(ids)
        prefix = self._engine.read(ids)
        return Reading(messages, tools, len(ids), cached, prefix.features, prefix)

    def _request(self, row: Row) -> RowRequest:
        """A row as the engine takes it; the context may leave less room than the row may take."""
        prefix = row.reading.prefix
        assert isinstance(prefix, Prefix)
        invocation = self._base.invocation_ids(row.invocation, row.reading.messages, row.reading.tools)
        room = max(1, self._base.context_tokens - len(prefix.ids) - len(invocation))
        return RowRequest(
            prefix=prefix,
            specialist=row.specialist,
            invocation=tuple(invocation),
            grammar=row.grammar,
            max_tokens=min(row.max_tokens, room),
            stop=row.stop,
            temperature=row.temperature,
            top_p=row.top_p,
            seed=row.seed,
            leaning=row.leaning,
        )


def across(loop: asyncio.AbstractEventLoop, heard: Heard) -> Heard:
    """The same listener, to be called from another thread."""

    def call(text: str) -> None:
        with suppress(RuntimeError):  # a closed loop: nobody listens any more
            loop.call_soon_threadsafe(heard, text)

    return call


def settle(future: "Future[T]", work: Callable[[], T]) -> None:
    """Do work and tell its future how it went, unless nobody waits any more."""
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(work())
    except Exception as error:
        future.set_exception(error)


def played(result: RowResult) -> Played:
    """What a row wrote, as the service reads it.

    Raises:
        SchemaRefusedError: the row's grammar could not go on.
        RowFailedError: the row failed for another reason.
    """
    if result.finish == "failed":
        problem = result.problem or "for an unknown reason"
        raise SchemaRefusedError(problem) if result.by_grammar else RowFailedError(problem)
    assert result.finish in ("stop", "length")
    return Played(result.text, result.finish, result.mean_logprob, len(result.ids), result.milliseconds)
