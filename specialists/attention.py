"""Attention that one forward pass may take over, registered with transformers; without that it is plain sdpa.

transformers lets every attention layer call a function by name. Ours looks for an `Attending` among the keywords of
the forward pass: a prefix that is being read, or rows that share prefixes. Where there is none, training and every
other user of the model get exactly sdpa, mask and all.
"""

from collections.abc import Mapping
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

from divisi.specialists.errors import AttentionError

NAME = "divisi"
"""The name under which transformers finds the function."""

UNUSED_MASK = torch.zeros(1, 1, 1, 1)
"""Given as the attention mask where an `Attending` brings its own: a 4-d mask makes transformers skip building one."""

HARMLESS = frozenset({"position_ids", "use_cache", "dropout", "is_causal", "cache_position"})
"""Keywords of an attention layer that change nothing in a causal forward pass without dropout."""


class Attending(Protocol):
    """Takes over the attention of all layers in one forward pass."""

    def attend(self, module: nn.Module, query: Tensor, key: Tensor, value: Tensor, scaling: float) -> Tensor:
        """The attention's output of one layer.

        Args:
            module: the attention layer; `module.layer_idx` says which.
            query: [1, heads, tokens, head_dim], with positions applied.
            key, value: [1, kv_heads, tokens, head_dim], of the same tokens.
            scaling: factor of the scores.

        Returns:
            [1, tokens, heads, head_dim].
        """


def attend_or_sdpa(
    module: nn.Module, query: Tensor, key: Tensor, value: Tensor, attention_mask: Tensor | None, **options: Any
) -> tuple[Tensor, None]:
    """The function that transformers calls in every attention layer; its signature is theirs.

    Raises:
        AttentionError: the layer asks for what an `Attending` does not compute (a window, a cap, sinks, a bias).
    """
    attending: Attending | None = options.pop("attending", None)
    if attending is None:
        output, _ = sdpa_attention_forward(module, query, key, value, attention_mask, **options)
        return output, None
    scaling = options.pop("scaling", None)
    refuse_options(type(module).__name__, options)
    return attending.attend(module, query, key, value, query.shape[-1] ** -0.5 if scaling is None else scaling), None


def refuse_options(layer: str, options: Mapping[str, Any]) -> None:
    """Refuse what a layer asks of its attention beyond causal, scaled dot products.

    Raises:
        AttentionError: names the keyword.
    """
    for name, wish in options.items():
        if wish is not None and name not in HARMLESS:
            raise AttentionError(
                f"{layer} asks its attention for {name}={wish!r}; shared prefixes need plain attention"
            )


def install(model: Any) -> None:
    """Let forward passes of a model take over its attention, after checking that this would be exact.

    Raises:
        AttentionError: the architecture's attention is not plain causal attention in every layer.
    """
    refuse_architecture(model)
    AttentionInterface.register(NAME, attend_or_sdpa)
    AttentionMaskInterface.register(NAME, sdpa_mask)
    model.set_attn_implementation(NAME)


def require_installed(model: Any) -> None:
    """Refuse a model that would ignore an `Attending`, and attend to everything instead.

    Raises:
        AttentionError: `install` has not prepared it.
    """
    if model.config._attn_implementation != NAME:
        raise AttentionError(f"{type(model).__name__} is not prepared for prefixes; call attention.install first")


def refuse_architecture(model: Any) -> None:
    """Refuse a model whose configuration says that some layer attends otherwise.

    Raises:
        AttentionError: says which layer kind or option.
    """
    config, name = model.config, type(model).__name__
    if not getattr(model, "_supports_attention_backend", False):
        raise AttentionError(
            f"{name} does not call transformers' AttentionInterface; use a Qwen3, Llama or Granite base"
        )
    kinds = getattr(config, "layer_types", None) or getattr(config, "layers_block_type", None) or []
    if others := sorted({kind for kind in kinds if kind not in ("full_attention", "attention")}):
        raise AttentionError(f"{name} has layers of kind {', '.join(others)}; shared prefixes need full attention")
    if not kinds and getattr(config, "sliding_window", None) is not None:
        raise AttentionError(f"{name} attends within a window of {config.sliding_window}; set sliding_window to null")
    if getattr(config, "attn_logit_softcapping", None) is not None:
        raise AttentionError(f"{name} caps its attention scores (attn_logit_softcapping); that is not supported")
    if not getattr(config, "is_causal", True):
        raise AttentionError(f"{name} is not causal")
