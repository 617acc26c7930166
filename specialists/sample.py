"""Choosing the next token of every row: the best one, or one drawn at random that a seed replays."""

from collections.abc import Sequence

import torch
from torch import Tensor


class Sampler:
    """Draws tokens for one row, from the smallest set of tokens whose probabilities add up to `top_p`.

    The generator is the row's own and lives on the CPU, so that a seed gives the same text alone, in a batch, and on
    every device.
    """

    def __init__(self, *, temperature: float, top_p: float, seed: int) -> None:
        assert temperature > 0
        self._temperature, self._top_p = temperature, top_p
        self._generator = torch.Generator().manual_seed(seed)

    def draw(self, logprobs: Tensor) -> int:
        """Draw a token.

        Args:
            logprobs: [vocabulary], at temperature 1; minus infinity is never drawn.

        Source: nucleus sampling, 1904.09751.
        """
        chances, tokens = torch.softmax(logprobs.float().cpu() / self._temperature, 0).sort(
            descending=True, stable=True
        )
        before = chances.cumsum(0) - chances
        chances[before >= self._top_p] = 0.0
        chances[0].clamp_(min=torch.finfo(torch.float32).tiny)
        return int(tokens[torch.multinomial(chances, 1, generator=self._generator)])


def choose(logits: Tensor, samplers: Sequence[Sampler | None]) -> tuple[list[int], list[float]]:
    """Choose a token for each row.

    Args:
        logits: [rows, vocabulary], minus infinity for tokens that may not come.
        samplers: one for each row; None takes the token with the highest logit, the first of equals.

    Returns:
        The tokens, and the logarithm of each one's probability among the tokens that may come, at temperature 1: it
        says how sure the model is of its choice within the grammar, and is 0 where there is no choice.
    """
    logprobs = torch.log_softmax(logits.float(), dim=1)
    best = logprobs.max(dim=1)
    tokens, values = best.indices.tolist(), best.values.tolist()
    for row, sampler in enumerate(samplers):
        if sampler is not None:
            tokens[row] = sampler.draw(logprobs[row])
            values[row] = float(logprobs[row, tokens[row]])
    return tokens, values
