"""Stock bases for measuring speed: Qwen3 configs of three sizes with random weights; what they write means nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

from divisi.specialists.prompt import our_template

CONTEXT_TOKENS = 4096
MARKERS = ("pad", "end", "system", "tool", "user", "assistant", "call", "result", "task", "answer")


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a Qwen3 model with tied embeddings."""

    width: int
    layers: int
    heads: int
    kv_heads: int
    head_width: int
    feed_forward: int
    vocabulary: int


SHAPES: Mapping[str, Shape] = {
    "20m": Shape(384, 10, 6, 2, 64, 1152, 8192),
    "100m": Shape(768, 14, 12, 4, 64, 2304, 16384),
    "0.6b": Shape(1024, 28, 16, 8, 128, 3072, 151936),
}


def write_stock(folder: Path, shape: Shape, *, seed: int) -> Path:
    """Write a base of a shape, with a tokenizer of one token a byte; returns the folder."""
    config = Qwen3Config(
        vocab_size=shape.vocabulary,
        hidden_size=shape.width,
        intermediate_size=shape.feed_forward,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.kv_heads,
        head_dim=shape.head_width,
        max_position_embeddings=CONTEXT_TOKENS,
        tie_word_embeddings=True,
        pad_token_id=0,
        eos_token_id=1,
        bos_token_id=None,
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = Qwen3ForCausalLM(config)
    model.save_pretrained(folder)
    byte_tokenizer().save_pretrained(folder)
    return folder


def byte_tokenizer() -> PreTrainedTokenizerFast:
    """One token a byte, and the control tokens of the embedded base; the second one ends a turn."""
    special = [f"<|{name}|>" for name in MARKERS]
    letters = [*special, *sorted(pre_tokenizers.ByteLevel.alphabet())]
    tokenizer = Tokenizer(models.BPE(vocab={letter: number for number, letter in enumerate(letters)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(special)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=special[0],
        eos_token=special[1],
        additional_special_tokens=special[2:],
    )
    fast.chat_template = our_template()
    return fast
