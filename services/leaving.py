"""Clients that leave before their answer: how to notice it, and what to let go."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from fastapi import Request as Connection
from fastapi.responses import Response

from divisi.services.logs import log

T = TypeVar("T")

CLIENT_GONE = 499
"""What proxies log where the client left before the answer."""


async def unless_gone(
    answering: Coroutine[Any, Any, T], connection: Connection, respond: Callable[[T], Response], *, identifier: str
) -> Response:
    """The response to an answer; where the client leaves before it, the answering is cancelled.

    Args:
        answering: ends with the answer.
        connection: to the client; the body has been read.
        respond: makes the response of an answer.
        identifier: of the answer, for the log.
    """
    task = asyncio.create_task(answering)
    leaving = asyncio.create_task(gone(connection))
    try:
        await asyncio.wait((task, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            log("client_gone", {"id": identifier})
            return Response(status_code=CLIENT_GONE)
        return respond(task.result())
    finally:
        await dismiss(task, leaving)


async def gone(connection: Connection) -> None:
    """Wait until the client leaves. The body has been read, so the next message can only be that."""
    while (await connection.receive())["type"] != "http.disconnect":
        pass


async def dismiss(*tasks: asyncio.Task[Any]) -> None:
    """Cancel tasks and wait until they have ended."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
