"""The probe: fitted, calibrated, stored, abstaining."""

import numpy as np
import pytest

from divisi.router.calibrate import (
    expected_calibration_error,
    fit_probe,
    fit_temperature,
    fit_threshold,
    risk_and_coverage,
)
from divisi.router.probe import KINDS, ProbeError, decided, from_bytes, sight, softmax, together
from divisi.router.rules import Implied

ALL = Implied(("single", "parallel", "chain", "nested", "reply", "none"), "rule")
WIDTH = 12


def cases(count, seed, *, noise=0.6):
    """Each kind is a direction; features are noisy copies of it."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, len(KINDS), count)
    directions = np.random.default_rng(0).normal(size=(len(KINDS), WIDTH))
    return directions[truth] + noise * random.normal(size=(count, WIDTH)), [KINDS[number] for number in truth]


@pytest.fixture(scope="module")
def probe():
    features, labels = cases(600, 1)
    held, held_labels = cases(300, 2)
    return fit_probe(
        features, labels, calibration_features=held, calibration_labels=held_labels, base_fingerprint="base-1"
    )


def test_it_tells_kinds_apart_on_what_it_has_not_seen(probe):
    features, labels = cases(300, 3)
    chosen = probe.probabilities(features).argmax(axis=1)
    assert np.mean([KINDS[number] == label for number, label in zip(chosen, labels, strict=True)]) > 0.9


def test_probabilities_sum_to_one_and_batches_equal_single_cases(probe):
    features, _ = cases(5, 4)
    batch = probe.probabilities(features)
    assert batch.sum(axis=1) == pytest.approx(1.0)
    assert probe.probabilities(features[2]) == pytest.approx(batch[2])


def test_calls_are_kept_as_often_as_was_demanded(probe):
    assert probe.metrics["calls_kept"] >= 0.9
    assert probe.metrics["turned_away"] > 0.9


def test_it_decides_among_the_kinds_that_the_form_allows(probe):
    features, _ = cases(200, 5)
    decisions = [probe.decide(row, Implied(("continue", "reply"), "rule")) for row in features]
    assert {decision.kind for decision in decisions} == {"continue", "reply"}
    assert all(0.5 <= decision.confidence <= 1 for decision in decisions)


def test_it_abstains_from_the_threshold_on(probe):
    features, labels = cases(200, 6)
    none = features[labels.index("none")]
    decision = probe.decide(none, ALL)
    assert (decision.kind, decision.by) == ("none", "probe")
    assert probe.decide(none, Implied(ALL.kinds[:-1], "rule")).kind != "none"


def chances_of(kind, share):
    """What code may say of a request: so much for one kind, the rest for the others."""
    others = [one for one in ("single", "parallel", "chain", "nested", "none") if one != kind]
    return {kind: share, "missing": 0.0, **dict.fromkeys(others, (1 - share) / len(others))}


def test_what_code_says_helps_a_probe_that_sees_little():
    features, labels = cases(500, 1, noise=2.5)
    held, held_labels = cases(400, 2, noise=2.5)
    told = [chances_of(label, 0.7) if label not in ("continue", "reply") else None for label in held_labels]
    options = {"calibration_features": held, "calibration_labels": held_labels, "base_fingerprint": "base-1"}
    alone = fit_probe(features, labels, **options)
    helped = fit_probe(features, labels, calibration_chances=told, **options)
    assert alone.sharpness == 1
    assert helped.metrics["turned_away"] > alone.metrics["turned_away"]
    assert helped.metrics["accuracy"] > alone.metrics["accuracy"]


def test_two_opinions_are_multiplied():
    alone = dict(zip(KINDS, softmax(np.arange(len(KINDS)) / 10), strict=True))
    joined = together(alone, chances_of("nested", 0.9), 1.0)
    assert max(joined, key=joined.get) == "nested"
    assert sum(joined.values()) == pytest.approx(1)
    assert joined["nested"] / joined["chain"] == pytest.approx(alone["nested"] / alone["chain"] * 0.9 / 0.025)
    assert together(alone, None, 1.0) == alone


def test_a_product_that_is_too_sure_is_made_less_sharp():
    alone = dict.fromkeys(KINDS, 1 / len(KINDS))
    plain, blunt = (together(alone, chances_of("none", 0.9), sharpness) for sharpness in (1.0, 0.3))
    assert plain["none"] > blunt["none"] > 1 / len(KINDS)


def test_a_missing_value_counts_for_the_plan_of_one_call():
    alone = dict.fromkeys(KINDS, 1 / len(KINDS))
    missing = {**dict.fromkeys(("single", "parallel", "chain", "nested"), 0.1), "missing": 0.5, "none": 0.1}
    joined = together(alone, missing, 1.0)
    assert max(joined, key=joined.get) == "single"


def test_reply_and_none_abstain_together():
    chances = {"single": 0.4, "reply": 0.35, "none": 0.25}
    allowed = Implied(("single", "reply", "none"), "rule")
    assert decided(chances, allowed, 0.5, by="probe").kind == "reply"
    assert decided(chances, allowed, 0.7, by="probe").kind == "single"


def test_more_calls_kept_turn_fewer_others_away():
    silent = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.25, 0.45, 0.6, 0.7, 0.8])
    curve = risk_and_coverage(silent, np.arange(10) >= 5)
    assert curve["turned_away_at_0.97"] == pytest.approx(0.6)
    assert list(curve.values()) == sorted(curve.values(), reverse=True)


def test_features_of_another_width_are_refused(probe):
    with pytest.raises(ProbeError, match="width 3"):
        probe.probabilities(np.ones(3))


def test_it_comes_back_from_its_files(probe):
    features, _ = cases(5, 7)
    back = from_bytes(*probe.to_bytes(), base_fingerprint="base-1")
    assert back.probabilities(features) == pytest.approx(probe.probabilities(features), abs=1e-5)
    assert (back.threshold, back.metrics) == (probe.threshold, probe.metrics)


def test_another_base_is_refused(probe):
    with pytest.raises(ProbeError, match="base_fingerprint 'base-1', expected 'base-2'"):
        from_bytes(*probe.to_bytes(), base_fingerprint="base-2")


def test_another_format_is_refused(probe):
    record, arrays = probe.to_bytes()
    with pytest.raises(ProbeError, match="format 1"):
        from_bytes(record.replace(b'"format": 5', b'"format": 1'), arrays, base_fingerprint="base-1")


def test_temperature_undoes_overconfidence():
    random = np.random.default_rng(0)
    logits = random.normal(size=(4000, len(KINDS))) * 2
    drawn = [random.choice(len(KINDS), p=chances) for chances in softmax(logits)]
    assert fit_temperature(logits * 3, np.array(drawn)) == pytest.approx(3.0, rel=0.1)


def test_threshold_is_the_lowest_that_keeps_the_share():
    truth = np.array([KINDS.index("single")] * 10)
    chances = np.linspace(0.05, 0.95, 10)
    threshold = fit_threshold(chances, truth, calls_kept=0.8)
    assert (chances < threshold).sum() == 8


def test_calibration_error_against_a_plain_count():
    chances = np.array([[0.9, 0.1], [0.9, 0.1], [0.6, 0.4]])
    truth = np.array([0, 1, 0])
    assert expected_calibration_error(chances, truth) == pytest.approx((2 * abs(0.5 - 0.9) + abs(1 - 0.6)) / 3)


def test_labels_that_are_no_kind_are_refused():
    features, _ = cases(2, 8)
    with pytest.raises(ProbeError, match="missing"):
        fit_probe(
            features,
            ["single", "missing"],
            calibration_features=features,
            calibration_labels=["single", "none"],
            base_fingerprint="base-1",
        )


def test_it_sees_the_state_and_how_like_and_how_needed_tools_are():
    state = np.ones(3, dtype=np.float32)
    few = sight(state, [0.0, 7.0], [0.0, 0.5], 4, 2)
    assert few.dtype == np.float32
    assert few.tolist() == [1, 1, 1, 7, 0, 0, 0, 0.5, 0, 0, 0, 4, 2]
    assert sight(state, [1, 5, 2, 4, 3], [0] * 5, 9, 1).tolist() == [1, 1, 1, 5, 4, 3, 2, 0, 0, 0, 0, 9, 1]
    assert sight(state, [], [], 1, 1).tolist() == [1, 1, 1, *[0] * 8, 1, 1]
