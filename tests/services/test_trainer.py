"""The trainer is a learner of the scheduler's on a real base: it forgets nothing that it did, and says why it stops."""

import json
import resource
from pathlib import Path

import pytest

from divisi.scheduler.learner import Dose
from divisi.services.errors import DataError, DiskFullError, StoppedError
from divisi.services.trainer import Trainer
from divisi.services.training_plan import Rewards, Scheduling, Training, TrainingPlan
from divisi.specialists.card import read_card
from divisi.specialists.forced import force
from divisi.specialists.store import load_specialist

CITIES = ("Paris", "Rome", "Oslo", "Bern", "Kyiv", "Lima", "Quito", "Riga", "Baku", "Doha", "Cork", "Nice")
TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {"type": "object", "properties": {"city": {"enum": list(CITIES)}}, "required": ["city"]},
    },
}
NAMES = Dose(4000, {"names": 1.0})


def records():
    for number, city in enumerate(CITIES):
        case = {"messages": [{"role": "user", "content": f"Weather in {city}?"}], "tools": [TOOL], "source": "mine"}
        case |= {"group": city}
        yield {**case, "id": f"n{number}", "subtask": "names", "target": ["get_weather"]}
        yield {**case, "id": f"a{number}", "subtask": "arguments", "focus": "get_weather", "target": {"city": city}}


@pytest.fixture
def plan(tmp_path, tiny_base):
    """A plan on the tiny base, with examples of two subtasks."""
    data = tmp_path / "data.jsonl"
    data.write_text("".join(json.dumps(record) + "\n" for record in records()))
    return TrainingPlan(
        base=str(tiny_base),
        data=(str(data),),
        out=tmp_path / "skills",
        device="cpu",
        threads=1,
        training=Training(rate=0.02, rows=2, length=700, tokens=4000, rank=4, trunk_rank=4, checkpoint_s=0.0, held=0.2),
        schedule=Scheduling(prompts=2, answer_tokens=12, probe_tokens=2000, phase_tokens=4000, sections=1),
    )


def changed(plan, part, **values):
    return plan.model_copy(update={part: getattr(plan, part).model_copy(update=values)})


def test_a_fit_teaches_its_task_and_leaves_where_it_began(plan):
    trainer = Trainer(plan)
    first = trainer.fit(None, NAMES, seed=0)
    second = trainer.fit(first, Dose(4000, {"arguments": 0.8, "names": 0.2}), seed=0)
    before = read_card(trainer.state_folder(first)).version
    names = [sum(trainer.score(state, "names", temperature=1.0)) for state in (None, first)]
    arguments = [sum(trainer.score(state, "arguments", temperature=1.0)) for state in (None, second)]
    assert names[1] > 4 * names[0]
    assert arguments[1] > 4 * arguments[0]
    assert read_card(trainer.state_folder(first)).version == before
    assert not (plan.work / "fits" / first).exists()


def test_what_was_done_is_found_by_another_worker_without_training(plan, monkeypatch):
    state = Trainer(plan).fit(None, NAMES, seed=0)
    scores = Trainer(plan).score(state, "names", temperature=1.0)
    seen = []
    other = Trainer(plan, report=lambda what, progress: seen.append(what))
    monkeypatch.setattr(other, "_measuring", None)
    assert other.fit(None, NAMES, seed=0) == state
    assert list(other.score(state, "names", temperature=1.0)) == list(scores)
    assert seen == []


@pytest.mark.parametrize(("part", "change"), [("training", {"rate": 0.01}), ("training", {"trunk_rank": 2})], ids=str)
def test_another_plan_finds_nothing_of_it(plan, part, change):
    assert Trainer(plan)._key("fit") != Trainer(changed(plan, part, **change))._key("fit")


def test_behaviour_is_measured_at_its_temperature(plan):
    trainer = Trainer(plan)
    calm, hot = (trainer.entropy(None, "names", temperature=temperature) for temperature in (0.5, 2.0))
    assert all(one < other for one, other in zip(calm.forced, hot.forced, strict=True))
    asked = len(trainer.material.asked("names").questions)
    assert len(calm.texts) == len(calm.scores) == len(calm.on_policy) == asked > 0
    assert 0 < calm.on_policy[0] < hot.on_policy[0]
    assert trainer.entropy(None, "names", temperature=0.5) == calm


def test_answers_can_be_scored_instead_of_probabilities(plan):
    trainer = Trainer(changed(plan, "schedule", scoring="answers"))
    assert set(trainer.score(None, "names", temperature=0.0)) <= {0.0, 1.0}


def test_a_specialist_is_trained_beside_its_trunk(plan):
    trainer = Trainer(plan)
    state = trainer.fit(None, NAMES, seed=0)
    folder = trainer.specialist("arguments", state, seed=0)
    card = read_card(folder)
    assert (card.name, card.subtask, card.trunk) == (
        "arguments",
        "arguments",
        read_card(trainer.state_folder(state)).version,
    )
    load_specialist(folder, trainer.base, trunk=card.trunk)
    scores = trainer.examine(folder, trainer.state_folder(state), trainer.material.test("arguments"))
    assert len(scores) == len(trainer.material.test("arguments")) > 0
    assert set(scores) <= {0.0, 1.0}


def test_a_trunk_is_trained_on_every_device_there_is_and_a_specialist_on_one(plan, monkeypatch):
    read = []

    def forced(base, *args, **options):
        read.append(base)
        return force(base, *args, **options)

    plan = plan.model_copy(update={"device": None})
    monkeypatch.setattr("divisi.services.trainer.devices_beside", lambda base: ("cpu",))
    monkeypatch.setattr("divisi.specialists.replicas.force", forced)
    trainer = Trainer(plan)
    state = trainer.fit(None, NAMES, seed=0)
    assert len({id(base) for base in read}) == 2
    count = len(read)
    trainer.specialist("arguments", state, seed=0)
    assert len(read) == count


REWARDS = Rewards(steps=3, trials=2, samples=4, answer_tokens=12, rate=0.05)


@pytest.mark.parametrize("tokens", [0, 4000])
def test_a_specialist_learns_by_rewards_after_true_answers_or_instead(plan, tokens):
    told = []
    taught = changed(plan, "training", tokens=tokens, kind="svf", rank=4).model_copy(update={"rewards": REWARDS})
    trainer = Trainer(taught, report=lambda what, now: told.append((what, dict(now.rewards))))
    card = read_card(trainer.specialist("arguments", None, seed=0))
    assert card.metrics == {
        "examples": len(trainer.material.examples("arguments")),
        "tokens": tokens,
        "reward_steps": 3,
    }
    rewarded = [rewards["arguments"] for what, rewards in told if what == "arguments, by rewards"]
    assert len(rewarded) == 3
    assert all(-1 <= reward <= 1 for reward in rewarded)
    assert (len(told) > 3) == bool(tokens)
    again = Trainer(taught).specialist("arguments", None, seed=0)
    assert read_card(again).version == card.version


def test_what_was_learned_by_rewards_is_another_specialist(plan):
    before, after = Trainer(plan), Trainer(plan.model_copy(update={"rewards": REWARDS}))
    folders = [trainer.specialist("arguments", None, seed=0) for trainer in (before, after)]
    assert read_card(folders[0]).version != read_card(folders[1]).version


def test_a_reinforcement_that_is_killed_ends_with_the_same_specialist(plan):
    class Killed(BaseException):
        pass

    def kill(what, now):
        if what.endswith("rewards") and now.step == 2:
            raise Killed

    rewarded = plan.model_copy(update={"rewards": REWARDS})
    with pytest.raises(Killed):
        Trainer(rewarded, report=kill).specialist("arguments", None, seed=0)
    steps = []
    again = Trainer(rewarded, report=lambda what, now: steps.append((what, now.step)))
    version = read_card(again.specialist("arguments", None, seed=0)).version
    assert [step for what, step in steps if what.endswith("rewards")] == [2, 3]
    elsewhere = rewarded.model_copy(update={"out": plan.out.parent / "elsewhere"})
    assert read_card(Trainer(elsewhere).specialist("arguments", None, seed=0)).version == version


def test_examples_that_leave_no_room_for_an_answer_are_named(plan):
    wide = plan.model_copy(update={"rewards": REWARDS.model_copy(update={"answer_tokens": 690})})
    with pytest.raises(StoppedError, match="no example of arguments fits 700 tokens with an answer of 690"):
        Trainer(wide).specialist("arguments", None, seed=0)


def test_no_example_that_is_scored_is_trained_on(plan):
    material = Trainer(plan).material
    groups = [{one.group for one in part} for part in (material.split.training, material.split.selection)]
    groups.append({one.group for one in material.split.test})
    assert all(groups)
    assert sum(map(len, groups)) == len(set.union(*groups)) == len(CITIES)


def test_an_example_over_the_length_is_refused_by_name(plan):
    with pytest.raises(StoppedError, match=r"examples of names cannot be trained on; the first, example n\d+ of mine"):
        Trainer(changed(plan, "training", length=60)).fit(None, NAMES, seed=0)


def test_an_example_over_the_length_is_omitted_where_the_plan_says_so(plan):
    long = {"messages": [{"role": "user", "content": "Weather? " * 70}], "tools": [TOOL], "target": ["get_weather"]}
    lines = [json.dumps({**long, "id": f"long{number}", "subtask": "names", "source": "mine"}) for number in range(9)]
    with Path(plan.data[0]).open("a") as file:
        file.write("\n".join(lines) + "\n")
    trainer = Trainer(changed(plan, "training", over_length="omit"))
    trainer.fit(None, NAMES, seed=0)
    omission = trainer.material.omitted("names")
    assert 0 < omission.count <= 9
    assert "example long" in omission.first


def test_a_loss_that_is_no_number_stops_by_name_and_leaves_what_was_good(plan):
    trainer = Trainer(plan)
    good = trainer.fit(None, NAMES, seed=0)
    ours = load_specialist(trainer.state_folder(good), trainer.base).card.version

    def spoil(what, progress):
        if progress.step == 2:
            embedding = trainer.base.model.get_input_embeddings().weight
            embedding.data[:] = float("nan")

    spoiled = Trainer(plan, report=spoil)
    spoiled.__dict__["base"] = trainer.base
    with pytest.raises(StoppedError, match="is no finite number in step 3"):
        spoiled.fit(good, Dose(6000, {"arguments": 1.0}), seed=1)
    fresh = Trainer(plan)
    assert load_specialist(fresh.state_folder(good), fresh.base).card.version == ours


def test_a_full_disk_stops_by_name_and_the_fit_goes_on_when_there_is_room(plan):
    trainer = Trainer(plan)
    _ = trainer.material
    # The kernel refuses to write more than so much to a file, as a full disk would: "File too large".
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, before[1]))
    try:
        with pytest.raises(DiskFullError, match="training the trunk on names: no room left"):
            trainer.fit(None, NAMES, seed=0)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert trainer.fit(None, NAMES, seed=0) in {folder.name for folder in (plan.work / "states").iterdir()}


def test_the_core_of_another_task_stays_as_it_is(plan):
    trainer = Trainer(changed(plan, "schedule", core=0.3))
    probe = trainer.fit(None, NAMES, seed=0)
    core = trainer._core(probe)
    after = trainer.fit(probe, Dose(3000, {"arguments": 1.0}, kept=(probe,)), seed=0)
    one, other = (load_specialist(trainer.state_folder(state), trainer.base).slots for state in (probe, after))
    same = {
        (site, slot): bool((one.sites[site].A[slot] == own.A[slot]).all())
        for site, own in other.sites.items()
        for slot in range(4)
    }
    kept = {(site, slot) for site, slots in core.items() for slot in slots}
    assert kept == {place for place, equal in same.items() if equal}
    assert trainer.groups({"names": probe, "arguments": probe}) == [["names", "arguments"]]


def test_a_damaged_checkpoint_stops_by_name_and_the_one_before_it_serves(plan):
    class EndError(Exception):
        pass

    def end(what, progress):
        if progress.step == 4:
            raise EndError

    with pytest.raises(EndError):
        Trainer(plan, report=end).fit(None, NAMES, seed=0)
    *_, newest = sorted(plan.work.glob("fits/*/step-*.safetensors"))
    newest.write_bytes(newest.read_bytes()[:-10] + b"0123456789")
    with pytest.raises(StoppedError, match=r"step-00000003.safetensors is damaged .* Remove the damaged file"):
        Trainer(plan).fit(None, NAMES, seed=0)
    newest.unlink()
    steps = []
    Trainer(plan, report=lambda what, progress: steps.append(progress.step)).fit(None, NAMES, seed=0)
    assert steps[0] == 3


def test_data_that_cannot_be_read_is_named(plan):
    with pytest.raises(DataError, match=r"nothing\.jsonl cannot be read"):
        Trainer(plan.model_copy(update={"data": ("nothing.jsonl",)})).fit(None, NAMES, seed=0)


def test_a_task_without_examples_is_refused(plan):
    with pytest.raises(StoppedError, match="no examples of reply; it has: names, arguments"):
        _ = Trainer(plan.model_copy(update={"tasks": ("reply",)})).material.tasks
