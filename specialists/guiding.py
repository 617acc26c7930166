"""Guiding a step: what grammars forbid, and what is known beside the model, as changes of the rows' logits."""

from collections.abc import Sequence

import torch
from torch import Tensor

from divisi.specialists.errors import GrammarError
from divisi.specialists.grammar import empty_bits, forbid
from divisi.specialists.vocabulary import Vocabulary
from divisi.specialists.writing import Writing
from divisi.tasks.leaning import Leaning

FEW_TOKENS = 256
"""Up to how many allowed tokens a row's leaning is asked about each."""
LIKELY_TOKENS = 48
"""Of how many tokens of free text, the likeliest, a row's leaning is asked about each."""


def forbid_for(logits: Tensor, writings: Sequence[Writing]) -> None:
    """Forbid in place what the rows' grammars do not allow; a row whose grammar cannot go on fails, and no other.

    Args:
        logits: [rows, vocabulary].
        writings: one for each row.
    """
    if all(writing.walk is None for writing in writings):
        return
    bits = empty_bits(len(writings), logits.shape[1])
    for row, writing in enumerate(writings):
        if writing.walk is not None:
            try:
                writing.walk.allow(bits[row])
            except GrammarError as error:
                writing.fail(str(error), by_grammar=True)
    forbid(logits, bits)


def lean(
    logits: Tensor, writings: Sequence[Writing], leanings: Sequence[Leaning | None], vocabulary: Vocabulary
) -> None:
    """Add in place what is known beside the model.

    Args:
        logits: [rows, vocabulary], minus infinity for tokens that may not come.
        writings, leanings: one for each row.
        vocabulary: says what a token writes.
    """
    for row, (writing, leaning) in enumerate(zip(writings, leanings, strict=True)):
        if leaning is None or writing.finish is not None:
            continue
        if writing.walk is None:
            _lean_freely(logits[row], writing.written, leaning, vocabulary)
            continue
        tokens = logits[row].isfinite().nonzero().flatten().tolist()
        rest, weight = leaning.wanted(writing.written)
        wanted = vocabulary.beginnings(writing.written, rest)
        asked = tokens if len(tokens) <= FEW_TOKENS else wanted
        pieces = {token: vocabulary.text_bytes(token) for token in asked}
        weights = {token: leaning(writing.written, piece) for token, piece in pieces.items()}
        if asked is wanted:
            weights = {token: known + weight for token, known in weights.items()}
        else:  # "d" says no less than "do", but so the text would not be encoded, and the model goes astray behind it
            astray = [token for token, piece in pieces.items() if piece and rest.startswith(piece)]
            weights |= {token: weights[token] - weight for token in astray if token not in wanted}
        changes = torch.tensor(list(weights.values()), dtype=logits.dtype, device=logits.device)
        logits[row, list(weights)] += changes


def _lean_freely(logits: Tensor, written: bytes, leaning: Leaning, vocabulary: Vocabulary) -> None:
    """Ask about the likeliest tokens, those that are wanted, and the end.

    All others change as the best of the likeliest where that loses: what was not asked about comes no further forward.
    Control tokens, which write nothing and do not end, are as dear as the dearest.

    Args:
        logits: [vocabulary], of one row.
    """
    likely = logits.topk(min(LIKELY_TOKENS, logits.shape[0])).indices.tolist()
    wanted = vocabulary.beginnings(written, leaning.wanted(written)[0])
    pieces = {token: vocabulary.text_bytes(token) for token in (*likely, *wanted, *vocabulary.end_ids)}
    weights = {
        token: leaning(written, piece) for token, piece in pieces.items() if piece or token in vocabulary.end_ids
    }
    others = min(0.0, max((weights[token] for token in likely if token in weights), default=0.0))
    weights = dict.fromkeys(pieces, min(weights.values())) | weights
    changes = torch.full_like(logits, others)
    changes[list(weights)] = torch.tensor(list(weights.values()), dtype=logits.dtype, device=logits.device)
    logits += changes
