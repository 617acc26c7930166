"""POST /v1/chat/completions: one request in, one completion or one stream of chunks out."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from fastapi import Request as Connection
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import ValidationError

from divisi.router.request import Answer, Request
from divisi.services.completion import (
    Envelope,
    call_chunks,
    completion,
    first_chunk,
    last_chunk,
    text_chunk,
    usage_chunk,
)
from divisi.services.conduct import conduct
from divisi.services.errors import RequestError, body_of
from divisi.services.forecasting.reply import spec_of, write_reply
from divisi.services.forecasting.wire import ForecastSpec
from divisi.services.house import House
from divisi.services.intake import to_reply_schema, to_request
from divisi.services.leaving import dismiss, unless_gone
from divisi.services.logs import log
from divisi.services.player import Heard
from divisi.services.refusals import refusal
from divisi.services.section import Section
from divisi.services.wire import ChatRequest
from divisi.tasks.subtask import Schema

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Task:
    """A request with all that is needed to answer it; with a forecast to make, that is the answer."""

    request: Request
    reply_schema: Schema | None
    section: Section
    house: House
    envelope: Envelope
    forecast: ForecastSpec | None = None


@router.post("/v1/chat/completions")
async def create_completion(body: ChatRequest, connection: Connection) -> Response:
    """Answer a chat completion request."""
    task = prepare(body, connection.app.state.house)
    if body.stream:
        with_usage = bool(body.stream_options and body.stream_options.include_usage)
        return await streamed(task, with_usage=with_usage)
    return await whole(task, connection)


async def complete(record: Mapping[str, Any], house: House) -> dict[str, Any]:
    """Answer a request that did not come by HTTP: the completion, or OpenAI's error body, as plain data."""
    try:
        task = prepare(ChatRequest.model_validate(record), house)
        return completion(await answer(task), task.envelope, new_id=house.sources.new_id)
    except ValidationError as error:
        return body_of(refusal(error.errors()))
    except RequestError as error:
        return body_of(error)


def prepare(body: ChatRequest, house: House) -> Task:
    """All that is needed to answer a request.

    Raises:
        RequestError: it cannot be answered as it is, or not now.
    """
    section, sources = house.section, house.sources
    request = to_request(body, section, seed=sources.new_seed())
    envelope = Envelope(f"chatcmpl-{sources.new_id()}", int(sources.now_s()), body.model)
    return Task(request, to_reply_schema(body.response_format), section, house, envelope, spec_of(body))


async def whole(task: Task, connection: Connection) -> Response:
    """The answer in one piece; its rows are cancelled when the client leaves."""

    def respond(ended: Answer) -> Response:
        return JSONResponse(completion(ended, task.envelope, new_id=task.house.sources.new_id))

    return await unless_gone(answer(task), connection, respond, identifier=task.envelope.id)


async def streamed(task: Task, *, with_usage: bool) -> Response:
    """The answer as server-sent events. What is wrong before the first piece is still an error with its status."""
    pieces: asyncio.Queue[str | None] = asyncio.Queue()
    answering = asyncio.create_task(answer(task, pieces.put_nowait))
    answering.add_done_callback(lambda _: pieces.put_nowait(None))
    try:
        first = await pieces.get()
        if first is None:
            answering.result()
    except BaseException:
        await dismiss(answering)
        raise
    events = chunks(task, answering, pieces, first, with_usage=with_usage)
    return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-cache"})


async def chunks(
    task: Task,
    answering: asyncio.Task[Answer],
    pieces: asyncio.Queue[str | None],
    first: str | None,
    *,
    with_usage: bool,
) -> AsyncIterator[str]:
    """The events of a stream: role, text or calls, reason, usage, [DONE]. Rows are cancelled when the client leaves."""
    try:
        yield event(first_chunk(task.envelope))
        piece, heard = first, first is not None
        while piece is not None:
            yield event(text_chunk(task.envelope, piece))
            piece = await pieces.get()
        try:
            ended = answering.result()
        except RequestError as error:
            yield event(body_of(error))
            return
        for chunk in remaining(ended, task, heard=heard, with_usage=with_usage):
            yield event(chunk)
        yield "data: [DONE]\n\n"
    finally:
        await dismiss(answering)


def remaining(ended: Answer, task: Task, *, heard: bool, with_usage: bool) -> Iterator[dict[str, Any]]:
    """What follows the text that was heard while it was written."""
    if ended.text is not None and not heard:
        yield text_chunk(task.envelope, ended.text)
    yield from call_chunks(ended, task.envelope, new_id=task.house.sources.new_id)
    yield last_chunk(ended, task.envelope)
    if with_usage:
        yield usage_chunk(ended, task.envelope)


async def answer(task: Task, heard: Heard | None = None) -> Answer:
    """Answer a request in its place among those that are answered at once.

    Raises:
        QueueFullError: there is none.
    """
    with task.house.admission.place():
        ended = await (conducted(task, heard) if task.forecast is None else forecast(task, task.forecast))
    trace = ended.trace
    log(
        "answered",
        {
            "id": task.envelope.id,
            "model": task.envelope.model,
            "route": trace.route,
            "decided_by": trace.decided_by,
            "calls": len(ended.calls),
            "finish": ended.finish,
            "prefix_tokens": trace.prefix_tokens,
            "new_tokens": ended.completion_tokens,
            "milliseconds": trace.milliseconds,
        },
    )
    return ended


async def conducted(task: Task, heard: Heard | None) -> Answer:
    """The answer that the specialists of function calling give."""
    return await conduct(task.request, task.section, reply_schema=task.reply_schema, heard=heard)


async def forecast(task: Task, spec: ForecastSpec) -> Answer:
    """The answer that a forecast is."""
    return await write_reply(spec, task.request, task.section, task.house.workers)


def event(record: dict[str, Any]) -> str:
    """One server-sent event."""
    return f"data: {json.dumps(record, ensure_ascii=False)}\n\n"
