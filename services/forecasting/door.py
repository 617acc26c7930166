"""POST /v1/forecast: series in, forecasts with intervals, effects and explanations out."""

from typing import Any

from fastapi import APIRouter
from fastapi import Request as Connection
from fastapi.responses import JSONResponse, Response

from divisi.services.errors import UnknownModelError
from divisi.services.forecasting.compose import forecast_record, usage
from divisi.services.forecasting.conduct import conduct
from divisi.services.forecasting.wire import ForecastRequest
from divisi.services.house import House
from divisi.services.leaving import unless_gone
from divisi.services.logs import log
from divisi.services.section import ROUTER_MODEL

router = APIRouter()


@router.post("/v1/forecast")
async def create_forecast(body: ForecastRequest, connection: Connection) -> Response:
    """Answer a forecast request; the specialists' rows are cancelled when the client leaves."""
    house: House = connection.app.state.house
    identifier = f"fcst-{house.sources.new_id()}"
    return await unless_gone(answer(body, house, identifier), connection, JSONResponse, identifier=identifier)


async def answer(body: ForecastRequest, house: House, identifier: str) -> dict[str, Any]:
    """The forecast object of a request.

    Raises:
        RequestError: it cannot be answered as it is, or not now.
    """
    section = house.section
    if body.model != ROUTER_MODEL:
        raise UnknownModelError(f"The model {body.model!r} does not forecast; use {ROUTER_MODEL!r}", "model")
    with house.admission.place():
        made = await conduct(body, body.context, section, house.workers)
    counted = usage(made)
    fields = {"series": len(made.series), "horizon": body.horizon, "new_tokens": counted["completion_tokens"]}
    log("forecast", {"id": identifier, **fields, "milliseconds": made.milliseconds})
    head = {"id": identifier, "object": "forecast", "created": int(house.sources.now_s()), "model": body.model}
    return {**head, **forecast_record(made), "usage": counted}
