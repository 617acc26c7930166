"""How fast the ways of a pipeline are: medians, speedups with intervals, and whether all wrote the same tokens."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from contestants import Written
from errors import BenchmarkError
from rich.table import Table

OURS = "shared_batch"
RIVALS = ("peft_reread", "peft_mixed")
BAR_TOKENS, BAR_SPEEDUP = 8, 3.0
RESAMPLES = 1000


def compared(
    samples: Mapping[str, Sequence[float]], written: Mapping[str, Written], length: int, *, seed: int
) -> dict[str, Any]:
    """One length: milliseconds of each way, our speedup, and whether all wrote the same.

    Args:
        samples: way -> milliseconds of each repeat.
        written: way -> the tokens of each stage.
        length: new tokens a stage.
        seed: of the drawing.

    Raises:
        BenchmarkError: a way did not write as many tokens as it should.
    """
    for name, stages in written.items():
        if {len(tokens) for tokens in stages} != {length}:
            raise BenchmarkError(
                f"{name} wrote {[len(tokens) for tokens in stages]} tokens, not {length}; try a --seed"
            )
    same = {name: sum(map(list.__eq__, tokens, written[OURS])) for name, tokens in written.items()}
    return {
        "new_tokens": length,
        "milliseconds": {name: summary(values, seed) for name, values in samples.items()},
        "speedup": {name: ratio(samples[name], samples[OURS], seed) for name in samples if name != OURS},
        "stages_with_equal_tokens": same,
        "equal": all(count == len(written[OURS]) for count in same.values()),
    }


def summary(values: Sequence[float], seed: int) -> dict[str, float]:
    """The median with its 95% bootstrap interval."""
    return ratio(values, [1.0] * len(values), seed)


def ratio(values: Sequence[float], others: Sequence[float], seed: int) -> dict[str, float]:
    """The quotient of two medians with its 95% bootstrap interval; repeats are drawn as pairs."""
    rng = np.random.default_rng(seed)
    tops, bottoms = np.asarray(values), np.asarray(others)
    drawn = rng.integers(len(tops), size=(RESAMPLES, len(tops)))
    low, high = np.quantile(np.median(tops[drawn], axis=1) / np.median(bottoms[drawn], axis=1), [0.025, 0.975])
    middle = float(np.median(tops) / np.median(bottoms))
    return {"value": round(middle, 3), "low": round(float(low), 3), "high": round(float(high), 3), "count": len(tops)}


def table(result: Mapping[str, Any]) -> Table:
    """A result as a table: one line a length."""
    head = (
        f"{result['model']}, {result['parameters'] / 1e6:.1f}M parameters, {result['device']}, {result['dtype']}: "
        f"{result['stages']} stages after {result['prefix_tokens']} tokens; "
        f"reading them takes {result['prefill_ms']['value']:.0f} ms; medians of {result['repeats']}"
    )
    ways = list(result["lengths"][0]["milliseconds"])
    shown = Table(title=head, title_justify="left")
    for column in ("new tokens", *(f"{way} ms" for way in ways), *(f"over {way}" for way in RIVALS), "equal", "bar"):
        shown.add_column(column, justify="right")
    for one in result["lengths"]:
        speedups = [one["speedup"][way] for way in RIVALS]
        bar = ""
        if one["new_tokens"] == BAR_TOKENS:
            bar = f"{'met' if speedups[0]['value'] >= BAR_SPEEDUP else 'missed'} ({BAR_SPEEDUP:g}x)"
        shown.add_row(
            str(one["new_tokens"]),
            *(f"{one['milliseconds'][way]['value']:.0f}" for way in ways),
            *(f"{each['value']:.2f}x [{each['low']:.2f}, {each['high']:.2f}]" for each in speedups),
            "yes" if one["equal"] else str(one["stages_with_equal_tokens"]),
            bar,
        )
    return shown
