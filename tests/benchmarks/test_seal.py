"""Seal-Tools' measures on hand-made records."""

import pytest
import seal

from divisi.tasks.calling.call import Call

PARIS, ROME = Call("get_weather", {"city": "Paris"}), Call("get_weather", {"city": "Rome"})
MAILED = Call("send_mail", {"to": "Ann", "body": "$var_1.summary$"})


def found(measures, metric, group="all"):
    (value,) = (one.value for one in measures if (one.group, one.metric) == (group, metric))
    return value


def test_arguments_count_over_the_whole_set(asked, answered):
    pairs = answered(
        (asked("single", (PARIS,)), (PARIS,)),
        (asked("parallel", (PARIS, ROME)), (PARIS, Call("get_weather", {"city": "Oslo"}))),
    )
    measures = seal.measure(pairs, 0)
    assert found(measures, "name_f1") == 1.0
    assert found(measures, "argument_f1") == pytest.approx(2 * 2 / 6)
    assert found(measures, "argument_f1_mean") == pytest.approx((1 + 0.5) / 2)
    assert found(measures, "exact") == 0.5


def test_dependent_calls_may_stand_in_another_order_that_keeps_the_references(asked, predict):
    truth = asked("nested", (PARIS, MAILED, ROME))
    assert seal.is_exact(truth, predict(PARIS, ROME, MAILED))
    assert seal.is_exact(truth, predict(ROME, PARIS, Call("send_mail", {"to": "Ann", "body": "$var_2.summary$"})))
    # here the mail tells the weather of Rome
    assert not seal.is_exact(truth, predict(ROME, PARIS, MAILED))
    assert not seal.is_exact(truth, predict(PARIS, Call("send_mail", {"to": "Ann", "body": "$var_1.result$"}), ROME))


def test_the_baseline_calls_every_candidate_once(asked, answered):
    items = [item for item, _ in answered((asked("single", (PARIS,)), ()))]
    (measure,) = seal.baselines(items, 0)["call all five"]
    assert measure.value == pytest.approx(2 * 1 / 3)
