"""What code knows of an answer beside the model that writes it."""

from typing import Protocol


class Leaning(Protocol):
    """What is known beside the model of the text that it writes."""

    def __call__(self, text: bytes, piece: bytes) -> float:
        """The logarithm of what a piece does to the weight of a text: asked where few tokens may come.

        An empty piece is the text's end, which free text may choose anywhere.
        """

    def wanted(self, text: bytes) -> tuple[bytes, float]:
        """How a text should go on, b"" where nothing is known, and the logarithm of the weight of any beginning of it.

        Asked where so many tokens may come that each cannot be asked about. In free text it only says which pieces to
        ask about beside those that the model finds likely.
        """
