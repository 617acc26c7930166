"""Grammars of JSON schemas: which tokens may come next, and which must.

The text follows the schema in one spelling: separators ", " and ": ", no other white space, properties in the order of
the schema. What the grammar cannot enforce is refused, not ignored.

Source: llguidance, whose JSON schema compiler refuses keywords that it does not implement.
"""

import hashlib
import json
from collections import OrderedDict
from typing import Any

import torch
from llguidance import LLMatcher
from torch import Tensor

from divisi.specialists.errors import GrammarError
from divisi.specialists.vocabulary import Vocabulary
from divisi.tasks.subtask import Schema

SPELLING = {"item_separator": ", ", "key_separator": ": ", "whitespace_flexible": False}

OPTIONS_KEY = "x-guidance"
"""Where a schema may carry options for llguidance, among them one that ignores keywords; they are not read."""

REMOVED_KEYWORDS = frozenset({"disallow", "divisibleBy", "extends"})
"""Keywords of JSON schema drafts 2 and 3 that llguidance takes for remarks."""


class Walk:
    """One row's way through a grammar. It is not thread-safe."""

    def __init__(self, matcher: Any) -> None:
        self._matcher = matcher

    @property
    def ended(self) -> bool:
        """Whether the text is complete and nothing but the end may follow."""
        return bool(self._matcher.is_stopped())

    def take(self, token: int) -> None:
        """Go on by a token that was chosen.

        Raises:
            GrammarError: the grammar does not allow it, or is too complex to go on.
        """
        if not self._matcher.consume_token(token):
            raise GrammarError(f"token {token} cannot follow: {self._matcher.get_error()}")

    def forced(self) -> list[int]:
        """Go on by all tokens that the grammar leaves no choice about, and return them.

        They are the tokenizer's own spelling of the text that must come; where the next text could merge with their
        last characters, these are left to be chosen.

        Raises:
            GrammarError: the grammar is too complex to go on.
        """
        tokens: list[int] = self._matcher.compute_ff_tokens()
        if tokens and not self._matcher.consume_tokens(tokens):
            raise GrammarError(f"tokens {tokens} cannot follow: {self._matcher.get_error()}")
        return tokens

    def allow(self, bits: Tensor) -> None:
        """Write which tokens may come next, the end only where the text is complete.

        Args:
            bits: [words] int32, contiguous, on the CPU; one bit a token, the lowest first.

        Raises:
            GrammarError: the grammar is too complex to go on.
        """
        self._matcher.unsafe_compute_mask_ptr(bits.data_ptr(), bits.nbytes)
        if self._matcher.is_error():
            raise GrammarError(self._matcher.get_error())


class Grammar:
    """A compiled schema, from which every row starts its own walk."""

    def __init__(self, matcher: Any) -> None:
        self._matcher = matcher

    def walk(self) -> Walk:
        """A walk at its beginning."""
        return Walk(self._matcher.deep_copy())


class Grammars:
    """Compiled schemas of one base by their content, the least recently used dropped first."""

    def __init__(self, vocabulary: Vocabulary, *, limit: int = 256) -> None:
        self._vocabulary, self._limit = vocabulary, limit
        self._held: OrderedDict[bytes, Grammar] = OrderedDict()

    def __len__(self) -> int:
        return len(self._held)

    def compile(self, schema: Schema) -> Grammar:
        """The grammar of a schema.

        Raises:
            GrammarError: the schema cannot be enforced; the message names the keyword.
        """
        # Not sorted: the order of properties is part of the grammar.
        key = hashlib.sha256(json.dumps(schema).encode()).digest()
        grammar = self._held.get(key)
        if grammar is None:
            grammar = self._held[key] = compile_for(self._vocabulary, schema)
        self._held.move_to_end(key)
        if len(self._held) > self._limit:
            self._held.popitem(last=False)
        return grammar


def compile_for(vocabulary: Vocabulary, schema: Schema) -> Grammar:
    """The grammar of a schema.

    Raises:
        GrammarError: the schema cannot be enforced; the message names the keyword.
    """
    if removed := sorted(_keywords(schema) & REMOVED_KEYWORDS):
        raise GrammarError(f"the schema uses {', '.join(removed)}, which JSON schema no longer has; say it otherwise")
    plain = {keyword: value for keyword, value in schema.items() if keyword != OPTIONS_KEY}
    text = LLMatcher.grammar_from_json_schema(json.dumps(plain), overrides=SPELLING)
    matcher = LLMatcher(vocabulary.tokens, text, log_level=0)
    if matcher.is_error():
        raise GrammarError(f"the schema cannot be enforced: {matcher.get_error()}")
    return Grammar(matcher)


def _keywords(schema: object) -> set[str]:
    """The keywords of a schema at all depths; names of properties and of definitions are none."""
    if isinstance(schema, list | tuple):
        return set().union(*map(_keywords, schema))
    if not isinstance(schema, dict):
        return set()
    found = set(schema)
    for keyword, inner in schema.items():
        if keyword in ("properties", "patternProperties", "$defs", "definitions") and isinstance(inner, dict):
            found |= set().union(*map(_keywords, inner.values()))
        elif keyword not in ("enum", "const", "default", "examples"):
            found |= _keywords(inner)
    return found


def empty_bits(rows: int, vocabulary_size: int) -> Tensor:
    """Bits that allow everything, [rows, words] int32 on the CPU."""
    return torch.full((rows, -(-vocabulary_size // 32)), -1, dtype=torch.int32)


def forbid(logits: Tensor, bits: Tensor) -> None:
    """Set the logits of tokens that may not come to minus infinity, in place.

    Args:
        logits: [rows, vocabulary].
        bits: [rows, words] int32, on any device.
    """
    shifts = torch.arange(8, dtype=torch.uint8, device=logits.device)
    allowed = (bits.to(logits.device).view(torch.uint8).unsqueeze(-1) >> shifts) & 1
    logits.masked_fill_(allowed.flatten(1)[:, : logits.shape[1]] == 0, -torch.inf)
