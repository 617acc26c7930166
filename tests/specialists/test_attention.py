"""The attention that may be taken over is sdpa for everybody else, and what it cannot compute is refused by name."""

import pytest
import torch
from transformers import AutoModelForCausalLM, BloomConfig, Gemma2Config, MistralConfig, Qwen3Config

from divisi.specialists.attention import install, refuse_options
from divisi.specialists.base import Base
from divisi.specialists.errors import AttentionError

SMALL = {
    "vocab_size": 64,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
}


def test_other_users_of_the_model_get_sdpa(base, base_folder):
    prepared = Base.load(base_folder)
    install(prepared.model)
    ids, mask = torch.arange(20, 60).view(2, 20), torch.ones(2, 20)
    mask[0, :7] = 0
    with torch.no_grad():
        for options in ({}, {"attention_mask": mask}, {"labels": ids}):
            assert torch.equal(prepared.model(ids, **options).logits, base.model(ids, **options).logits)
        generated = [
            one.model.generate(ids, attention_mask=mask, max_new_tokens=5, do_sample=False) for one in (prepared, base)
        ]
    assert torch.equal(*generated)


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        (MistralConfig(**SMALL, sliding_window=16), "sliding"),
        (Qwen3Config(**SMALL, use_sliding_window=True, sliding_window=16, max_window_layers=1), "sliding_attention"),
        (Gemma2Config(**SMALL, layer_types=["full_attention"] * 2), "attn_logit_softcapping"),
        (BloomConfig(vocab_size=64, hidden_size=32, n_layer=2, n_head=4), "AttentionInterface"),
    ],
    ids=["window", "some layers with a window", "softcap", "own attention"],
)
def test_attention_that_is_not_plain_is_refused(config, reason):
    model = AutoModelForCausalLM.from_config(config)
    with pytest.raises(AttentionError, match=reason):
        install(model)


def test_a_mistral_without_window_is_accepted():
    model = AutoModelForCausalLM.from_config(MistralConfig(**SMALL, sliding_window=None))
    install(model)
    assert model.config._attn_implementation == "divisi"


def test_an_unknown_wish_of_a_layer_is_refused_by_name():
    refuse_options("SomeAttention", {"position_ids": torch.zeros(1), "sliding_window": None})
    with pytest.raises(AttentionError, match="s_aux"):
        refuse_options("SinkAttention", {"s_aux": 0.5})
