"""The real service with the embedded base and its specialists, in a process of its own, asked by the openai client."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from answers import MODEL
from jsonschema import Draft202012Validator
from openai import NotFoundError, OpenAI
from service import running
from tools import TOOLS, schema_of

from divisi.tasks.catalog import SUBTASKS

ROOT = Path(__file__).parents[1]
EMBEDDED = ROOT / "specialists" / "embedded"
READY_S = 60
"""Ten times the bar, which benchmarks hold on a quiet machine: a busy one must not fail here."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not all(any((EMBEDDED / part).glob("**/*.safetensors")) for part in ("base", "skills")),
        reason="specialists/embedded/base and skills do not both hold weights",
    ),
]


@pytest.fixture(scope="module")
def service():
    with running([]) as service:
        yield service


@pytest.fixture(scope="module")
def client(service):
    with OpenAI(base_url=service.url, api_key="none", timeout=60, max_retries=0) as client:
        yield client


def test_the_service_is_ready_soon(service):
    assert service.ready_s < READY_S


def test_a_call_follows_its_schema(client):
    messages = [{"role": "user", "content": "What is the weather in Paris?"}]
    completion = client.chat.completions.create(model=MODEL, messages=messages, tools=TOOLS, tool_choice="required")
    call = completion.choices[0].message.tool_calls[0].function
    schema = schema_of(call.name)
    assert schema is not None
    assert not list(Draft202012Validator(schema).iter_errors(json.loads(call.arguments)))


def test_the_specialists_of_all_subtasks_are_resident(client):
    subtasks = {model.model_extra["subtask"] for model in client.models.list() if model.id != MODEL}
    assert subtasks == set(SUBTASKS)


def test_an_unknown_model_is_a_404(client):
    with pytest.raises(NotFoundError, match="does not exist; known: divisi"):
        client.chat.completions.create(model="nobody", messages=[{"role": "user", "content": "Hello"}])


def test_the_demo_passes():
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "demo.py")], capture_output=True, text=True, check=False, timeout=170
    )
    assert done.returncode == 0, done.stdout + done.stderr
