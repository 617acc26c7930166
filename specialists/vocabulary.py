"""A base's vocabulary as bytes: what grammars and streams of text need of its tokenizer."""

from typing import Any

from llguidance.hf import from_tokenizer
from transformers import PreTrainedTokenizerFast

from divisi.specialists.base import Base
from divisi.specialists.errors import BaseModelError

LONGEST_TOKEN, SHORT = 64, 2
"""Bytes of a token at most; bytes of a text for which tokens beyond it are looked for."""


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
        self._longer: dict[bytes, list[int]] = {}
        self._encode = base.encode

    def text_bytes(self, token: int) -> bytes:
        """The bytes that a token adds to a text; none for control tokens and for padding of the embedding."""
        if token in self._silent or token >= self._known:
            return b""
        written: bytes = self.tokens.decode_bytes([token])
        return written

    def beginnings(self, written: bytes, rest: bytes) -> list[int]:
        """The tokens with which a text goes on as it is encoded, and those that say the same and more.

        Others ("Ma" of "Maria") would spell the same text, but as the model never reads it, and it then goes astray.

        Args:
            written: the text so far.
            rest: how it should go on, or begin to.
        """
        if not rest:
            return []
        if not self._spelled:
            for token in range(self.size):
                self._spelled.setdefault(self.text_bytes(token), []).append(token)
        return [*self._next(written, rest), *self._beyond(rest)]

    def _next(self, written: bytes, rest: bytes) -> list[int]:
        """The next token of the encoded whole; where what is written ends inside one, the longest that fits."""
        at = 0
        for token in self._encode((written + rest).decode(errors="replace")):
            said = self.text_bytes(token)
            if said and at == len(written) and rest.startswith(said):
                return self._spelled[said]
            at += len(said)
            if at > len(written):
                break
        lengths = range(min(len(rest), LONGEST_TOKEN), 0, -1)
        return next((self._spelled[rest[:end]] for end in lengths if rest[:end] in self._spelled), [])

    def _beyond(self, text: bytes) -> list[int]:
        """The tokens that say more than a text that is short: `"}` where a quote is left."""
        if not 0 < len(text) <= SHORT:
            return []
        if text not in self._longer:
            spelled = (said for said in self._spelled if len(said) > len(text) and said.startswith(text))
            self._longer[text] = [token for said in spelled for token in self._spelled[said]]
        return self._longer[text]
