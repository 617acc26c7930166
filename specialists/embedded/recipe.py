"""The recipe of the embedded base: its sizes, and the stages in which it learns to copy, then to read, then to call."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phase:
    """One part of the training.

    Attributes:
        until: where it ends, as a share of all tokens.
        length: tokens of a sequence.
        rows: sequences of a step.
        shares: stream -> the share of the tokens that comes from it.
        meaning_every: one step in so many also learns the teacher's sentence vectors; None for no step.
    """

    until: float
    length: int
    rows: int
    shares: Mapping[str, float]
    meaning_every: int | None = None


@dataclass(frozen=True, slots=True)
class Size:
    """One size of the base and how long it is trained.

    Attributes:
        vocabulary: tokens known.
        width, layers, heads, kv_heads, head_width, feed_forward: of a Qwen3 model with tied embeddings.
        context_tokens: the longest prefix with its answers.
        tokens: how many are read in all.
        sentences: how many the teacher embeds.
        phases: in order; the last ends at 1.
    """

    vocabulary: int
    width: int
    layers: int
    heads: int
    kv_heads: int
    head_width: int
    feed_forward: int
    context_tokens: int
    tokens: int
    sentences: int
    phases: tuple[Phase, ...]


COPY = {"lookups": 0.45, "picks": 0.5, "prose": 0.05}
BRIDGE = {"lookups": 0.15, "picks": 0.3, "generated": 0.3, "requests": 0.2, "prose": 0.05}
PICK = {"lookups": 0.15, "picks": 0.85}
CALLS = {
    **{"lookups": 0.04, "picks": 0.06, "choices": 0.15, "fills": 0.32, "generated": 0.14, "requests": 0.19},
    **{"effects": 0.07, "prose": 0.03},
}

SIZES: Mapping[str, Size] = {
    "cpu": Size(
        vocabulary=12_288,
        width=256,
        layers=6,
        heads=4,
        kv_heads=2,
        head_width=64,
        feed_forward=768,
        context_tokens=4096,
        tokens=23_200_000,
        sentences=70_000,
        phases=(
            Phase(0.077, 192, 32, COPY, meaning_every=3),
            Phase(0.141, 384, 16, BRIDGE, meaning_every=3),
            Phase(0.271, 768, 8, CALLS, meaning_every=3),
            Phase(0.335, 256, 24, PICK, meaning_every=4),
            Phase(0.463, 768, 8, CALLS, meaning_every=4),
            Phase(0.507, 256, 24, PICK, meaning_every=1),
            Phase(0.611, 768, 8, CALLS, meaning_every=1),
            Phase(1.0, 768, 8, CALLS, meaning_every=3),
        ),
    ),
    "gpu": Size(
        vocabulary=12_288,
        width=512,
        layers=10,
        heads=8,
        kv_heads=4,
        head_width=64,
        feed_forward=1536,
        context_tokens=4096,
        tokens=1_200_000_000,
        sentences=400_000,
        phases=(
            Phase(0.02, 192, 256, COPY, meaning_every=4),
            Phase(0.04, 256, 192, PICK, meaning_every=4),
            Phase(0.08, 512, 128, BRIDGE, meaning_every=4),
            Phase(0.85, 1024, 64, CALLS, meaning_every=4),
            Phase(1.0, 2048, 32, CALLS, meaning_every=4),
        ),
    ),
}


def rate(progress: float) -> float:
    """The learning rate as a share of its peak: warm-up over 1%, constant to 40%, then linear to 3%."""
    if progress < 0.01:
        return max(progress, 0.0005) / 0.01
    return 1.0 if progress < 0.4 else 1.0 - 0.97 * (min(progress, 1.0) - 0.4) / 0.6


def phase_at(size: Size, progress: float) -> Phase:
    """The phase in which a share of all tokens lies."""
    return next((phase for phase in size.phases if progress < phase.until), size.phases[-1])
