"""A trainee: the slots of one specialist while they learn, with an optimiser, a clip and a rate of their own.

Nothing is shared between trainees, so that what one becomes depends on its own answers alone, whoever learns beside it.
"""

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from divisi.specialists.slots import Slots


class Trainee:
    """One specialist that learns.

    AdamW without weight decay: slots begin at no delta at all, and decay would pull at A, where nothing is gained.

    Args:
        slots: what is changed, in place; some take gradients.
        updates: how often it will learn in all, for the rate.
        rate: the learning rate at its peak.
        warmup_share: the share of the updates in which the rate rises; then it falls as a cosine, to 0.
        clip: the largest norm of its gradient.
        masks: for each of its parameters, what its gradient is multiplied with, or None; None is no masks.
    """

    def __init__(
        self,
        slots: Slots,
        *,
        updates: int,
        rate: float,
        warmup_share: float,
        clip: float,
        masks: Sequence[Tensor | None] | None = None,
    ) -> None:
        self.name = slots.name
        self.done = 0
        """How often it has learned."""
        self._updates, self._rate, self._warmup_share, self._clip = updates, rate, warmup_share, clip
        self._parameters = slots.parameters()
        self._masks = [None] * len(self._parameters) if masks is None else list(masks)
        self._optimiser = torch.optim.AdamW(self._parameters, lr=rate, betas=(0.9, 0.99), weight_decay=0.0)

    def clip_gradient(self, *, scale: float) -> Tensor:
        """Mask the gradient, multiply it by a scale, then clip it. Returns its norm before the clip, a scalar."""
        for part, mask in zip(self._parameters, self._masks, strict=True):
            if mask is not None and part.grad is not None:
                part.grad.mul_(mask)
        gradients = [part.grad for part in self._parameters if part.grad is not None]
        if scale != 1.0:
            torch._foreach_mul_(gradients, scale)
        return nn.utils.clip_grad_norm_(self._parameters, self._clip)

    def learn(self) -> None:
        """One update from the gradient."""
        for group in self._optimiser.param_groups:
            group["lr"] = self._rate * rate_share(self.done, self._updates, self._warmup_share)
        self._optimiser.step()
        self.done += 1

    def forget_gradient(self) -> None:
        """Drop the gradient, learned from or not."""
        self._optimiser.zero_grad(set_to_none=True)

    def state(self) -> dict[str, Tensor]:
        """Its slots and its optimiser, by name: all that `restore` needs besides `done`."""
        tensors = {f"{self.name}/{number}/slots": part for number, part in enumerate(self._parameters)}
        for number, values in self._optimiser.state_dict()["state"].items():
            tensors |= {f"{self.name}/{number}/{key}": value for key, value in values.items()}
        return tensors

    def restore(self, tensors: Mapping[str, Tensor], *, done: int) -> None:
        """Be where `state` was taken; the tensors of others are passed over."""
        self.done = done
        values: dict[int, dict[str, Tensor]] = {}
        for number, part in enumerate(self._parameters):
            prefix = f"{self.name}/{number}/"
            own = {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
            with torch.no_grad():
                part.copy_(own.pop("slots"))
            if own:
                values[number] = own
        self._optimiser.load_state_dict({**self._optimiser.state_dict(), "state": values})


def rate_share(done: int, updates: int, warmup_share: float) -> float:
    """The rate of the update after `done` others, as a share of its peak: a straight rise, then a cosine to 0."""
    warmup = max(1, round(updates * warmup_share))
    if done < warmup:
        return (done + 1) / warmup
    return 0.5 * (1 + math.cos(math.pi * (done - warmup) / max(1, updates - warmup)))
