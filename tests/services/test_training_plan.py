"""Plans as TOML: what may stand there, and what is said of what may not."""

import pytest

from divisi.services.errors import ConfigError
from divisi.services.training_plan import read_plan

PLAN = """
base = "base"
data = ["mine.jsonl", "hf:owner/name"]
out = "skills"
[workers]
count = 3
cpus = 0.5
"""


def test_paths_are_beside_the_plan_and_the_rest_has_defaults(tmp_path):
    (tmp_path / "base").mkdir()
    (tmp_path / "plan.toml").write_text(PLAN)
    plan = read_plan(tmp_path / "plan.toml")
    assert plan.data == (str(tmp_path / "mine.jsonl"), "hf:owner/name")
    assert (plan.base, plan.out, plan.work) == (
        str(tmp_path / "base"),
        tmp_path / "skills",
        tmp_path / "skills" / ".training",
    )
    assert (plan.workers.count, plan.workers.cpus, plan.schedule.by) == (3, 0.5, "structured-first")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (PLAN + "gpu = 1", "workers.gpu = 1: Extra inputs"),
        (PLAN.replace('data = ["mine.jsonl", "hf:owner/name"]', "data = []"), "data = "),
        (PLAN + "[schedule]\nby = 'best'", "schedule.by = 'best'"),
        (PLAN + "[training]\nrate = -1", "training.rate = -1"),
        ("base =", "cannot be read as TOML"),
        (PLAN + "[training]\ntokens = 0", "nothing to learn by; give rewards.steps"),
        (PLAN + "[rewards]\nsteps = 3\nsamples = 1", "rewards.samples = 1"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path, text, message):
    (tmp_path / "plan.toml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_plan(tmp_path / "plan.toml")
    assert message in str(caught.value)


def test_a_specialist_may_learn_by_rewards_alone(tmp_path):
    (tmp_path / "plan.toml").write_text(PLAN + "[training]\ntokens = 0\n[rewards]\nsteps = 3")
    plan = read_plan(tmp_path / "plan.toml")
    assert (plan.training.tokens, plan.rewards.steps, plan.rewards.advantage) == (0, 3, "group")
