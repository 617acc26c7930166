"""A base's vocabulary as bytes: what grammars and streams of text need of its tokenizer."""

from typing import Any

from llguidance.hf import from_tokenizer
from transformers import PreTrainedTokenizerFast

from divisi.specialists.base import Base
from divisi.specialists.errors import BaseModelError


class Vocabulary:
    """The tokens of a base as grammars and streams see them. Made once for a base: it reads the whole tokenizer."""

    def __init__(self, base: Base) -> None:
        """Read a base's tokenizer.

        Raises:
            BaseModelError: the tokenizer is not a fast one.
        """
        if not isinstance(base.tokenizer, PreTrainedTokenizerFast):
            raise BaseModelError(f"{base.name} has no fast tokenizer (tokenizer.json); grammars need its byte tables")
        self.size: int = base.model.get_output_embeddings().weight.shape[0]
        """Tokens that the model can predict; embeddings padded beyond the tokenizer count, and are never allowed."""
        self.end_ids = base.end_ids
        self.tokens: Any = from_tokenizer(base.tokenizer, n_vocab=self.size, eos_token=sorted(base.end_ids))
        """llguidance's table."""
        added = base.tokenizer.added_tokens_decoder
        self._silent = {number for number, token in added.items() if token.special}
        self._known = len(base.tokenizer)
        self._spelled: dict[bytes, list[int]] = {}

    def text_bytes(self, token: int) -> bytes:
        """The bytes that a token adds to a text; none for control tokens and for padding of the embedding."""
        if token in self._silent or token >= self._known:
            return b""
        written: bytes = self.tokens.decode_bytes([token])
        return written

    def beginnings(self, text: bytes) -> list[int]:
        """The tokens that a text may begin with."""
        if not self._spelled:
            for token in range(self.size):
                self._spelled.setdefault(self.text_bytes(token), []).append(token)
        return [token for end in range(1, len(text) + 1) for token in self._spelled.get(text[:end], ())]
