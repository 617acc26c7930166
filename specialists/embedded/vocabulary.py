"""The embedded base's tokenizer: byte-level BPE with single digits, trained from scratch.

Words split at a change from lower to upper case, so that getFilmDetails shares its pieces with "film details".
Quotes, underscores and dots stand alone, so that a name has the same tokens in a tool's description, in a call and in
JSON. A word is divided in the same places whether or not it has a capital or a space before it: "ljubljana",
"Ljubljana" and " Ljubljana" differ in their first token alone, so what a request says can be found and copied. BPE is
learned from words without either; then each merge that begins a word gets a twin with a capital, and frequent first
tokens get one with a space.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

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
WORD = r"(?:\p{Lu}?[\p{Ll}\p{Lo}\p{Lm}\p{M}]+|\p{Lu}+(?![\p{Ll}\p{Lo}\p{Lm}\p{M}])|\p{Lu})"
OTHERS = r"|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+|\s*[\r\n]+|\s+(?!\S)|\s+"
CAPITAL = re.compile(r"[A-Z](?=[a-z])[a-z]*")
BEGINNING = re.compile(r" ?(?<![A-Za-z])[A-Z]?[a-z]+|(?<=[a-z])[A-Z][a-z]+")
SPACE = "Ġ"
"""How byte-level BPE spells a space."""
STEM_SHARE, CAPITAL_SHARE = 0.407, 0.266
"""The shares of merged tokens: those that BPE learns, and their twins with a capital. The rest begins with a space."""
TEMPLATE = Path(__file__).with_name("chat_template.jinja")


def train_tokenizer(texts: Iterable[str], *, size: int, context_tokens: int) -> PreTrainedTokenizerFast:
    """Learn a vocabulary from texts.

    Args:
        texts: what the base will read, in the shares in which it will read it.
        size: tokens of the vocabulary, with the 256 bytes and the special tokens.
        context_tokens: the base's context, kept as the tokenizer's model_max_length.
    """
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    single = len(SPECIAL_TOKENS) + len(alphabet)
    stems, capitals = (single + int((size - single) * share) for share in (STEM_SHARE, STEM_SHARE + CAPITAL_SHARE))
    plain = Tokenizer(models.BPE())
    plain.pre_tokenizer = _pieces(WORD + OTHERS)
    trainer = trainers.BpeTrainer(
        vocab_size=stems,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=alphabet,
        min_frequency=2,
        show_progress=False,
    )
    kept = list(texts)
    plain.train_from_iterator((CAPITAL.sub(_lowered, text) for text in kept), trainer)
    state = json.loads(plain.to_str())
    beginnings = _beginnings(plain, kept)
    _add_capitals(state["model"], beginnings, capitals)
    _add_spaces(state["model"], beginnings, size)
    tokenizer = Tokenizer.from_str(json.dumps(state))
    tokenizer.pre_tokenizer = _pieces(f" ?{WORD}{OTHERS}")
    tokenizer.decoder = decoders.ByteLevel()
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<|pad|>",
        eos_token="<|end|>",
        model_max_length=context_tokens,
        clean_up_tokenization_spaces=False,
    )
    fast.chat_template = TEMPLATE.read_text(encoding="utf-8")
    return fast


def spellings(tokenizer: PreTrainedTokenizerFast, count: int) -> tuple[str, ...]:
    """The tokens of the first ids as the vocabulary spells them; ids without a token get a name that none has."""
    tokens: list[str | None] = tokenizer.convert_ids_to_tokens(range(count))
    return tuple(token or f"<|unused_{number}|>" for number, token in enumerate(tokens))


def _pieces(pattern: str) -> pre_tokenizers.PreTokenizer:
    """Text parted by a pattern, spelled in bytes."""
    return pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(pattern), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )


def _lowered(word: re.Match[str]) -> str:
    return word.group().lower()


def _beginnings(plain: Tokenizer, texts: Iterable[str]) -> Counter[tuple[bool, str]]:
    """How often words begin with a space and a token, the token with a capital where the word has one."""
    found: Counter[tuple[bool, str]] = Counter()
    words = Counter(match.group() for text in texts for match in BEGINNING.finditer(text[:4000]))
    for encoded, (word, count) in zip(
        plain.encode_batch([word.strip().lower() for word in words]), words.items(), strict=True
    ):
        first = encoded.tokens[0]
        capital = word.strip()[0].isupper()
        found[word[0] == " ", _capital(first) if capital else first] += count
    return found


def _capital(token: str) -> str:
    return token[0].upper() + token[1:]


def _add_capitals(model: dict[str, Any], beginnings: Counter[tuple[bool, str]], size: int) -> None:
    """Give merges that begin a word a twin with a capital, right behind them, for the most frequent such words."""
    merges: list[list[str]] = model["merges"]
    made_of = {first + second: first for first, second in merges}
    counts: Counter[str] = Counter()
    for (_, token), count in beginnings.items():
        counts[token] += count
    wanted: dict[str, None] = {}
    for token, _ in counts.most_common():
        if token[0].isupper():
            part: str | None = token[0].lower() + token[1:]
            while part in made_of:
                wanted[_capital(part)] = None
                part = made_of[part]
        if len(model["vocab"]) + len(wanted) >= size:
            break
    twins = {token for token in wanted if token not in model["vocab"]}
    for token in sorted(twins, key=len):
        model["vocab"][token] = len(model["vocab"])
    model["merges"] = [
        pair
        for first, second in merges
        for pair in ([first, second], [_capital(first), second])
        if pair[0] == first or _capital(first + second) in twins
    ]


def _add_spaces(model: dict[str, Any], beginnings: Counter[tuple[bool, str]], size: int) -> None:
    """Add tokens for a space and a word's first token; these merges come after all others."""
    for (spaced, token), _ in beginnings.most_common():
        if len(model["vocab"]) == size:
            break
        if spaced and token in model["vocab"] and SPACE + token not in model["vocab"]:
            model["vocab"][SPACE + token] = len(model["vocab"])
            model["merges"].append([SPACE, token])
