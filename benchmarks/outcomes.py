"""What arms came to, kept on disk under a hash of how: an arm is trained and scored once, whoever asks again."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict

from ablation import Ablation, Outcome


def remembered(ablation: Ablation, name: str, arm: Callable[[Ablation], Outcome]) -> Outcome:
    """What an arm comes to, from disk where that is known.

    Args:
        ablation: what it is run with.
        name: of the arm.
        arm: runs it.
    """
    file = ablation.plan.work / "outcomes" / f"{_key(ablation, name)}.json"
    if not file.is_file():
        found = arm(ablation)
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary = file.with_suffix(".part")
        temporary.write_text(json.dumps(asdict(found)), encoding="utf-8")
        temporary.replace(file)
    return Outcome(**json.loads(file.read_text(encoding="utf-8")))


def _key(ablation: Ablation, name: str) -> str:
    plan, tests = ablation.plan, ablation.tests
    examples = {task: [one.to_record() for one in some] for task, some in tests.examples.items()}
    told = [
        name,
        plan.seed,
        plan.training.model_dump(),
        plan.schedule.model_dump(),
        asdict(ablation.budget),
        ablation.leader.base.fingerprint,
        ablation.leader.material.digest(),
        tests.served,
        examples,
    ]
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=dict).encode()).hexdigest()[:16]
