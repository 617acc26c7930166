"""Text as it is written, token by token: whole characters only, and nothing from a stop text on."""

import codecs

from divisi.specialists.vocabulary import Vocabulary


class TextStream:
    """Turns tokens into fragments of text that can be sent at once; joined they are the whole text.

    A fragment never splits a character, since bytes wait until their character is complete, nor does it show what may
    turn out to be the beginning of a stop text.
    """

    def __init__(self, vocabulary: Vocabulary, stop: tuple[str, ...] = ()) -> None:
        self.stopped = False
        """Whether a stop text has been written; from then on there is no more text."""
        self._vocabulary, self._stop = vocabulary, stop
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""

    def push(self, token: int) -> str:
        """Add a token; returns the text that is certain by now."""
        return self._add(self._decoder.decode(self._vocabulary.text_bytes(token)))

    def close(self) -> str:
        """No more tokens come; returns what was held back. Bytes that are no whole character become U+FFFD."""
        rest = self._add(self._decoder.decode(b"", final=True)) + self._held
        self._held = ""
        return rest

    def _add(self, text: str) -> str:
        if self.stopped:
            return ""
        self._held += text
        places = [place for stop in self._stop if (place := self._held.find(stop)) >= 0]
        self.stopped = bool(places)
        certain = min(places) if places else len(self._held) - self._doubtful()
        released, rest = self._held[:certain], self._held[certain:]
        self._held = "" if self.stopped else rest
        return released

    def _doubtful(self) -> int:
        """Characters at the end of the held text that may begin a stop text."""
        longest = 0
        for stop in self._stop:
            for size in range(min(len(stop) - 1, len(self._held)), longest, -1):
                if self._held.endswith(stop[:size]):
                    longest = size
                    break
        return longest
