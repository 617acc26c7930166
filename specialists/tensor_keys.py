"""The names of tensors in a specialist's file, in PEFT's manner whatever the kind."""

from collections.abc import Iterable, Sequence
from typing import Any

from divisi.specialists.errors import TensorError

PREFIX = "base_model.model."
"""What PEFT puts before the name of a module."""


def heading(peft_type: str, base_name: str, sites: Iterable[str], invocation: Sequence[int]) -> dict[str, Any]:
    """What every adapter_config.json of ours begins with.

    A `peft_type` that PEFT does not know makes it refuse the folder, rather than read a part of it.
    """
    return {
        "peft_type": peft_type,
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": base_name,
        "inference_mode": True,
        "target_modules": sorted(sites),
        "invocation_tokens": list(invocation),
    }


def check_keys(given: set[str], expected: set[str]) -> None:
    """Refuse tensors that are not exactly those expected.

    Raises:
        TensorError: names the first that is missing or unexpected.
    """
    if missing := sorted(expected - given):
        raise TensorError(f"{len(missing)} of {len(expected)} tensors are missing, first {missing[0]}")
    if unexpected := sorted(given - expected):
        raise TensorError(
            f"{len(unexpected)} tensors belong to no target of the base, first {unexpected[0]}; "
            "the adapter is of another architecture or kind"
        )
