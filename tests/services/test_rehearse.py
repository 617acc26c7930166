"""A plan from data to accepted specialists, killed and gone on with, in one process and on Ray."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from divisi.services.crew import Job, LocalCrew
from divisi.services.errors import ConfigError, StoppedError
from divisi.services.rehearse import RECORD, rehearse
from divisi.services.schedule_record import read_schedule
from divisi.services.trainer import Trainer
from divisi.services.training_plan import TrainingPlan, read_plan
from divisi.specialists.card import Card, read_card, write_card
from divisi.specialists.store import TENSORS, find_specialists

CITIES = ("Paris", "Rome", "Oslo", "Bern", "Kyiv", "Lima", "Quito", "Riga", "Baku", "Doha", "Cork", "Nice")
PLAN = """
base = "{base}"
data = ["data.jsonl"]
out = "skills"
device = "cpu"
threads = 1
[training]
rate = 0.02
rows = 2
length = 700
tokens = 2500
rank = 4
trunk_rank = 4
checkpoint_s = 0.0
held = 0.2
[schedule]
prompts = 2
answer_tokens = 8
probe_tokens = 1500
phase_tokens = 1500
sections = 1
"""
TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {"type": "object", "properties": {"city": {"enum": list(CITIES)}}, "required": ["city"]},
    },
}
"""The grammar of its calls lets even a random base come to an end soon."""
NAMES = ("arguments", "names", "trunk")


@pytest.fixture
def plan_file(tmp_path, tiny_base):
    lines = []
    for number, city in enumerate(CITIES):
        case = {"messages": [{"role": "user", "content": f"Weather in {city}?"}], "tools": [TOOL], "group": city}
        lines.append({**case, "id": f"n{number}", "subtask": "names", "target": ["get_weather"]})
        focus = {"focus": "get_weather", "target": {"city": city}}
        lines.append({**case, "id": f"a{number}", "subtask": "arguments", **focus})
    (tmp_path / "data.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (tmp_path / "plan.toml").write_text(PLAN.format(base=tiny_base))
    return tmp_path / "plan.toml"


class Watched:
    """A crew in this process that counts what it is asked for."""

    def __init__(self, plan: TrainingPlan) -> None:
        self.steps: Counter[str] = Counter()
        self._crew = LocalCrew(Trainer(plan, report=lambda what, progress: self.steps.update([what])))

    def perform(self, jobs):
        return self._crew.perform(jobs)

    def close(self):
        pass


def elsewhere(plan: TrainingPlan, folder: Path, **schedule) -> TrainingPlan:
    """The same plan with another folder."""
    return plan.model_copy(update={"out": folder, "schedule": plan.schedule.model_copy(update=schedule)})


def versions(folder: Path) -> dict[str, str]:
    return {path.name: card.version for path, card in find_specialists(folder).items()}


def test_a_plan_ends_with_a_schedule_a_trunk_and_specialists_on_it(plan_file):
    plan = read_plan(plan_file)
    said, crew = [], Watched(plan)
    done = rehearse(plan, crew, say=said.append)
    cards = find_specialists(plan.out)
    assert sorted(path.name for path in cards) == sorted(NAMES)
    assert {card.trunk for path, card in cards.items() if path.name != "trunk"} == {
        read_card(plan.out / "trunk").version
    }
    assert all(finding.accepted for finding in done.findings)
    assert (plan.out / "names" / "test.jsonl").is_file()
    assert "structured first" in said[0] or "predicted BWT" in said[0]
    record = read_schedule(plan.out / RECORD)
    assert sorted(record["tasks"]) == ["arguments", "names"]
    assert len(record["course"]["sections"]) == 2

    # Once more: nothing is trained again, and the same specialists are not worse than themselves.
    before, again = versions(plan.out), Watched(plan)
    repeated = rehearse(plan, again, say=said.append)
    assert again.steps == {}
    assert versions(plan.out) == before
    assert [finding.count for finding in repeated.findings] == [finding.count for finding in done.findings]
    assert all(finding.accepted and finding.new == finding.resident for finding in repeated.findings)


def test_specialists_beside_another_trunk_are_not_left_without_it(plan_file):
    plan = read_plan(plan_file)
    stranger = plan.out / "reply"
    stranger.mkdir(parents=True)
    write_card(stranger, Card("reply", "reply", "lora", "v", "base", (1,), None, {}, trunk="t"))
    with pytest.raises(ConfigError, match="holds reply, which this plan does not train"):
        rehearse(plan, Watched(plan), say=str)


def drive(plan_file: str, workers: str) -> None:
    """What the killed driver does."""
    from divisi.services.training_run import run_plan

    run_plan(Path(plan_file), workers=int(workers), say=lambda line: None)


def killed_driver(plan_file: Path, workers: int, until) -> int:
    """A driver that is killed as soon as something is true."""
    command = [sys.executable, __file__, str(plan_file), str(workers)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and not until():
            time.sleep(0.02)
        process.kill()
    return process.returncode


def same_specialists(one: Path, other: Path) -> bool:
    # Nothing differs but the processes; 1e-5 leaves room for kernels that round by how memory is aligned.
    return all(
        torch.allclose(tensor, load_file(other / name / TENSORS)[key], rtol=0, atol=1e-5)
        for name in NAMES
        for key, tensor in load_file(one / name / TENSORS).items()
    )


@pytest.mark.slow
@pytest.mark.parametrize("states", [1, 3], ids=["in a probe", "in a phase"])
def test_a_driver_that_is_killed_ends_with_the_same_specialists(plan_file, tmp_path, states):
    plan = read_plan(plan_file)
    work = plan.out / ".training"

    def until():
        begun = len(list(work.glob("states/*"))) >= states
        return begun and any(work.glob("fits/*/step-*"))

    assert killed_driver(plan_file, 0, until) == -signal.SIGKILL
    crew = Watched(plan)
    rehearse(plan, crew, say=str)
    undisturbed = Watched(elsewhere(plan, tmp_path / "other"))
    rehearse(elsewhere(plan, tmp_path / "other"), undisturbed, say=str)
    assert crew.steps.total() < undisturbed.steps.total()
    assert same_specialists(plan.out, tmp_path / "other")


@pytest.mark.ray
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_actors_and_drivers_that_are_killed_end_with_the_same_specialists(plan_file, tmp_path):
    pytest.importorskip("ray")
    from divisi.services.ray_crew import RayCrew

    plan = read_plan(plan_file)
    work = plan.out / ".training"
    assert killed_driver(plan_file, 1, lambda: any(work.glob("states/*"))) == -signal.SIGKILL

    workers = plan.workers.model_copy(update={"count": 2, "cpus": 0.5})
    killed: list[int] = []

    def kill_once(doing):
        training = [one for one in doing if one.step and one.pid]
        if training and not killed:
            killed.append(training[0].pid)
            os.kill(training[0].pid, signal.SIGKILL)

    crew = RayCrew(plan.model_copy(update={"workers": workers}), watch=kill_once)
    try:
        rehearse(plan, crew, say=str)
    finally:
        crew.close()
    rehearse(elsewhere(plan, tmp_path / "other"), Watched(elsewhere(plan, tmp_path / "other")), say=str)
    assert killed
    assert same_specialists(plan.out, tmp_path / "other")


@pytest.mark.ray
def test_more_than_the_cluster_has_is_refused(plan_file, monkeypatch):
    pytest.importorskip("ray")
    from divisi.services import ray_crew

    plan = read_plan(plan_file)
    workers = plan.workers.model_copy(update={"count": 2, "gpus": 1.0})
    monkeypatch.setattr(ray_crew.ray, "is_initialized", lambda: True)
    monkeypatch.setattr(ray_crew.ray, "cluster_resources", lambda: {"CPU": 8.0})
    with pytest.raises(ConfigError, match=r"2 workers of 1 GPU each need 2, and there are 0; lower workers.count"):
        ray_crew.RayCrew(plan.model_copy(update={"workers": workers}))


@pytest.mark.ray
def test_an_error_of_a_job_keeps_its_name_on_its_way(plan_file):
    pytest.importorskip("ray")
    from divisi.services.ray_crew import Worker, _value

    plan = read_plan(plan_file).model_copy(update={"tasks": ("reply",)})
    reply = Worker(plan.model_dump(mode="json")).do("tasks", {})
    with pytest.raises(StoppedError, match="the data has no examples of reply"):
        _value(json.loads(json.dumps(reply)))


def test_a_job_says_what_it_is():
    job = Job("score", {"state": None, "task": "names", "temperature": 1.0})
    assert str(job) == "score task names, temperature 1.0"


if __name__ == "__main__":
    drive(*sys.argv[1:])
