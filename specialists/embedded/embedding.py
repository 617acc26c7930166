"""The token embedding while it is trained: spellings of one word share most of it.

" Paris" in a request and "Paris" in an answer are two tokens, and a model from scratch would have to learn of each
pair anew that one is copied as the other. Here a token's vector is the sum of three: its stem's (the letters in lower
case, without the space before them), its form's (space or not; lower, Capital or UPPER case), and one of its own that
starts at zero and learns slowly. Copying, once learned for some words, then holds for all.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

SPACE = "Ġ"
"""How byte-level BPE spells a space."""
SCALE = 0.02


class SharedEmbedding(nn.Module):
    """Computes the table of all tokens' vectors, which is also the output matrix."""

    stem_of: Tensor
    form_of: Tensor

    def __init__(self, spellings: Sequence[str], width: int) -> None:
        """Random stems and forms.

        Args:
            spellings: of the tokens in the order of their ids, as byte-level BPE spells them.
            width: of the model.
        """
        super().__init__()
        taken = [taken_apart(spelling) for spelling in spellings]
        stems = {stem: number for number, stem in enumerate(dict.fromkeys(stem for stem, _ in taken))}
        forms = {form: number for number, form in enumerate(dict.fromkeys(form for _, form in taken))}
        self.register_buffer("stem_of", torch.tensor([stems[stem] for stem, _ in taken]), persistent=False)
        self.register_buffer("form_of", torch.tensor([forms[form] for _, form in taken]), persistent=False)
        self.stems = nn.Parameter(SCALE * torch.randn(len(stems), width))
        self.forms = nn.Parameter(SCALE * torch.randn(len(forms), width))
        self.own = nn.Parameter(torch.zeros(len(spellings), width))

    def forward(self) -> Tensor:
        """The table, [vocabulary, width]."""
        return self.stems[self.stem_of] + self.forms[self.form_of] + self.own

    @torch.no_grad()
    def take(self, table: Tensor) -> None:
        """Become a given table [vocabulary, width]: stems are the means of their tokens, forms zero, the rest own."""
        counts = torch.bincount(self.stem_of, minlength=len(self.stems)).unsqueeze(1)
        self.stems.copy_(torch.zeros_like(self.stems).index_add_(0, self.stem_of, table) / counts)
        self.forms.zero_()
        self.own.copy_(table - self.stems[self.stem_of])


def taken_apart(spelling: str) -> tuple[str, tuple[bool, str]]:
    """A token's stem and form: "ĠParis" is ("paris", (True, "Capital"))."""
    word = spelling.removeprefix(SPACE)
    if not word or not (word.isascii() and word.isalpha()):
        return word or spelling, (bool(word) and word != spelling, "none")
    case = "lower" if word.islower() else "UPPER" if word.isupper() and len(word) > 1 else "Capital"
    return word.lower(), (word != spelling, case)
