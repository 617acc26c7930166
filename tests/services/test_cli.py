"""The command line: what it prints, and that help needs nothing heavy."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from divisi.services.cli import cli


@pytest.fixture
def run():
    return lambda *arguments: CliRunner().invoke(cli, [str(argument) for argument in arguments])


def test_help_imports_nothing_heavy():
    code = (
        "import sys\nfrom divisi.services.cli import cli\n"
        "heavy = {'torch', 'transformers', 'fastapi', 'ray', 'numpy'} & set(sys.modules)\n"
        "sys.exit(', '.join(heavy) or 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True).stderr == ""


def test_ask_prints_the_answer_and_its_trace_as_json(run, tiny_base, tmp_path, weather):
    tools = tmp_path / "tools.json"
    tools.write_text(json.dumps([weather]))
    options = ("--base", tiny_base, "--device", "cpu", "--choice", "required", "--json")
    result = run("ask", "Weather in Paris?", "--tools", tools, *options)
    assert result.exit_code == 0
    assert json.loads(result.stdout)["divisi"]["stages"][0]["subtask"] == "names"


def test_ask_prints_a_table(run, tiny_base):
    result = run("ask", "Hi", "--base", tiny_base, "--device", "cpu")
    assert result.exit_code == 0
    assert "route reply" in result.stdout


def test_eval_asks_for_a_specialist_by_name(run, tiny_base, tmp_path):
    case = {"messages": [{"role": "user", "content": "Hi"}], "target": []}
    examples = tmp_path / "examples.jsonl"
    examples.write_text(json.dumps({"id": "1", "subtask": "names", "source": "mine", **case}))
    result = run("eval", examples, "--model", "my_names", "--base", tiny_base, "--device", "cpu")
    assert result.exit_code == 1
    assert "no specialist is named 'my_names'; loaded: none" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("ask", "Hi", "--base", "/nothing/here"), "/nothing/here"),
        (("ask", "Hi", "--tools", "/nothing.json"), "/nothing.json cannot be read"),
        (("serve", "--port", "99999"), "port = 99999"),
        (("serve", "--ray", "--port", "0"), "--ray needs a port"),
        (("train", "/nothing.jsonl", "--out", "/tmp/unused"), "cannot be read"),
        (("eval", "/nothing.jsonl"), "cannot be read"),
        (("specialists", "--base", "x", "--specialists", "/nothing"), "no folder"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(run, arguments, message):
    result = run(*arguments)
    assert result.exit_code == 1
    assert message in result.stderr
    assert len([line for line in result.stderr.splitlines() if line.startswith("divisi: ")]) == 1


def test_no_specialists_are_none(run, tmp_path):
    assert run("specialists", "--base", "x", "--specialists", tmp_path).stdout == "no specialists\n"


def test_what_a_plan_says_itself_is_not_ignored_beside_it(run, tmp_path):
    plan = tmp_path / "plan.toml"
    plan.write_text('data = ["mine.jsonl"]\nout = "skills"\n')
    result = run("train", plan, "--rate", "0.1", "--kind", "svf")
    assert result.exit_code == 1
    assert "a plan says this itself: kind, rate" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("train",), "give JSON lines (FILES or --data), or one plan.toml"),
        (("train", "mine.jsonl", "--workers", "2"), "--workers is for a plan"),
        (("train", "--data", "nothing.jsonl"), "nothing.jsonl cannot be read"),
        (("train", "/nothing.toml"), "/nothing.toml cannot be read as TOML"),
        (("schedule", "/nothing.json"), "/nothing.json cannot be read as a schedule"),
    ],
)
def test_a_training_that_cannot_begin_says_why(run, arguments, message):
    result = run(*arguments)
    assert result.exit_code == 1
    assert message in result.stderr
