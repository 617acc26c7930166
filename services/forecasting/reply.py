"""A forecast as the answer of a conversation: the text is its explanation, the field `divisi.forecast` all of it."""

from typing import TYPE_CHECKING

from divisi.router.request import Answer, Request, StageTrace, Trace
from divisi.services.errors import InvalidRequestError
from divisi.services.forecasting.answer import Forecast, SeriesForecast
from divisi.services.forecasting.compose import forecast_record, usage
from divisi.services.forecasting.conduct import UNREAD, conduct
from divisi.services.forecasting.wire import ForecastSpec
from divisi.services.forecasting.workers import Workers
from divisi.services.section import ROUTER_MODEL, Section

if TYPE_CHECKING:
    from divisi.services.wire import ChatRequest

MOST_TOLD = 10
"""Series that the text explains."""

USELESS = ("tools", "tool_choice", "response_format", "stop", "max_tokens", "max_completion_tokens")
"""What has no effect beside a forecast, and is refused rather than ignored."""


def spec_of(body: "ChatRequest") -> ForecastSpec | None:
    """The forecast that a chat completion request asks for, or None.

    Raises:
        InvalidRequestError: something in the request would have no effect.
    """
    if body.forecast is None:
        return None
    for key in USELESS:
        if getattr(body, key):
            raise InvalidRequestError(f"{key} has no effect beside `forecast`; leave it out", key)
    if body.model != ROUTER_MODEL:
        raise InvalidRequestError(f"a forecast is made by {ROUTER_MODEL!r}, not by one specialist", "model")
    return body.forecast


async def write_reply(spec: ForecastSpec, request: Request, section: Section, workers: Workers) -> Answer:
    """The answer of a conversation about series; the text about them is what the user said.

    Raises:
        InvalidRequestError: it cannot be forecast as it is.
    """
    said = [message["content"] for message in request.messages if message["role"] == "user" and message["content"]]
    made = await conduct(spec, "\n\n".join(said), section, workers)
    counted = usage(made)
    trace = Trace(
        route="forecast",
        decided_by="request",
        confidence=None,
        stages=stages_of(made),
        prefix_tokens=counted["prompt_tokens"],
        shared_prefix_tokens=counted["shared_prefix_tokens"],
        milliseconds=made.milliseconds,
    )
    text, tokens = told(made), counted["completion_tokens"]
    return Answer((), text, "stop", trace, tokens, forecast=forecast_record(made))


def told(made: Forecast) -> str:
    """The explanations of the first series, and where their text was not read, why."""
    texts = [" ".join([one.explanation, *_unread(one)]) for one in made.series[:MOST_TOLD]]
    if len(made.series) > MOST_TOLD:
        texts.append(f"{len(made.series)} series were forecast; these are the first {MOST_TOLD}.")
    return "\n\n".join(texts)


def _unread(one: SeriesForecast) -> list[str]:
    return [f"{note[0].upper()}{note[1:]}." for note in one.notes if note.startswith(UNREAD)]


def stages_of(made: Forecast) -> tuple[StageTrace, ...]:
    """Every stage of every series that a specialist was asked for."""
    return tuple(
        StageTrace(
            subtask=decided.subtask,
            focus=str(one.unique_id),
            specialist=decided.specialist,
            version=decided.version,
            new_tokens=decided.new_tokens,
            milliseconds=decided.milliseconds,
            problems=decided.problems,
        )
        for one in made.series
        for decided in one.decided
        if decided.specialist
    )
