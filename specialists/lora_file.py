"""LoRA slots in PEFT's own format: adapter_config.json and the tensors of adapter_model.safetensors.

A specialist wakes at its invocation, so its file is an aLoRA: a LORA with `alora_invocation_tokens`. PEFT, vLLM and
llama.cpp read what is written here, and what PEFT writes is read here, unless it says something that slots cannot do.

Source: PEFT 0.21, tuners/lora/config.py and tuners/tuners_utils.py (how names match).
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from divisi.specialists.bank import widths
from divisi.specialists.base import Base
from divisi.specialists.errors import FormatError, TensorError
from divisi.specialists.lora import linear_sites
from divisi.specialists.slots import FixedSlots, SiteSlots
from divisi.specialists.tensor_keys import PREFIX, check_keys

KEY = re.compile(r"base_model\.model\.(?P<site>.+)\.lora_(?P<part>[AB])\.weight")

HONOURED = frozenset(
    {
        "peft_type",
        "r",
        "lora_alpha",
        "use_rslora",
        "rank_pattern",
        "alpha_pattern",
        "alora_invocation_tokens",
        "target_modules",
        "exclude_modules",
        "layers_to_transform",
        "init_lora_weights",
    }
)
"""Options that are read here."""

HARMLESS = frozenset(
    {
        "task_type",
        "auto_mapping",
        "peft_version",
        "base_model_name_or_path",
        "revision",
        "inference_mode",
        "lora_dropout",
        "layers_pattern",
        "megatron_core",
        "qalora_group_size",
        "eva_config",
        "loftq_config",
        "ensure_weight_tying",
    }
)
"""Options that change training only, or nothing without another option."""

STARTS = (True, False, "gaussian", "eva", "orthogonal")
"""Values of `init_lora_weights` that leave the base as it is; PiSSA, OLoRA, CorDA and LoftQ change its weights."""

NEUTRAL: tuple[object, ...] = (None, False, "none", "", [], {})
"""Values with which an option asks for nothing, also one that we do not know."""


def to_peft(
    sites: Mapping[str, SiteSlots], *, invocation: Sequence[int], base_name: str
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """The config and the tensors of LoRA slots.

    Args:
        sites: name of a linear layer -> its slots.
        invocation: the tokens at which the specialist wakes.
        base_name: what readers take for the base's name.

    Raises:
        FormatError: the slots are not LoRA: they have an `a`, or coefficients that differ within a site.
    """
    ranks = {site: own.A.shape[0] for site, own in sites.items()}
    alphas = {site: _alpha(site, own) for site, own in sites.items()}
    rank, alpha = (Counter(values.values()).most_common(1)[0][0] for values in (ranks, alphas))
    config = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": base_name,
        "inference_mode": True,
        "r": rank,
        "lora_alpha": alpha,
        "rank_pattern": {site: value for site, value in ranks.items() if value != rank},
        "alpha_pattern": {site: value for site, value in alphas.items() if value != alpha},
        "target_modules": sorted(sites),
        "alora_invocation_tokens": list(invocation),
        "lora_dropout": 0.0,
        "bias": "none",
        "use_rslora": False,
        "use_dora": False,
        "lora_bias": False,
        "fan_in_fan_out": False,
        "init_lora_weights": True,
        "modules_to_save": None,
    }
    tensors = {}
    for site, own in sites.items():
        tensors[f"{PREFIX}{site}.lora_A.weight"] = own.A.detach().cpu().contiguous()
        tensors[f"{PREFIX}{site}.lora_B.weight"] = own.B.detach().cpu().contiguous()
    return config, tensors


def to_plain_peft(
    sites: Mapping[str, SiteSlots], *, invocation: Sequence[int], base_name: str
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """As `to_peft`, for slots that are awake everywhere: a LORA without an invocation."""
    config, tensors = to_peft(sites, invocation=invocation, base_name=base_name)
    return {**config, "alora_invocation_tokens": None}, tensors


def from_peft(
    config: Mapping[str, Any], tensors: Mapping[str, Tensor], base: Base, dtype: torch.dtype
) -> dict[str, SiteSlots]:
    """The LoRA slots of a config and its tensors.

    Raises:
        FormatError: not a LORA, not an aLoRA, or with an option that slots cannot do.
        TensorError: a tensor is missing, unexpected or of another shape.
    """
    if config.get("peft_type") == "LORA" and not config.get("alora_invocation_tokens"):
        raise FormatError(
            "a LoRA without alora_invocation_tokens was trained awake on the whole prompt, and does not work when it "
            "wakes at its invocation; train it as aLoRA (alora_invocation_tokens in PEFT's LoraConfig, or divisi "
            "train), or import it as kind 'lora_everywhere': then its rows read their own prefix, for it alone"
        )
    return _slots(config, tensors, base.model, dtype)


def from_plain_peft(
    config: Mapping[str, Any], tensors: Mapping[str, Tensor], base: Base, dtype: torch.dtype
) -> dict[str, SiteSlots]:
    """As `from_peft`, of a LORA that was trained awake everywhere.

    Raises:
        FormatError: not a LORA, an aLoRA, or with an option that slots cannot do.
        TensorError: a tensor is missing, unexpected or of another shape.
    """
    if config.get("alora_invocation_tokens"):
        raise FormatError("an aLoRA was trained asleep on its prefix; import it as kind 'lora'")
    return _slots(config, tensors, base.model, dtype)


def _slots(
    config: Mapping[str, Any], tensors: Mapping[str, Tensor], model: nn.Module, dtype: torch.dtype
) -> dict[str, SiteSlots]:
    _check_options(config)
    expected = {f"{PREFIX}{site}.lora_{part}.weight": site for site in _sites(config, model) for part in "AB"}
    check_keys(set(tensors), set(expected))
    sites: dict[str, SiteSlots] = {}
    coefficients: dict[tuple[int, float], Tensor] = {}
    for site in dict.fromkeys(expected.values()):
        read, write = (tensors[f"{PREFIX}{site}.lora_{part}.weight"].to(dtype) for part in "AB")
        rank = _pattern(config.get("rank_pattern"), site, config["r"])
        d_in, d_out = widths(model.get_submodule(site)) or (0, 0)
        if (list(read.shape), list(write.shape)) != ([rank, d_in], [d_out, rank]):
            raise TensorError(
                f"{site}: lora_A {list(read.shape)} and lora_B {list(write.shape)}, "
                f"expected {[rank, d_in]} and {[d_out, rank]}; the adapter is of another base or another rank"
            )
        alpha = _pattern(config.get("alpha_pattern"), site, config["lora_alpha"])
        value = alpha / (rank**0.5 if config.get("use_rslora") else rank)
        # One tensor for all sites that agree, so that the bank computes their field once.
        coefficient = coefficients.setdefault((rank, value), torch.full((rank,), value, device=read.device))
        sites[site] = FixedSlots(read, write, coefficient)
    return sites


def _alpha(site: str, own: SiteSlots) -> float:
    rank, value = own.A.shape[0], float(own.coefficient[0])
    if own.a is not None or not bool((own.coefficient == value).all()):
        raise FormatError(f"{site}: PEFT's LoRA has one strength a layer and adds nothing to what is read")
    # The shortest number that gives the coefficient back, since 32-bit numbers look odd in decimals.
    short = round(value * rank, 4)
    same = float(torch.tensor(short / rank, dtype=own.coefficient.dtype)) == value
    alpha = short if same else value * rank
    return int(alpha) if alpha == int(alpha) else alpha


def _check_options(config: Mapping[str, Any]) -> None:
    if config.get("peft_type") != "LORA":
        raise FormatError(f"peft_type is {config.get('peft_type')!r}; only 'LORA' is read as LoRA")
    if config.get("init_lora_weights", True) not in STARTS:
        raise FormatError(
            f"init_lora_weights {config['init_lora_weights']!r} changes the base's weights; "
            "convert it to a plain LoRA first (path_initial_model_for_weight_conversion in PEFT)"
        )
    known = HONOURED | HARMLESS
    if refused := {key: value for key, value in config.items() if key not in known and value not in NEUTRAL}:
        raise FormatError(f"the adapter asks for what LoRA slots cannot do: {refused}; train it without")


def _sites(config: Mapping[str, Any], model: nn.Module) -> list[str]:
    targets, excluded = config.get("target_modules") or [], config.get("exclude_modules") or []
    layers = config.get("layers_to_transform")
    chosen = {layers} if isinstance(layers, int) else None if layers is None else set(layers)
    sites = [
        site
        for site in linear_sites(model)
        if _matches(site, targets)
        and not _matches(site, excluded)
        and (chosen is None or any(int(part) in chosen for part in site.split(".") if part.isdecimal()))
    ]
    if not sites:
        raise TensorError(f"no linear layer of the base matches target_modules {targets!r}")
    return sites


def _matches(site: str, targets: str | Sequence[str]) -> bool:
    if isinstance(targets, str):
        return targets == "all-linear" or re.fullmatch(targets, site) is not None
    return any(site == target or site.endswith(f".{target}") for target in targets)


def _pattern(pattern: Mapping[str, Any] | None, site: str, otherwise: Any) -> Any:
    for key, value in (pattern or {}).items():
        if re.match(rf"(.*\.)?({key})$", site):
            return value
    return otherwise
