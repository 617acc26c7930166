"""A two-layer random base on disk, with a byte-level tokenizer and the special tokens of the embedded base."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

from divisi.specialists.base import Base
from divisi.specialists.prompt import OUR_TEMPLATE
from divisi.specialists.slots import Slots
from divisi.specialists.store import find_kind

torch.set_num_threads(1)

MARKERS = ("pad", "end", "system", "tool", "user", "assistant", "call", "result", "task", "answer")
SPECIAL = tuple(f"<|{name}|>" for name in MARKERS)

BuildBase = Callable[..., Path]


JSON_TEXTS = (
    '{"city": "Paris", "days": 3}',
    '["get_weather", "book"]',
    '{"name": "f", "arguments": {"unit": "celsius"}}',
)
"""What a tokenizer with merges has seen: it has tokens such as `{"`, `": "` and `city`."""


def byte_tokenizer(
    special: tuple[str, ...], template: str | None, corpus: tuple[str, ...] = ()
) -> PreTrainedTokenizerFast:
    """One token a byte, one for each of `special`, and merges from a corpus; the second special one ends a turn."""
    letters = [*special, *sorted(pre_tokenizers.ByteLevel.alphabet())]
    tokenizer = Tokenizer(models.BPE(vocab={letter: i for i, letter in enumerate(letters)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    if corpus:
        alphabet = pre_tokenizers.ByteLevel.alphabet()
        trainer = trainers.BpeTrainer(
            vocab_size=400, special_tokens=list(special), initial_alphabet=alphabet, show_progress=False
        )
        tokenizer.train_from_iterator(corpus * 5, trainer)
    tokenizer.add_special_tokens(list(special))
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=special[0],
        eos_token=special[1],
        additional_special_tokens=list(special[2:]),
    )
    fast.chat_template = template
    return fast


def write_base(
    folder: Path,
    *,
    special: tuple[str, ...] = SPECIAL,
    template: str | None = OUR_TEMPLATE.read_text(encoding="utf-8"),
    seed: int = 0,
    context_tokens: int = 512,
    corpus: tuple[str, ...] = (),
) -> Path:
    """Write a random base of two layers, width 32, four heads on two of keys and values."""
    tokenizer = byte_tokenizer(special, template, corpus)
    config = Qwen3Config(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=8,
        max_position_embeddings=context_tokens,
        tie_word_embeddings=True,
        initializer_range=0.2,  # large enough that a random model prefers some tokens clearly
        eos_token_id=1,
        pad_token_id=0,
        bos_token_id=None,
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = Qwen3ForCausalLM(config)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def build_base() -> BuildBase:
    """Writes a random base into a folder: build_base(folder, special=, template=, seed=, context_tokens=, corpus=)."""
    return write_base


@pytest.fixture(scope="session")
def base_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the random base that all tests share."""
    return write_base(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="session")
def base(base_folder: Path) -> Base:
    """The random base that all tests share; no test changes it."""
    return Base.load(base_folder)


@pytest.fixture(scope="session")
def merging_base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    """A random base whose tokens are longer than a byte where JSON is written; for grammars and engines."""
    return Base.load(write_base(tmp_path_factory.mktemp("merging"), corpus=JSON_TEXTS))


Trained = Callable[..., Slots]


def random_slots(base: Base, kind: str, name: str, *, rank: int = 3, seed: int = 0) -> Slots:
    """Slots of a kind as training leaves them: no part is where it began."""
    generator = torch.Generator().manual_seed(seed)
    slots = find_kind(kind).new(base, name, rank, generator)
    with torch.no_grad():
        for part in slots.parameters():
            part.add_(0.3 * torch.randn(part.shape, generator=generator))
    return slots


@pytest.fixture(scope="session")
def trained() -> Trained:
    """Makes slots as training leaves them: trained(base, kind, name, rank=, seed=)."""
    return random_slots
