"""The doors: POST /v1/forecast, and a forecast as the answer of a conversation."""

import json

import pytest

CONTEXT = json.dumps({"effects": []})
MACRO = {"trend": "keep", "damping": "none", "season": "keep", "level": "last", "regime_start": None}
SCRIPT = {
    "context": CONTEXT,
    "macro": json.dumps(
        {**MACRO, "pool_weights": dict.fromkeys(("ETS", "DOT", "CES", "SNaive"), 1), "reason_codes": []}
    ),
    "micro": json.dumps({"steps": [], "outlier_last": False, "bias": 0, "decay": "fast"}),
}


@pytest.fixture
def address(serve, section_with):
    return serve(section_with(SCRIPT))


@pytest.fixture
def post(http, address):
    return lambda body: http.post(f"{address}/v1/forecast", json=body, timeout=60)


def test_a_forecast_comes_in_nixtlas_columns_with_its_trace(post, monthly):
    answer = post(
        {"series": monthly, "horizon": 3, "level": [90], "context": "All is quiet.", "calibrate": False}
    ).json()
    columns = ["unique_id", "ds", "divisi", "divisi-lo-90", "divisi-hi-90", "pool"]
    assert list(answer["forecast"])[:6] == columns
    assert answer["forecast"]["ds"] == ["2024-01-01", "2024-02-01", "2024-03-01"]
    assert answer["forecast"]["divisi"] == pytest.approx([101.0, 102.0, 103.0])
    (one,) = answer["series"]
    stages = {stage["subtask"]: (stage["specialist"], stage["neutral"]) for stage in one["stages"]}
    assert stages["context"] == ("context", None)
    assert stages["synthesis"] == ("", "there are no effects")
    assert answer["usage"]["shared_prefix_tokens"] == 2 * answer["usage"]["prompt_tokens"]


def test_what_was_repaired_is_in_the_answer(post, monthly):
    del monthly["ds"][20], monthly["y"][20]
    monthly["y"][10] = None
    kinds = {repair["kind"] for repair in post({"series": monthly, "horizon": 1}).json()["guard"]["repairs"]}
    assert {"gaps_filled", "values_filled", "frequency_found"} <= kinds


def test_cross_validation_comes_beside_the_forecast(post, monthly):
    answer = post({"series": monthly, "horizon": 3, "cross_validation": {"n_windows": 2, "step_size": 6}}).json()
    found = answer["cross_validation"]
    assert found["columns"]["cutoff"] == ["2023-03-01"] * 3 + ["2023-09-01"] * 3
    assert found["columns"]["ds"][0] == "2023-04-01"
    assert found["scores"]["divisi"]["mae"] == found["scores"]["SeasonalNaive"]["mae"] == pytest.approx(1.0)
    assert len(answer["forecast"]["ds"]) == 3


@pytest.mark.parametrize(
    ("change", "param", "message"),
    [
        ({"horizn": 3}, "horizn", "Unrecognized request argument supplied: horizn"),
        ({"horizon": 0}, "horizon", "greater than 0"),
        ({"horizon": 10**9}, "horizon", "the most is 10000"),
        ({"facts": {"country": "XX"}}, "facts.country", "no calendar of holidays for country 'XX'"),
        ({"references": {"port": {"ds": ["x"], "y": [1]}}}, "references.port.ds", "'x'"),
        ({"references": {"port": {"ds": [1], "y": [1]}}}, "references.port.ds", "count in dates"),
        ({"references": {"port": {"ds": ["2024-01-01"], "y": [1, 2]}}}, "references.port", "one for each"),
        ({"cross_validation": {"n_windows": 40}}, "cross_validation", "too few for these windows"),
        ({"level": [120]}, "level[0]", "percentage between 0 and 100"),
        ({"models": ["Prophet"]}, "models", "'Prophet' is no model of the pool; there are: AutoETS"),
        ({"freq": "fortnight"}, "freq", "fortnight"),
        ({"effects": [{"type": "explode"}]}, "effects[0]", "needs a type out of"),
        ({"series": {"ds": ["2020-01-01"], "y": [1, 2]}}, "series", "same length"),
        ({"model": "names"}, "model", "does not forecast"),
    ],
)
def test_a_request_that_cannot_be_answered_says_what_to_do(post, monthly, change, param, message):
    answer = post({"series": monthly, "horizon": 3, **change})
    error = answer.json()["error"]
    assert (answer.status_code, error["type"]) == (404 if param == "model" else 400, "invalid_request_error")
    assert error["param"] == param
    assert message in error["message"]


def test_a_number_that_json_does_not_have_is_refused(http, address, monthly):
    body = json.dumps({"series": monthly, "horizon": 3}).replace("100.0", "NaN", 1)
    answer = http.post(f"{address}/v1/forecast", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, "NaN" in answer.json()["error"]["message"]) == (400, True)


def test_a_conversation_with_series_is_answered_by_their_forecast(http, address, monthly):
    body = {
        "model": "divisi",
        "messages": [{"role": "user", "content": "All is quiet."}],
        "forecast": {"series": monthly, "horizon": 3, "calibrate": False},
    }
    answer = http.post(f"{address}/v1/chat/completions", json=body, timeout=60).json()
    assert answer["divisi"]["route"] == "forecast"
    assert answer["divisi"]["forecast"]["forecast"]["divisi"] == pytest.approx([101.0, 102.0, 103.0])
    assert answer["choices"][0]["message"]["content"] == answer["divisi"]["forecast"]["series"][0]["explanation"]
    assert [stage["subtask"] for stage in answer["divisi"]["stages"]] == ["context", "macro", "micro"]


def test_a_stream_brings_the_explanation_then_the_forecast(http, address, monthly):
    body = {
        "model": "divisi",
        "messages": [{"role": "user", "content": "All is quiet."}],
        "forecast": {"series": monthly, "horizon": 3},
        "stream": True,
    }
    lines = http.post(f"{address}/v1/chat/completions", json=body, timeout=60).text.split("\n\n")
    chunks = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: {")]
    assert "is forecast at" in "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks)
    assert chunks[-1]["divisi"]["forecast"]["forecast"]["ds"][0] == "2024-01-01"


@pytest.mark.parametrize("extra", [{"stop": ["x"]}, {"response_format": {"type": "json_object"}}, {"max_tokens": 5}])
def test_what_has_no_effect_beside_a_forecast_is_refused(http, address, monthly, extra):
    body = {
        "model": "divisi",
        "messages": [{"role": "user", "content": "All is quiet."}],
        "forecast": {"series": monthly, "horizon": 3},
        **extra,
    }
    error = http.post(f"{address}/v1/chat/completions", json=body).json()["error"]
    assert (error["param"], "no effect beside" in error["message"]) == (next(iter(extra)), True)


def test_a_conversation_says_that_nobody_read_it(http, serve, section_with, monthly):
    address = serve(section_with(SCRIPT, ()))
    body = {
        "model": "divisi",
        "messages": [{"role": "user", "content": "Sales double in March."}],
        "forecast": {"series": monthly, "horizon": 3},
    }
    answer = http.post(f"{address}/v1/chat/completions", json=body, timeout=60).json()
    told = answer["choices"][0]["message"]["content"]
    assert told.endswith("The text was not read: no specialist for context is loaded.")
