"""Everything that a client can get wrong is answered in OpenAI's shape, with a status below 500 and advice."""

import json

import httpx
import pytest

USER = [{"role": "user", "content": "Hi"}]
BASE = {"model": "divisi", "messages": USER}
JSON = {"content-type": "application/json"}
CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}


def tool(name="f", **parameters):
    schema = {"type": "object", "properties": parameters}
    return {"type": "function", "function": {"name": name, "description": "", "parameters": schema}}


def with_parameters(parameters):
    return [{"type": "function", "function": {"name": "f", "parameters": parameters}}]


def nested(levels):
    return {} if levels == 0 else {"a": nested(levels - 1)}


def named(name):
    return {"type": "function", "function": {"name": name}}


def assistant(**message):
    return {"role": "assistant", **message}


REFUSED = {
    "no messages": ({"messages": []}, "messages", "at least 1"),
    "no model": ({"model": None}, "model", "string"),
    "unknown model": ({"model": "gpt-5"}, "model", "known: divisi"),
    "unknown key": ({"temprature": 1}, "temprature", "Unrecognized request argument supplied: temprature"),
    "several answers": ({"n": 2}, "n", "send the request several times"),
    "old functions": ({"functions": [{}]}, "functions", "use `tools`"),
    "log probabilities": ({"logprobs": True}, "logprobs", "not supported"),
    "temperature as text": ({"temperature": "hot"}, "temperature", "number"),
    "temperature too high": ({"temperature": 3}, "temperature", "less than or equal to 2"),
    "no tokens": ({"max_tokens": 0}, "max_tokens", "greater than 0"),
    "fewer than no tokens": ({"max_completion_tokens": -1}, "max_completion_tokens", "greater than 0"),
    "two limits": ({"max_tokens": 1, "max_completion_tokens": 1}, "max_tokens", "cannot both"),
    "empty stop": ({"stop": ""}, "stop", "non-empty"),
    "five stops": ({"stop": list("abcde")}, "stop", "at most 4"),
    "stream options without stream": ({"stream_options": {}}, "stream_options", "stream: true"),
    "schema without its type": (
        {"response_format": {"type": "text", "json_schema": {"name": "a"}}},
        "response_format",
        "only with it",
    ),
    "a schema that cannot be enforced for the reply": (
        {
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "a", "schema": {"type": "array", "uniqueItems": True}},
            }
        },
        "response_format",
        "uniqueItems",
    ),
    "unknown role": ({"messages": [{"role": "robot", "content": "Hi"}]}, "messages[0].role", "'user'"),
    "no content": ({"messages": [{"role": "user"}]}, "messages[0]", "must have content"),
    "picture": (
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]},
        "messages[0].content",
        "text only",
    ),
    "half a character": ({"messages": [{"role": "user", "content": "\ud800"}]}, None, "surrogate"),
    "calls by the user": ({"messages": [{**USER[0], "tool_calls": [CALL]}]}, "messages[0]", "only 'assistant'"),
    "arguments that are no JSON": (
        {"messages": [assistant(tool_calls=[{**CALL, "function": {"name": "f", "arguments": "{"}}])]},
        "messages[0].tool_calls[0].function.arguments",
        "not JSON",
    ),
    "arguments that are no object": (
        {"messages": [assistant(tool_calls=[{**CALL, "function": {"name": "f", "arguments": "[]"}}])]},
        "messages[0].tool_calls[0].function.arguments",
        "JSON object",
    ),
    "arguments that are endless": (
        {"messages": [assistant(tool_calls=[{**CALL, "function": {"name": "f", "arguments": "[" * 100_000}}])]},
        "messages[0].tool_calls[0].function.arguments",
        "not JSON",
    ),
    "nested too deep": ({"metadata": nested(70)}, None, "nested deeper than 64 levels"),
    "result without id": (
        {"messages": [*USER, {"role": "tool", "content": "1"}]},
        "messages[1]",
        "tool_call_id",
    ),
    "result without call": (
        {"messages": [*USER, {"role": "tool", "content": "1", "tool_call_id": "c1"}]},
        "messages[1].tool_call_id",
        "preceding message with 'tool_calls'",
    ),
    "call without result": (
        {"messages": [*USER, assistant(tool_calls=[CALL]), *USER]},
        "messages[1].tool_calls",
        "no response: c1",
    ),
    "two tools of one name": ({"tools": [tool(), tool()]}, "tools[1].function.name", "must differ"),
    "tool name with a space": ({"tools": [tool("get it")]}, "tools[0].function.name", "must match"),
    "tool name too long": ({"tools": [tool("f" * 129)]}, "tools[0].function.name", "must match"),
    "tool of another type": ({"tools": [{"type": "retrieval"}]}, "tools[0].type", "'function'"),
    "parameters that are no object": (
        {"tools": with_parameters({"type": "string"})},
        "tools[0].function.parameters",
        "type object",
    ),
    "parameters with a reference to nowhere": (
        {"tools": with_parameters({"type": "object", "properties": {"a": {"$ref": "#/$defs/b"}}})},
        "tools[0].function.parameters",
        "leads nowhere",
    ),
    "parameters that are no schema": (
        {"tools": with_parameters({"type": "object", "properties": {"a": {"type": 5}}})},
        "tools[0].function.parameters",
        "type 5",
    ),
    "results that are no fields": (
        {"tools": [{"type": "function", "function": {"name": "f", "returns": {"properties": 5}}}]},
        "tools[0].function.returns",
        "returns must be",
    ),
    "a tool that is longer than all tools may be": (
        {"tools": [tool(**{f"parameter {number}": {"type": "string"} for number in range(1000)})]},
        "tools",
        "shorten descriptions",
    ),
    "a keyword that cannot be enforced": (
        {"tools": [tool(a={"type": "array", "uniqueItems": True})]},
        "tools",
        "tool 'f': keyword uniqueItems",
    ),
    "named tool that is not offered": (
        {"tools": [tool()], "tool_choice": named("g")},
        "tool_choice",
        "offered: f",
    ),
    "required without tools": ({"tool_choice": "required"}, "tool_choice", "none are offered"),
    "unknown tool choice": ({"tool_choice": "maybe", "tools": [tool()]}, "tool_choice", "'auto'"),
    "custom tool choice": ({"tool_choice": {"type": "custom"}, "tools": [tool()]}, "tool_choice", "allowed_tools"),
    "the arguments specialist without a function": (
        {"model": "arguments", "tools": [tool("f"), tool("g")]},
        "tool_choice",
        "name it in tool_choice",
    ),
    "a prompt over the context": ({"messages": [{"role": "user", "content": "a " * 5000}]}, "messages", "shorten"),
}


@pytest.fixture(scope="module")
def client(served):
    with httpx.Client(base_url=served) as one:
        yield one


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED)
def test_refused(client, change):
    body, param, message = change
    response = client.post("/v1/chat/completions", content=json.dumps({**BASE, **body}), headers=JSON)
    error = response.json()["error"]
    assert response.status_code == (404 if param == "model" and "known" in message else 400)
    assert error["type"] == "invalid_request_error"
    assert error["param"] == param
    assert message in error["message"]


def test_the_openapi_page_can_be_made(client):
    assert "/v1/chat/completions" in client.get("/openapi.json").json()["paths"]


@pytest.mark.parametrize("content", [b"{", b"", b"[]", b'"a"', b"\xff", b'{"model": NaN}', b"[" * 100_000])
def test_a_body_that_is_no_request(client, content):
    response = client.post("/v1/chat/completions", content=content, headers=JSON)
    assert response.status_code == 400
    assert response.json()["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v1/chat/completions", 405), ("POST", "/v1/completions", 404), ("GET", "/v1/models/gpt-5", 404)],
)
def test_paths_and_methods_that_are_not_there(client, method, path, status):
    response = client.request(method, path)
    assert response.status_code == status
    assert set(response.json()["error"]) == {"message", "type", "param", "code"}


@pytest.mark.parametrize(
    "body",
    [
        {"n": 1, "logprobs": False, "frequency_penalty": 0, "store": False, "service_tier": "auto"},
        {"user": "ann", "metadata": {"a": "b"}, "safety_identifier": "x"},
        {"tools": [], "tool_choice": "none", "parallel_tool_calls": True},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}]},
        {"messages": [*USER, assistant(content="Hello", refusal=None, annotations=[], audio=None), *USER]},
        {"messages": [{"role": "developer", "content": "Be kind"}, *USER]},
        {"seed": 1, "stop": None, "temperature": 1, "top_p": 1, "max_tokens": None},
    ],
)
def test_what_changes_nothing_is_accepted(client, body):
    response = client.post("/v1/chat/completions", json={**BASE, **body})
    assert response.status_code == 200, response.text
