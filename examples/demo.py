"""The demo: start the service, send it real requests through the openai client, check and show every answer.

    python examples/demo.py [options of `divisi serve`, as --base FOLDER --specialists FOLDER]

Exits 0 where every answer is right and the service stopped cleanly, else 1 with what was wrong.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from answers import Answer, ask, ask_streaming
from faults import faults_of, read_arguments
from forecasts import perform_forecasts
from openai import OpenAI, OpenAIError
from rich.console import Console
from scenes import SCENES, Scene
from service import Service, ServiceFailedError, running
from table import shown, table_of
from tools import FUNCTIONS

TIMEOUT_S = 60
WIDTH = 140
"""Of the table where the output is no terminal."""


@dataclass(frozen=True, slots=True)
class Played:
    """A scene with the answers that came and what was wrong with them."""

    scene: Scene
    answers: tuple[Answer, ...]
    faults: tuple[str, ...]


def main(options: Sequence[str]) -> int:
    """Play the demo; gives the exit status."""
    console = Console(highlight=False, soft_wrap=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDTH)
    console.print("Starting the service ...")
    try:
        with running(options) as service:
            right = all([perform(service, console), perform_forecasts(client_of(service), console)])
    except ServiceFailedError as error:
        console.print(str(error), style="red", markup=False)
        return 1
    return 0 if right else 1


def perform(service: Service, console: Console) -> bool:
    """Play all scenes and show them; gives whether every answer is right."""
    console.print(f"Ready at {service.url} after {service.ready_s:.1f} s.\n")
    client = client_of(service)
    done = []
    for scene in SCENES:
        console.print(f"{scene.title}: {scene.request}", markup=False, style="bold")
        done.append(play(scene, client))
        for answer in done[-1].answers:
            console.print(shown(answer), markup=False)
        for fault in done[-1].faults:
            console.print(f"WRONG: {fault}", markup=False, style="red")
    console.print(table_of((played.scene.title, answer) for played in done for answer in played.answers))
    wrong = [played.scene.title for played in done if played.faults]
    right = len(done) - len(wrong)
    console.print(f"{right} of {len(done)} requests were answered rightly.{_named(wrong)}")
    return not wrong


def client_of(service: Service) -> OpenAI:
    """A client of the service."""
    return OpenAI(base_url=service.url, api_key="none", timeout=TIMEOUT_S, max_retries=0)


def play(scene: Scene, client: OpenAI) -> Played:
    """Play a scene through to its last answer, or to the first that is wrong."""
    messages: list[Any] = [{"role": "user", "content": scene.request}]
    answers: list[Answer] = []
    for right in scene.answers:
        try:
            answer = (ask_streaming if scene.streamed else ask)(client, messages)
        except OpenAIError as error:
            return Played(scene, tuple(answers), (f"{type(error).__name__}: {error}",))
        answers.append(answer)
        found = faults_of(answer, right)
        if found:
            return Played(scene, tuple(answers), tuple(found))
        messages += [answer.as_message(), *results(answer)]
    return Played(scene, tuple(answers), ())


def results(answer: Answer) -> list[dict[str, Any]]:
    """What the functions give for the calls of a right answer, as turns of the conversation."""
    return [
        {
            "role": "tool",
            "tool_call_id": call.id,
            "content": json.dumps(FUNCTIONS[call.name](**(read_arguments(call) or {}))),
        }
        for call in answer.calls
    ]


def _named(wrong: Sequence[str]) -> str:
    return f" Wrong: {', '.join(wrong)}." if wrong else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
