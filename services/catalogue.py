"""GET /v1/models: the router as `divisi`, and each specialist by its own name."""

from typing import Any

from fastapi import APIRouter
from fastapi import Request as Connection

from divisi.services.errors import UnknownModelError
from divisi.services.house import House
from divisi.services.player import Resident
from divisi.services.section import ROUTER_MODEL, Section

router = APIRouter()


@router.get("/v1/models")
async def list_models(connection: Connection) -> dict[str, Any]:
    """All models."""
    house: House = connection.app.state.house
    return {"object": "list", "data": models(house.section)}


@router.get("/v1/models/{name:path}")
async def get_model(name: str, connection: Connection) -> dict[str, Any]:
    """One model."""
    house: House = connection.app.state.house
    known = models(house.section)
    found = next((model for model in known if model["id"] == name), None)
    if found is None:
        names = ", ".join(model["id"] for model in known)
        raise UnknownModelError(f"The model {name!r} does not exist; known: {names}", "model")
    return found


def models(section: Section) -> list[dict[str, Any]]:
    """Every model in OpenAI's form; specialists with their subtask, kind and version, the router with its base."""
    base = {"base": section.player.base_name, "base_fingerprint": section.player.base_fingerprint}
    first = {**_model(ROUTER_MODEL), **base, "context_tokens": section.player.context_tokens}
    return [first, *(_specialist(one) for one in section.player.residents)]


def _specialist(one: Resident) -> dict[str, Any]:
    return {**_model(one.name), "subtask": one.subtask, "kind": one.kind, "version": one.version}


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "divisi"}
