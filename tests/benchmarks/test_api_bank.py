"""API-Bank's measures on hand-made records."""

import api_bank

from divisi.tasks.calling.call import Call

PARIS = Call("get_weather", {"city": "Paris"})


def test_calls_and_replies_are_measured_apart(asked, answered, predict):
    ((call, _),) = answered((asked("single", (PARIS,)), ()), group="level-1-api")
    ((reply, _),) = answered((asked("reply", reply="It is warm"), ()), group="level-1-response")
    oslo = Call("get_weather", {"city": "Oslo"})
    measures = api_bank.measure([(call, predict(oslo)), (reply, predict(text="It is warm"))], 0)
    found = {(one.group, one.metric): one.value for one in measures}
    assert (found["calls", "name_accuracy"], found["calls", "argument_f1"], found["calls", "exact"]) == (1.0, 0.0, 0.0)
    assert (found["replies", "rouge_l"], found["replies", "no_call"]) == (1.0, 1.0)


def test_one_call_too_many_is_no_accurate_name(asked, answered):
    pairs = answered((asked("single", (PARIS,)), (PARIS, PARIS)), group="level-2-api")
    found = {(one.group, one.metric): one.value for one in api_bank.measure(pairs, 0)}
    assert found["calls", "name_accuracy"] == 0.0
