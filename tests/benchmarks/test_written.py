"""What is exact for each kind of data/written/calling_d."""

import pytest
import written

from divisi.tasks.calling.call import Call, equal_calls

PARIS, ROME = Call("get_weather", {"city": "Paris"}), Call("get_weather", {"city": "Rome"})


def exact(truth, prediction, same=equal_calls):
    return written.is_exact(truth, prediction, same)


def test_independent_calls_have_no_order_and_ordered_ones_have(asked, predict):
    assert exact(asked("parallel", (PARIS, ROME)), predict(ROME, PARIS))
    assert not exact(asked("chain", (PARIS, ROME)), predict(ROME, PARIS))


def test_none_is_to_call_nothing_and_to_ask_for_nothing(asked, predict):
    assert exact(asked("none"), predict(text="None of these tools fits."))
    assert not exact(asked("none"), predict(missing={"send_mail": ("to",)}))
    assert not exact(asked("none"), predict(PARIS))


def test_missing_names_the_function_and_exactly_its_missing_parameters(asked, predict):
    truth = asked("missing", tool="send_mail", missing=("to", "body"))
    assert exact(truth, predict(missing={"send_mail": ("body", "to")}))
    assert not exact(truth, predict(missing={"send_mail": ("to",)}))
    assert not exact(truth, predict(missing={"get_weather": ("to", "body")}))


def test_a_conversation_that_is_done_wants_no_further_call(asked, predict):
    assert exact(asked("done", reply="It is warm."), predict(text="Warm."))
    assert not exact(asked("done", reply="It is warm."), predict(PARIS))


def test_a_reply_is_scored_by_its_words_and_not_as_exact(asked, answered, predict):
    truth = asked("reply", reply="It is warm in Paris")
    ((item, _),) = answered((truth, ()), group="reply")
    measures = written.measure([(item, predict(text="It is cold in Paris"))], 0)
    assert {one.metric: one.value for one in measures} == {"rouge_l": pytest.approx(0.8), "no_call": 1.0}


def test_the_lenient_measure_is_published_beside_the_strict_one(asked, answered):
    truth = asked("single", (Call("send_mail", {"to": "Ann", "body": "it is warm in Paris"}),))
    said = (Call("send_mail", {"to": "Ann", "body": "It is warm in Paris today"}),)
    measures = {one.metric: one.value for one in written.measure(answered((truth, said)), 0) if one.group == "all"}
    assert (measures["exact"], measures["exact_strict"]) == (1.0, 0.0)
