"""POST /v1/chat/completions through the openai client, against a served app whose player is scripted."""

import json

import openai
import pytest


@pytest.fixture
def ask(http):
    """Asks with the plain openai client; gives the completion, or the stream."""

    def asked(address, content, **options):
        client = openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0, http_client=http)
        messages = content if isinstance(content, list) else [{"role": "user", "content": content}]
        return client.chat.completions.create(model=options.pop("model", "divisi"), messages=messages, **options)

    return asked


def calls_of(reply):
    calls = reply.choices[0].message.tool_calls or ()
    return [(call.function.name, json.loads(call.function.arguments)) for call in calls]


def called(*calls):
    return {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {"id": identifier, "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
            for identifier, name, arguments in calls
        ],
    }


def test_one_call(ask, serve, section_of, scripted, weather, mail):
    player = scripted({"names": '["get_weather"]', "arguments get_weather": '{"city": "Paris"}'})
    reply = ask(serve(section_of(player)), "Weather in Paris?", tools=[weather, mail])
    assert reply.choices[0].finish_reason == "tool_calls"
    assert reply.choices[0].message.content is None
    assert calls_of(reply) == [("get_weather", {"city": "Paris"})]


def test_usage_counts_the_prefix_once_and_says_how_much_was_shared(ask, serve, section_of, scripted, weather):
    player = scripted({"names": '["get_weather"]', "arguments get_weather": '{"city": "Paris"}'}, cached_tokens=7)
    usage = ask(serve(section_of(player)), "Weather in Paris?", tools=[weather]).usage
    assert usage.completion_tokens == 3
    assert usage.total_tokens == usage.prompt_tokens + 3
    assert usage.shared_prefix_tokens == usage.prompt_tokens + 7


def test_trace_names_route_stages_and_versions(ask, serve, section_of, scripted, weather):
    player = scripted({"names": '["get_weather"]', "arguments get_weather": '{"city": "Paris"}'})
    trace = ask(serve(section_of(player)), "Weather in Paris?", tools=[weather]).divisi
    assert (trace["route"], trace["decided_by"], trace["confidence"]) == ("single", "rule", None)
    assert [(one["subtask"], one["focus"], one["version"]) for one in trace["stages"]] == [
        ("names", None, "names-v1"),
        ("arguments", "get_weather", "arguments-v1"),
    ]


def test_a_name_that_comes_twice_is_filled_twice_in_order(ask, serve, section_of, scripted, weather, mail):
    script = {
        "names": '["get_weather", "send_mail", "get_weather"]',
        "arguments get_weather 1 of 2": '{"city": "Paris"}',
        "arguments get_weather 2 of 2": '{"city": "Rome"}',
        "arguments send_mail": '{"to": "Ann", "text": "Paris"}',
    }
    reply = ask(serve(section_of(scripted(script))), "Paris, mail Ann, Rome", tools=[weather, mail])
    assert [name for name, _ in calls_of(reply)] == ["get_weather", "send_mail", "get_weather"]
    assert [arguments.get("city") for _, arguments in calls_of(reply)] == ["Paris", None, "Rome"]


def test_no_tool_fits(ask, serve, section_of, scripted, weather, mail):
    reply = ask(serve(section_of(scripted({"names": "[]"}))), "Sing a song", tools=[weather, mail])
    assert reply.choices[0].finish_reason == "stop"
    assert reply.choices[0].message.content == "None of these tools fits the request: get_weather, send_mail."


def test_missing_value_is_asked_for_by_name_and_description(ask, serve, section_of, scripted, weather):
    player = scripted({"names": '["get_weather"]', "arguments get_weather": '["city"]'})
    reply = ask(serve(section_of(player)), "Weather?", tools=[weather])
    text = "To call get_weather, I still need city (The city's name). What should I use?"
    assert reply.choices[0].message.content == text
    assert reply.divisi["missing"] == {"get_weather": ["city"]}


def test_no_tools_is_a_reply(ask, serve, section_of, scripted):
    reply = ask(serve(section_of(scripted({"reply": "Hello there."}))), "Hi")
    assert reply.choices[0].message.content == "Hello there."
    assert reply.divisi["route"] == "reply"


def test_results_bring_the_next_call(ask, serve, section_of, scripted, weather, mail):
    player = scripted({"next": '{"name": "send_mail", "arguments": {"to": "Ann", "text": "sunny"}}'})
    conversation = [
        {"role": "user", "content": "Mail Ann the weather in Paris"},
        called(("c1", "get_weather", {"city": "Paris"})),
        {"role": "tool", "tool_call_id": "c1", "content": '{"summary": "sunny"}'},
    ]
    reply = ask(serve(section_of(player)), conversation, tools=[weather, mail])
    assert calls_of(reply) == [("send_mail", {"to": "Ann", "text": "sunny"})]
    assert player.rows[0].reading.messages[1]["tool_calls"][0]["function"]["arguments"] == {"city": "Paris"}


def test_results_that_are_all_bring_the_reply(ask, serve, section_of, scripted, weather):
    player = scripted({"next": '"done"', "reply": "It is sunny."})
    conversation = [
        {"role": "user", "content": "Weather in Paris?"},
        called(("c1", "get_weather", {"city": "Paris"})),
        {"role": "tool", "tool_call_id": "c1", "content": "sunny"},
    ]
    reply = ask(serve(section_of(player)), conversation, tools=[weather])
    assert reply.choices[0].message.content == "It is sunny."


@pytest.mark.parametrize(
    ("choice", "route"),
    [
        ("auto", "single"),
        ("required", "single"),
        ("none", "reply"),
        ({"type": "function", "function": {"name": "send_mail"}}, "named"),
    ],
)
def test_tool_choice_decides_the_route(ask, serve, section_of, scripted, weather, mail, choice, route):
    script = {
        "names": '["send_mail"]',
        "arguments send_mail": '{"to": "Ann", "text": "hello"}',
        "reply": "I cannot.",
    }
    tools = [weather, mail]
    reply = ask(serve(section_of(scripted(script))), "Mail hello to Ann", tools=tools, tool_choice=choice)
    assert reply.divisi["route"] == route
    assert calls_of(reply) == ([] if route == "reply" else [("send_mail", {"to": "Ann", "text": "hello"})])


def test_required_leaves_no_empty_list_and_no_missing_values(ask, serve, section_of, scripted, mail):
    player = scripted({"names": '["send_mail"]', "arguments send_mail": '{"to": "Ann", "text": "hello"}'})
    ask(serve(section_of(player)), "Mail hello to Ann", tools=[mail], tool_choice="required")
    assert player.rows[0].grammar["minItems"] == 1
    assert [option["type"] for option in player.rows[1].grammar["anyOf"]] == ["object"]


def test_allowed_tools_hide_the_others(ask, serve, section_of, scripted, weather, mail):
    player = scripted({"names": '["send_mail"]', "arguments send_mail": '{"to": "Ann", "text": "hello"}'})
    allowed = {"mode": "required", "tools": [{"type": "function", "function": {"name": "send_mail"}}]}
    choice = {"type": "allowed_tools", "allowed_tools": allowed}
    ask(serve(section_of(player)), "Mail hello to Ann", tools=[weather, mail], tool_choice=choice)
    assert [tool["function"]["name"] for tool in player.rows[0].reading.tools] == ["send_mail"]


def test_one_call_at_most_where_parallel_calls_are_off(ask, serve, section_of, scripted, weather, mail):
    player = scripted({"names": '["get_weather", "send_mail"]', "arguments get_weather": '{"city": "Paris"}'})
    options = {"tools": [weather, mail], "parallel_tool_calls": False}
    reply = ask(serve(section_of(player)), "Weather in Paris, and mail it", **options)
    assert calls_of(reply) == [("get_weather", {"city": "Paris"})]
    assert player.rows[0].grammar["maxItems"] == 1


def test_a_specialist_by_name_answers_alone(ask, serve, section_of, scripted, weather, mail):
    player = scripted({"names": '["get_weather"]'})
    reply = ask(serve(section_of(player)), "Weather in Paris?", tools=[weather, mail], model="names")
    assert reply.choices[0].message.content == '["get_weather"]'
    assert [row.specialist for row in player.rows] == ["names"]


def test_the_arguments_specialist_by_name_gives_a_call(ask, serve, section_of, scripted, weather):
    player = scripted({"arguments get_weather": '{"city": "Paris"}'})
    reply = ask(serve(section_of(player)), "Weather in Paris?", tools=[weather], model="arguments")
    assert calls_of(reply) == [("get_weather", {"city": "Paris"})]


def test_nested_calls_go_out_as_far_as_they_can_be_executed(ask, serve, section_of, scripted, weather, mail):
    plan = [
        {"name": "get_weather", "label": "$var_1", "arguments": {"city": "Paris"}},
        {"name": "send_mail", "label": "$var_2", "arguments": {"to": "Ann", "text": "$var_1.summary$"}},
    ]
    player = scripted({"nested": json.dumps(plan)})
    reply = ask(serve(section_of(player)), "Mail Ann the weather in Paris", tools=[weather, mail], model="nested")
    assert calls_of(reply) == [("get_weather", {"city": "Paris"})]
    assert reply.divisi["plan"] == plan


def test_a_plan_of_which_no_call_can_be_executed_is_a_failure_in_words(ask, serve, section_of, scripted, mail):
    plan = [{"name": "send_mail", "label": "$var_1", "arguments": {"to": "Ann", "text": "$var_1.id$"}}]
    player = scripted({"nested": json.dumps(plan)})
    reply = ask(serve(section_of(player)), "Mail Ann", tools=[mail], model="nested")
    assert reply.choices[0].finish_reason == "stop"
    assert reply.choices[0].message.content.startswith("No valid call could be made: ")


@pytest.mark.parametrize("number", ["1" + "0" * 400, "1e999"])
def test_a_number_that_is_too_large_is_a_problem_of_the_call(ask, serve, section_of, scripted, weather, number):
    player = scripted({"names": '["get_weather"]', "arguments get_weather": f'{{"city": "Paris", "days": {number}}}'})
    reply = ask(serve(section_of(player)), "Weather in Paris?", tools=[weather])
    assert calls_of(reply) == []
    assert reply.choices[0].message.content.startswith("No valid call could be made: a number ")


def test_a_missing_value_of_any_kind_is_asked_for(ask, serve, section_of, scripted, weather):
    weather["function"]["parameters"] = {"type": "object", "properties": {"x": True}, "required": ["x"]}
    player = scripted({"names": '["get_weather"]', "arguments get_weather": '["x"]'})
    reply = ask(serve(section_of(player)), "Weather?", tools=[weather])
    assert reply.choices[0].message.content.startswith("To call get_weather, I still need x.")


def test_a_call_that_its_schema_refuses_never_goes_out(ask, serve, section_of, scripted, weather):
    player = scripted({"names": '["get_weather"]', "arguments get_weather": '{"city": "Paris", "days": "two"}'})
    reply = ask(serve(section_of(player)), "Weather in Paris?", tools=[weather])
    assert calls_of(reply) == []
    assert reply.choices[0].message.content.startswith("No valid call could be made: get_weather: days:")


def test_calls_that_are_cut_end_with_length(ask, serve, section_of, scripted, mail):
    player = scripted({"names": '["send_mail"]', "arguments send_mail": '{"to": "Ann", "text": "a b c d e"}'})
    reply = ask(serve(section_of(player)), "Mail Ann a b c d e", tools=[mail], max_tokens=4)
    assert reply.choices[0].finish_reason == "length"
    assert calls_of(reply) == []
    assert reply.usage.completion_tokens <= 4


def test_temperature_acts_on_replies_and_not_on_calls(ask, serve, section_of, scripted, weather):
    player = scripted({"names": "[]", "reply": "Hello."})
    address = serve(section_of(player))
    ask(address, "Hi", temperature=0.7, top_p=0.5, seed=3, stop=["END"])
    ask(address, "Hi", temperature=0.7, tools=[weather])
    reply, names = player.rows
    assert (reply.temperature, reply.top_p, reply.seed, reply.stop) == (0.7, 0.5, 3, ("END",))
    assert (names.temperature, names.top_p, names.stop) == (0.0, 1.0, ())


def test_response_format_becomes_the_grammar_of_the_reply(ask, serve, section_of, scripted):
    player = scripted({"reply": '{"a": 1}'})
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
    form = {"type": "json_schema", "json_schema": {"name": "a", "schema": schema, "strict": True}}
    ask(serve(section_of(player)), "Give a", response_format=form)
    assert player.rows[0].grammar == schema


def test_what_code_would_say_is_written_under_the_grammar_where_json_is_asked_for(
    ask, serve, section_of, scripted, weather
):
    player = scripted({"names": "[]", "reply": '{"answer": "none"}'})
    options = {"tools": [weather], "response_format": {"type": "json_object"}}
    reply = ask(serve(section_of(player)), "Sing", **options)
    assert json.loads(reply.choices[0].message.content) == {"answer": "none"}


def test_tools_that_do_not_fit_are_ranked_and_the_trace_says_which_are_left_out(
    ask, serve, section_of, scripted, weather, mail
):
    player = scripted({"names": '["send_mail"]', "arguments send_mail": '{"to": "Ann", "text": "hello"}'})
    room = len(json.dumps(mail).split()) + 5
    reply = ask(
        serve(section_of(player, limits=section_of(player).limits.__class__(tool_tokens=room))),
        "Send a mail to Ann: hello",
        tools=[weather, mail],
    )
    assert reply.divisi["tools_left_out"] == ["get_weather"]
    assert calls_of(reply) == [("send_mail", {"to": "Ann", "text": "hello"})]


def test_stream_of_text_comes_piece_by_piece(ask, serve, section_of, scripted):
    stream = ask(serve(section_of(scripted({"reply": "one two three"}))), "Hi", stream=True)
    chunks = list(stream)
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [chunk.choices[0].delta.content for chunk in chunks[1:-1]] == ["one", " two", " three"]
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert chunks[-1].divisi["route"] == "reply"


def test_stream_of_calls_gives_id_and_name_once_then_fragments(ask, serve, section_of, scripted, weather, mail):
    text = "a long text " * 20
    script = {
        "names": '["get_weather", "send_mail"]',
        "arguments get_weather": '{"city": "Paris"}',
        "arguments send_mail": json.dumps({"to": "Ann", "text": text}),
    }
    options = {"tools": [weather, mail], "stream": True, "stream_options": {"include_usage": True}}
    chunks = list(ask(serve(section_of(scripted(script))), f"Paris; mail Ann: {text}", **options))
    deltas = [call for chunk in chunks for one in chunk.choices for call in one.delta.tool_calls or ()]
    openings = [delta for delta in deltas if delta.id is not None]
    assert [(delta.index, delta.function.name) for delta in openings] == [(0, "get_weather"), (1, "send_mail")]
    joined = ["".join(delta.function.arguments for delta in deltas if delta.index == index) for index in (0, 1)]
    assert list(map(json.loads, joined)) == [{"city": "Paris"}, {"to": "Ann", "text": text}]
    assert len([delta for delta in deltas if delta.index == 1]) > 3
    assert chunks[-2].choices[0].finish_reason == "tool_calls"
    assert (chunks[-1].choices, chunks[-1].usage.completion_tokens > 0) == ([], True)


def test_stream_of_what_code_says(ask, serve, section_of, scripted, weather):
    chunks = list(ask(serve(section_of(scripted({"names": "[]"}))), "Sing", tools=[weather], stream=True))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert text == "None of these tools fits the request: get_weather."


def test_an_error_before_the_first_piece_of_a_stream_has_its_status(ask, serve, section_of, scripted):
    with pytest.raises(openai.BadRequestError) as refused:
        ask(serve(section_of(scripted({}, context_tokens=3))), "far too long a prompt for this base", stream=True)
    assert refused.value.code == "context_length_exceeded"


def test_rows_are_cancelled_when_the_client_leaves_a_stream(ask, serve, section_of, scripted, until):
    player = scripted({"reply": "word " * 500}, piece_s=0.01)
    stream = ask(serve(section_of(player)), "Hi", stream=True)
    next(iter(stream))
    stream.close()
    until(lambda: player.cancelled == ["reply"])


def test_rows_are_cancelled_when_the_client_leaves(ask, serve, section_of, scripted, until):
    player = scripted({"reply": "word " * 500}, piece_s=0.01)
    with pytest.raises(openai.APITimeoutError):
        ask(serve(section_of(player)), "Hi", timeout=0.3)
    until(lambda: player.cancelled == ["reply"])


def test_a_full_house_is_429_with_a_time_to_retry(ask, serve, section_of, scripted):
    address = serve(section_of(scripted({"reply": "word " * 500}, piece_s=0.01)), most_requests=1)
    held = ask(address, "Hi", stream=True)
    next(iter(held))
    with pytest.raises(openai.RateLimitError) as refused:
        ask(address, "Hi")
    assert refused.value.response.headers["retry-after"] == "1"
    held.close()


def test_independent_rows_are_played_together(ask, serve, section_of, scripted, weather, mail):
    script = {
        "names": '["get_weather", "send_mail"]',
        "arguments get_weather": '{"city": "Paris"}',
        "arguments send_mail": '{"to": "Ann", "text": "x x x x x x x x x x x x"}',
    }
    player = scripted(script)
    reply = ask(serve(section_of(player)), "Paris; mail Ann x", tools=[weather, mail])
    assert len(calls_of(reply)) == 2
    assert player.most_together == 2
