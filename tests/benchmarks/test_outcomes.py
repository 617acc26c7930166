"""What an arm came to is kept: it is trained once for each seed, and again when anything else changes."""

from types import SimpleNamespace

from ablation import Ablation, Budget, Exam, Outcome
from outcomes import remembered

from divisi.services.training_plan import TrainingPlan
from divisi.tasks.example import Example
from divisi.tasks.subtask import Case

EXAMPLE = Example("1", "reply", "mine", Case(({"role": "user", "content": "hello"},)), "hi", "1")


def ablation(folder, seed=0, tokens=10):
    leader = SimpleNamespace(base=SimpleNamespace(fingerprint="base-1"), material=SimpleNamespace(digest=lambda: "d"))
    plan = TrainingPlan(data=("x.jsonl",), out=folder, seed=seed)
    tests = Exam({"reply": (EXAMPLE,)}, {}, 1)
    return Ablation(leader, plan, ("reply",), tests, Budget(tokens, 0.5, 4, 4, 1))


def test_an_arm_runs_once_for_each_seed_and_budget(tmp_path):
    ran = []

    def arm(one):
        ran.append((one.plan.seed, one.budget.tokens))
        return Outcome({"reply": [0.5]}, {"reply": [0.25]}, {"order": ["reply"]})

    first = remembered(ablation(tmp_path), "joint", arm)
    assert remembered(ablation(tmp_path), "joint", arm) == first
    remembered(ablation(tmp_path, seed=1), "joint", arm)
    remembered(ablation(tmp_path, tokens=20), "joint", arm)
    assert ran == [(0, 10), (1, 10), (0, 20)]


def test_arms_do_not_share_what_they_came_to(tmp_path):
    remembered(ablation(tmp_path), "joint", lambda _: Outcome({"reply": [0.0]}, {}))
    found = remembered(ablation(tmp_path), "separate", lambda _: Outcome({"reply": [1.0]}, {}))
    assert found.scores == {"reply": [1.0]}
