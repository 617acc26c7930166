"""Train, evaluate and serve a skill of one's own, on a random base of two layers."""

import asyncio
import json

import pytest

from divisi.services.config import Config
from divisi.services.errors import ConfigError, LoadError
from divisi.services.evaluation import evaluate
from divisi.services.loading import find_cards, load_section
from divisi.services.player import Resident
from divisi.services.training import Wish, name_specialists, read_all, train
from divisi.services.training_plan import Rewards
from divisi.specialists.card import Card, write_card
from divisi.specialists.fit import FitOptions
from divisi.tasks.example import from_record


def records(weather):
    for number, city in enumerate(("Paris", "Rome", "Oslo", "Bern")):
        case = {"messages": [{"role": "user", "content": f"Weather in {city}?"}], "tools": [weather], "source": "mine"}
        yield {**case, "id": f"n{number}", "subtask": "names", "target": ["get_weather"]}
        focus = {"focus": "get_weather", "target": {"city": city}}
        yield {**case, "id": f"a{number}", "subtask": "arguments", **focus}


@pytest.fixture
def examples(tmp_path, weather):
    file = tmp_path / "examples.jsonl"
    file.write_text("".join(json.dumps(record) + "\n" for record in records(weather)))
    return file


@pytest.mark.parametrize("kind", ["lora", "loreft", "svf"])
def test_from_json_lines_to_scores(tiny_base, tmp_path, examples, kind):
    config = Config(base=str(tiny_base), device="cpu", threads=1, cache=tmp_path / "cache")
    steps = []
    trained = train(
        config,
        [examples],
        tmp_path / "skills",
        Wish(kind=kind, rank=4, options=FitOptions(rate=0.02, epochs=4, rows=2, length=700)),
        report=steps.append,
    )
    assert steps[-1].step == steps[-1].steps
    assert {card.subtask for card in trained.cards.values()} == {"names", "arguments"}
    assert {card.kind for card in trained.cards.values()} == {kind}
    assert [path.name for path in (tmp_path / "skills").iterdir() if path.name.startswith(".")] == []
    done = []
    section = load_section(config.model_copy(update={"specialists": (tmp_path / "skills",)}))
    scores = asyncio.run(evaluate(section, read_all([examples]), done=lambda: done.append(1)))
    asyncio.run(section.player.close())
    assert len(done) == 8
    assert {own.reason for own in scores.values()} == {None}
    assert (scores["names"].specialist, scores["names"].count) == ("names", 4)
    assert set(scores["arguments"].metrics) == {"argument_f1", "exact"}


def test_rewards_come_after_true_answers(tiny_base, tmp_path, examples):
    steps = []
    train(
        Config(base=str(tiny_base), device="cpu", threads=1, cache=tmp_path / "cache"),
        [examples],
        tmp_path / "skills",
        Wish(
            subtask="names",
            options=FitOptions(rate=0.02, epochs=1, rows=2, length=700),
            rewards=Rewards(steps=2, trials=2, samples=2, answer_tokens=12),
        ),
        report=steps.append,
    )
    assert [bool(one.rewards) for one in steps][-3:] == [False, True, True]


def test_one_name_for_two_subtasks_is_refused(examples):
    with pytest.raises(ConfigError, match="several subtasks"):
        name_specialists(read_all([examples]), "mine")


def test_a_kind_of_no_specialist_is_refused(tmp_path):
    for kind in ("hypernet", "trunk"):
        with pytest.raises(ConfigError, match=f"no specialist is of the kind '{kind}'; there are lora, "):
            train(Config(), [], tmp_path, Wish(kind=kind), report=lambda progress: None)


def test_no_examples_are_refused(tmp_path):
    (tmp_path / "empty.jsonl").write_text("")
    with pytest.raises(ConfigError, match="no examples"):
        read_all([tmp_path / "empty.jsonl"])
    with pytest.raises(ConfigError, match="cannot be read"):
        read_all([tmp_path / "nothing.jsonl"])


def test_an_answer_that_cannot_be_read_scores_nothing(section_of, scripted, weather):
    record = next(records(weather))
    section = section_of(scripted({"names": "no JSON"}))
    scores = asyncio.run(evaluate(section, [from_record(record)], done=lambda: None))["names"]
    assert (scores.unreadable, scores.metrics["name_f1"]) == (1, 0.0)


def test_a_specialist_is_scored_by_name(section_of, scripted, weather):
    player = scripted({"names": '["get_weather"]'})
    player.residents = (*player.residents, Resident("mine", "names", "lora", "mine-v1"))
    examples = [from_record(next(records(weather)))]
    scores = asyncio.run(evaluate(section_of(player), examples, specialist="mine", done=lambda: None))["names"]
    assert (scores.specialist, scores.version, scores.metrics["exact"]) == ("mine", "mine-v1", 1.0)


@pytest.mark.parametrize(
    ("name", "message"), [("nobody", "no specialist is named 'nobody'"), ("arguments", "example n0 is of names")]
)
def test_a_specialist_that_cannot_answer_the_examples_is_refused(section_of, scripted, weather, name, message):
    examples = [from_record(next(records(weather)))]
    with pytest.raises(ConfigError, match=message):
        asyncio.run(evaluate(section_of(scripted({})), examples, specialist=name, done=lambda: None))


def test_an_example_over_the_context_does_not_count(section_of, scripted, weather):
    record = next(records(weather))
    section = section_of(scripted({}, context_tokens=3))
    scores = asyncio.run(evaluate(section, [from_record(record)], done=lambda: None))["names"]
    assert (scores.count, scores.refused, scores.metrics) == (0, 1, {})
    assert "shorten the prompt" in scores.reason


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(LoadError, match="no folder"):
        find_cards([tmp_path / "nothing"])


@pytest.mark.parametrize(
    ("name", "subtask", "message"), [("mine", "dance", "no subtask is named 'dance'"), ("divisi", "names", "is taken")]
)
def test_a_specialist_that_cannot_be_asked_is_refused(tmp_path, name, subtask, message):
    (tmp_path / "mine").mkdir()
    write_card(tmp_path / "mine", Card(name, subtask, "lora", "v", "base", (1,), None, {}))
    with pytest.raises(LoadError, match=message):
        find_cards([tmp_path])
