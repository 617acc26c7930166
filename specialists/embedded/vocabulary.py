"""The embedded base's tokenizer: byte-level BPE with single digits, trained from scratch.

Words split at a change from lower to upper case, so that getFilmDetails shares its pieces with "film details".
Only a space joins the word behind it; quotes, underscores and dots stand alone, so that a name has the same
tokens in a tool's description, in a call and in JSON.
"""

from collections.abc import Iterable
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

SPECIAL_TOKENS = (
    "<|pad|>",
    "<|end|>",
    "<|system|>",
    "<|tool|>",
    "<|user|>",
    "<|assistant|>",
    "<|call|>",
    "<|result|>",
    "<|task|>",
    "<|answer|>",
    *(f"<|reserved_{number}|>" for number in range(6)),
)
WORDS = Regex(
    r" ?(?:\p{Lu}?[\p{Ll}\p{Lo}\p{Lm}\p{M}]+|\p{Lu}+(?![\p{Ll}\p{Lo}\p{Lm}\p{M}])|\p{Lu})"
    r"|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+|\s*[\r\n]+|\s+(?!\S)|\s+"
)
TEMPLATE = Path(__file__).with_name("chat_template.jinja")


def train_tokenizer(texts: Iterable[str], *, size: int, context_tokens: int) -> PreTrainedTokenizerFast:
    """Learn a vocabulary from texts.

    Args:
        texts: what the base will read, in the shares in which it will read it.
        size: tokens of the vocabulary, with the 256 bytes and the special tokens.
        context_tokens: the base's context, kept as the tokenizer's model_max_length.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(WORDS, behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        min_frequency=2,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<|pad|>",
        eos_token="<|end|>",
        model_max_length=context_tokens,
        clean_up_tokenization_spaces=False,
    )
    fast.chat_template = TEMPLATE.read_text(encoding="utf-8")
    return fast
