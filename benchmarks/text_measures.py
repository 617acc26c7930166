"""How well texts were read: effects against the true ones, and distractors that were taken for effects."""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from measures import Measure, Part, mean, micro_f1, quantile, weighted
from text_items import Item
from text_reading import Read, context_ms

from divisi.tasks.forecasting.checks import times_of
from divisi.tasks.forecasting.effect import TYPES, Effect
from divisi.tasks.forecasting.effect_score import act_of, effect_scores

MOST_TAKEN = 0.05
"""The bar: the share of distractors that lead to an applied effect stays below."""

KINDS = ("other", "hypothetical", "negated", "irrelevant")
"""Of distractors: another series, only possible, withdrawn or cancelled; spans about the past and about nothing."""


def reading_measures(items: Sequence[Item], reads: Sequence[Read], *, seed: int) -> list[Measure]:
    """Scores of the applied effects and of those of context alone, distractors taken, tokens and refusals."""
    measures = []
    for group, given in (
        ("applied", [read.applied for read in reads]),
        ("context alone", [read.said for read in reads]),
    ):
        measures += [*scores(group, items, given, seed=seed), *taken_measures(group, items, given, seed=seed)]
    measures += found_measures(items, [read.applied for read in reads], seed=seed)
    stages = [one for read in reads for one in read.opinion.decided if one.specialist]
    if stages:
        measures.append(mean("stages", "unusable", [float(one.neutral is not None) for one in stages], seed=seed))
        measures.append(mean("stages", "new_tokens", [float(one.new_tokens) for one in stages], seed=seed))
    measures.append(mean("stages", "refused", [float(bool(read.refused)) for read in reads], seed=seed))
    return measures


def scores(group: str, items: Sequence[Item], given: Sequence[Sequence[Effect]], *, seed: int) -> Iterator[Measure]:
    """F1 over all effects of the set, whole and by type; slots over texts that have effects; exact over all texts."""
    acts, kinds, rows = [], [], []
    for item, own in zip(items, given, strict=True):
        times = times_of(item.scene)
        sides = [[act_of(effect, times) for effect in side] for side in (own, item.true_acts)]
        acts.append((sides[0], sides[1]))
        kinds.append(([act.type for act in sides[0]], [act.type for act in sides[1]]))
        rows.append(effect_scores(own, item.truth, times))
    if any(ours or theirs for ours, theirs in acts):
        yield micro_f1(group, "effect_f1", acts, seed=seed)
        yield micro_f1(group, "type_f1", kinds, seed=seed)
    slots = [row["slots"] for row, item in zip(rows, items, strict=True) if item.true_acts]
    if slots:
        yield mean(group, "slots", slots, seed=seed)
    for metric in ("exact", "hallucinated"):
        yield mean(group, metric, [row[metric] for row in rows], seed=seed)
    yield mean(group, "effects_a_text", [float(len(own)) for own in given], seed=seed)


def found_measures(items: Sequence[Item], given: Sequence[Sequence[Effect]], *, seed: int) -> Iterator[Measure]:
    """Of each type, the share of true effects that are applied just so; over texts that have one."""
    for kind in TYPES:
        tops, bottoms = [], []
        for item, own in zip(items, given, strict=True):
            times = times_of(item.scene)
            sides = [Counter(act_of(one, times) for one in side if one.type == kind) for side in (own, item.true_acts)]
            if sides[1]:
                tops.append(float((sides[0] & sides[1]).total()))
                bottoms.append(float(sides[1].total()))
        if bottoms:
            yield weighted("found", kind, [Part(np.array(tops), np.array(bottoms))], seed=seed)


def taken_measures(
    group: str, items: Sequence[Item], given: Sequence[Sequence[Effect]], *, seed: int
) -> Iterator[Measure]:
    """The share of distractors that an effect was read from: of all, and of each kind."""
    found = [distractors_of(item) for item in items]
    for kind in ("all", *KINDS):
        tops, bottoms = [], []
        for item, own, spans in zip(items, given, found, strict=True):
            mine = [span for one, span in spans if kind in ("all", one)]
            if mine:
                tops.append(float(sum(is_taken(span, own, item) for span in mine)))
                bottoms.append(float(len(mine)))
        if bottoms:
            part = Part(np.array(tops), np.array(bottoms))
            name = "distractors_taken" if kind == "all" else f"taken_{kind}"
            yield weighted(group, name, [part], seed=seed)


def distractors_of(item: Item) -> list[tuple[str, str]]:
    """Kind and span of everything in a text that tempts and does not count."""
    found = [("irrelevant", span) for span in item.irrelevant]
    for effect in item.truth:
        if effect.type != "none" and not effect.applicable:
            kind = "other" if effect.target == "other" else effect.certainty
            found.append((kind, effect.evidence))
    return found


def is_taken(span: str, given: Sequence[Effect], item: Item) -> bool:
    """Whether some effect has its evidence in a span: half of the shorter one, and more of it than of any truth."""
    return any(
        2 * (shared := overlap(effect.evidence, span, item.text)) >= min(len(effect.evidence), len(span)) > 0
        and shared > max((overlap(effect.evidence, true.evidence, item.text) for true in item.true_acts), default=0)
        for effect in given
    )


def overlap(one: str, other: str, text: str) -> int:
    """Characters that two spans of a text share; 0 where one is not in it."""
    first, second = text.find(one), text.find(other)
    if first < 0 or second < 0:
        return 0
    return max(0, min(first + len(one), second + len(other)) - max(first, second))


def latency_measures(reads: Sequence[Read], *, seed: int) -> list[Measure]:
    """Median milliseconds of texts read one at a time: of the whole reading, and of the row of context."""
    whole = [read.milliseconds for read in reads]
    return [
        quantile("latency", "reading_p50_ms", whole, 0.5, seed=seed),
        quantile("latency", "reading_p95_ms", whole, 0.95, seed=seed),
        quantile("latency", "context_p50_ms", [context_ms(read) for read in reads], 0.5, seed=seed),
    ]
