"""What tests of subtasks share: the grammar engine over plain bytes."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import llguidance
import pytest

SPACING = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}


class Bytes:
    """A tokenizer whose tokens are the bytes, and an end."""

    eos_token_id = 256
    bos_token_id = None
    tokens = (*(bytes([value]) for value in range(256)), b"<end>")
    special_token_ids = (256,)

    def __call__(self, text: str | bytes) -> list[int]:
        return list(text.encode() if isinstance(text, str) else text)


class GrammarRefusedError(ValueError):
    """The engine does not compile a schema."""


@pytest.fixture(scope="session")
def accepts() -> Callable[[Mapping[str, Any], str], bool]:
    """Whether a whole text follows a schema, as the engine that constrains specialists sees it."""
    tokenizer = llguidance.LLTokenizer(llguidance.TokenizerWrapper(Bytes()))

    def accepts(schema: Mapping[str, Any], text: str) -> bool:
        grammar = llguidance.LLMatcher.grammar_from_json_schema(json.dumps(schema), overrides=SPACING)
        matcher = llguidance.LLMatcher(tokenizer, grammar, log_level=0)
        if matcher.is_error():
            raise GrammarRefusedError(matcher.get_error())
        tokens = list(text.encode())
        return matcher.try_consume_tokens(tokens) == len(tokens) and matcher.is_accepting()

    return accepts
