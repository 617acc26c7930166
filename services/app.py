"""The app: routes, health, and OpenAI's error body for everything that goes wrong."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi import Request as Connection
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from divisi.services import catalogue, chat
from divisi.services.errors import RequestError, body_of, error_body
from divisi.services.forecasting import door
from divisi.services.house import House
from divisi.services.logs import log
from divisi.services.refusals import refusal

health = APIRouter()


def create_app(house: House, *, opened: Callable[[House], None] | None = None) -> FastAPI:
    """The app, ready to be served by uvicorn or Ray Serve.

    Args:
        house: opened with the app, unless somebody has opened it already, and closed with it.
        opened: told when loading has ended, well or not.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        opening = asyncio.create_task(house.open())
        if opened is not None:
            opening.add_done_callback(lambda _: opened(house))
        yield
        await opening
        await house.close()

    app = FastAPI(title="divisi", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.house = house
    for router in (chat.router, door.router, catalogue.router, health):
        app.include_router(router)
    app.add_exception_handler(RequestError, on_request_error)
    app.add_exception_handler(RequestValidationError, on_validation_error)
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(Exception, on_fault)
    return app


@health.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process lives."""
    return {"status": "ok"}


@health.get("/readyz")
async def readyz(connection: Connection) -> dict[str, Any]:
    """Requests can be answered; 503 until then."""
    house: House = connection.app.state.house
    player = house.section.player
    return {"status": "ready", "base": player.base_name, "specialists": [one.name for one in player.residents]}


async def on_request_error(connection: Connection, error: Exception) -> Response:
    """An error that knows its own answer."""
    assert isinstance(error, RequestError)
    fields = {"path": connection.url.path, "status": error.status, "param": error.param, "reason": error.message}
    log("refused", fields)
    headers = {} if error.retry_after_s is None else {"Retry-After": str(error.retry_after_s)}
    return JSONResponse(body_of(error), status_code=error.status, headers=headers)


async def on_validation_error(connection: Connection, error: Exception) -> Response:
    """A body that is not a request."""
    assert isinstance(error, RequestValidationError)
    return await on_request_error(connection, refusal(error.errors()))


async def on_http_error(connection: Connection, error: Exception) -> Response:
    """A path or a method that is not there."""
    assert isinstance(error, HTTPException)
    advice = "see GET /v1/models, POST /v1/chat/completions and POST /v1/forecast"
    message = f"{error.detail}: {connection.method} {connection.url.path}; {advice}"
    body = error_body(message, "invalid_request_error", code="unknown_url" if error.status_code == 404 else None)
    return JSONResponse(body, status_code=error.status_code, headers=error.headers)


async def on_fault(connection: Connection, error: Exception) -> Response:
    """A fault of ours."""
    log("fault", {"path": connection.url.path, "kind": type(error).__name__, "error": error}, level=logging.ERROR)
    return JSONResponse(error_body("a fault of the server; see its log", "server_error"), status_code=500)
