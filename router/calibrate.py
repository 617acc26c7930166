"""Fitting the probe: a regularised multinomial logistic regression, its temperature, the threshold of abstention."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from divisi.router.probe import KINDS, SILENT, Numbers, Probe, ProbeError, softmax, together
from divisi.router.rules import CALLING, Kind

MOST_STEPS = 500
LEAST_LIKELY = 1e-12
BINS = 15
NONE = KINDS.index("none")
KEPT = (0.85, 0.88, 0.91, 0.94, 0.97)
"""Shares of calls kept at which it is measured how many other requests are turned away."""
SHARPNESS = tuple(float(value) for value in np.exp(np.linspace(-2, 1, 61)))
"""What the product of two opinions may be raised to."""
Chances = Mapping[str, float] | None
"""What code alone says of the kinds of one case, or None where it says nothing."""


def fit_probe(
    features: NDArray[np.floating],
    labels: Sequence[Kind],
    *,
    calibration_features: NDArray[np.floating],
    calibration_labels: Sequence[Kind],
    base_fingerprint: str,
    calibration_chances: Sequence[Chances] | None = None,
    calls_kept: float = 0.9,
    penalty: float = 1e-2,
) -> Probe:
    """A probe fitted on one split, calibrated on another. Every kind weighs the same, however rare.

    Args:
        features: [cases, features], the training split.
        labels: a kind for each case.
        calibration_features, calibration_labels: other sources than the training split's; they set the temperature,
            the threshold and the metrics.
        base_fingerprint: the base that read the prefixes.
        calibration_chances: what code alone says of the calibration cases, if anything; they are multiplied with what
            the probe says, and the sharpness of the product is fitted on them too.
        calls_kept: the least share of calibration cases with calls on which the probe must not abstain; as many as
            possible of the others are turned away under that condition.
        penalty: of the squared weights, relative to the mean loss.

    Raises:
        ProbeError: a label is not a kind, or a split is empty.
    """
    truth, held_truth = _numbered(labels), _numbered(calibration_labels)
    x = features.astype(np.float64)
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-6
    weight, bias = _regress((x - mean) / scale, truth, penalty)
    held_logits = ((calibration_features - mean) / scale) @ weight.T + bias
    temperature = fit_temperature(held_logits, held_truth)
    alone = softmax(held_logits / temperature)
    told = calibration_chances or [None] * len(alone)
    sharpness = fit_sharpness(alone, told, held_truth)
    joined = together_each(alone, told, sharpness)
    threshold = fit_threshold(silence(joined), held_truth, calls_kept=calls_kept)
    metrics = measured(joined, held_truth, threshold)
    probe = Probe(mean, scale, weight, bias, temperature, threshold, base_fingerprint, metrics)
    return replace(probe, sharpness=sharpness)


def fit_sharpness(alone: Numbers, told: Sequence[Chances], truth: NDArray[np.intp]) -> float:
    """The sharpness under which the truth of the cases of which code says something is the likeliest.

    Args:
        alone: [cases, kinds], what a probe says.
        told: what code says of each case.
        truth: [cases], indices of KINDS.
    """
    heard = [place for place, one in enumerate(told) if one is not None]
    if not heard:
        return 1.0
    product = np.log(np.maximum(together_each(alone[heard], [told[place] for place in heard], 1.0), LEAST_LIKELY))
    return min(SHARPNESS, key=lambda sharpness: _cross_entropy(product * sharpness, truth[heard]))


def together_each(alone: Numbers, told: Sequence[Chances], sharpness: float) -> Numbers:
    """Both opinions together, [cases, kinds]."""
    rows = zip(alone.tolist(), told, strict=True)
    joined = [together(dict(zip(KINDS, row, strict=True)), one, sharpness) for row, one in rows]
    return np.array([[row[kind] for kind in KINDS] for row in joined])


def silence(chances: Numbers) -> Numbers:
    """The probability of an answer without calls, [cases]."""
    total: Numbers = chances[:, [KINDS.index(kind) for kind in SILENT]].sum(axis=1)
    return total


def fit_temperature(logits: Numbers, truth: NDArray[np.intp]) -> float:
    """The T > 0 under which softmax(logits / T) is likeliest for the truth.

    Args:
        logits: [cases, kinds].
        truth: [cases], indices of KINDS.
    """
    from scipy.optimize import minimize_scalar

    def loss(log_temperature: float) -> float:
        return _cross_entropy(logits / np.exp(log_temperature), truth)

    return float(np.exp(minimize_scalar(loss, bounds=(-3.0, 3.0), method="bounded").x))


def fit_threshold(silent: Numbers, truth: NDArray[np.intp], *, calls_kept: float) -> float:
    """The lowest threshold that keeps at least a share of the cases with calls.

    Args:
        silent: [cases], the probability of an answer without calls.
        truth: [cases], indices of KINDS.
        calls_kept: in (0, 1].
    """
    calling = np.sort(silent[np.isin(truth, [KINDS.index(kind) for kind in CALLING])])
    if len(calling) == 0:
        raise ProbeError("no calibration case has calls, so no threshold can be set")
    highest_kept = calling[int(np.ceil(calls_kept * len(calling))) - 1]
    return float(np.nextafter(highest_kept, np.inf))


def expected_calibration_error(chances: Numbers, truth: NDArray[np.intp], *, bins: int = BINS) -> float:
    """sum over bins of (cases in bin / cases) x |accuracy - mean confidence|, in [0, 1].

    Args:
        chances: [cases, kinds].
        truth: [cases], indices of KINDS.
        bins: equal intervals of confidence.

    Source: Guo et al. 2017, equation 3.
    """
    confidence, right = chances.max(axis=1), chances.argmax(axis=1) == truth
    places = np.minimum((confidence * bins).astype(int), bins - 1)
    members = [places == place for place in range(bins)]
    gaps = [member.mean() * abs(right[member].mean() - confidence[member].mean()) for member in members if member.any()]
    return float(sum(gaps))


def measured(chances: Numbers, truth: NDArray[np.intp], threshold: float) -> dict[str, float]:
    """What a probe reaches: accuracy, calibration error, calls kept, requests without a tool turned away."""
    calling = np.isin(truth, [KINDS.index(kind) for kind in CALLING])
    abstains = silence(chances) >= threshold
    none = truth == NONE
    shares = {"turned_away": abstains[none].mean()} if none.any() else {}
    return {
        "cases": float(len(truth)),
        "accuracy": float((chances.argmax(axis=1) == truth).mean()),
        "calibration_error": expected_calibration_error(chances, truth),
        "calls_kept": float((~abstains[calling]).mean()),
        **risk_and_coverage(silence(chances)[calling | none], none[calling | none]),
        **{name: float(share) for name, share in shares.items()},
    }


def risk_and_coverage(silent: Numbers, none: NDArray[np.bool_]) -> dict[str, float]:
    """How many requests that no tool fits are turned away where so many calls are kept: the curve of what is traded.

    Args:
        silent: [cases], the probability of an answer without calls.
        none: [cases], whether no tool fits; the others have calls.
    """
    if none.all() or not none.any():
        return {}
    calling = np.sort(silent[~none])
    highest = {kept: calling[int(np.ceil(kept * len(calling))) - 1] for kept in KEPT}
    return {f"turned_away_at_{kept:.2f}": float((silent[none] > limit).mean()) for kept, limit in highest.items()}


def _regress(x: Numbers, truth: NDArray[np.intp], penalty: float) -> tuple[Numbers, Numbers]:
    from scipy.optimize import minimize

    cases, width = x.shape
    one_hot = np.eye(len(KINDS))[truth]
    counts = np.bincount(truth, minlength=len(KINDS))
    importance = (cases / (np.count_nonzero(counts) * np.maximum(counts, 1)))[truth]

    def loss(flat: Numbers) -> tuple[float, Numbers]:
        weight, bias = flat[: -len(KINDS)].reshape(len(KINDS), width), flat[-len(KINDS) :]
        chances = softmax(x @ weight.T + bias)
        likelihood = importance * np.log(np.maximum(chances[np.arange(cases), truth], 1e-300))
        error = (chances - one_hot) * importance[:, None] / cases
        gradient = np.concatenate([(error.T @ x + 2 * penalty * weight).ravel(), error.sum(axis=0)])
        return float(penalty * (weight**2).sum() - likelihood.mean()), gradient

    start = np.zeros(len(KINDS) * (width + 1))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": MOST_STEPS}).x
    return found[: -len(KINDS)].reshape(len(KINDS), width), found[-len(KINDS) :]


def _cross_entropy(logits: Numbers, truth: NDArray[np.intp]) -> float:
    chances = softmax(logits)[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(chances, 1e-300)).mean())


def _numbered(labels: Sequence[Kind]) -> NDArray[np.intp]:
    unknown = sorted({label for label in labels if label not in KINDS})
    if unknown or not labels:
        raise ProbeError(f"labels must be some of {', '.join(KINDS)}, not {unknown or 'empty'}")
    return np.array([KINDS.index(label) for label in labels], dtype=np.intp)
