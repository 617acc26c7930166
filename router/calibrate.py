"""Fitting the probe: a regularised multinomial logistic regression, its temperature, the threshold of abstention."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from divisi.router.probe import KINDS, Numbers, Probe, ProbeError, softmax
from divisi.router.rules import CALLING, Kind

MOST_STEPS = 500
BINS = 15
NONE = KINDS.index("none")


def fit_probe(
    features: NDArray[np.floating],
    labels: Sequence[Kind],
    *,
    calibration_features: NDArray[np.floating],
    calibration_labels: Sequence[Kind],
    base_fingerprint: str,
    calls_kept: float = 0.9,
    penalty: float = 1e-3,
) -> Probe:
    """A probe fitted on one split, calibrated on another. Every kind weighs the same, however rare.

    Args:
        features: [cases, features], the training split.
        labels: a kind for each case.
        calibration_features, calibration_labels: other sources than the training split's; they set the temperature,
            the threshold and the metrics.
        base_fingerprint: the base that read the prefixes.
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
    chances = softmax(held_logits / temperature)
    threshold = fit_threshold(chances[:, NONE], held_truth, calls_kept=calls_kept)
    metrics = measured(chances, held_truth, threshold)
    return Probe(mean, scale, weight, bias, temperature, threshold, base_fingerprint, metrics)


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


def fit_threshold(none_chances: Numbers, truth: NDArray[np.intp], *, calls_kept: float) -> float:
    """The lowest threshold that keeps at least a share of the cases with calls.

    Args:
        none_chances: [cases], the probability of "none".
        truth: [cases], indices of KINDS.
        calls_kept: in (0, 1].
    """
    calling = np.sort(none_chances[np.isin(truth, [KINDS.index(kind) for kind in CALLING])])
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
    abstains = chances[:, NONE] >= threshold
    none = truth == NONE
    shares = {"turned_away": abstains[none].mean()} if none.any() else {}
    return {
        "cases": float(len(truth)),
        "accuracy": float((chances.argmax(axis=1) == truth).mean()),
        "calibration_error": expected_calibration_error(chances, truth),
        "calls_kept": float((~abstains[calling]).mean()),
        **{name: float(share) for name, share in shares.items()},
    }


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
