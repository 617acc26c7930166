"""What must hold of every answer."""

import checks
from items import Rows

from divisi.tasks.calling.call import Call

PARIS = Call("get_weather", {"city": "Paris"})


def held(answered):
    return {one.metric: one.value for one in checks.held(answered, 0)}


def test_calls_are_checked_against_the_schemas_on_offer(asked, answered):
    wrong, unknown = Call("get_weather", {"city": 7}), Call("get_wether", {"city": "Paris"})
    found = held(answered((asked("single", (PARIS,)), (PARIS, wrong)), (asked("single", (PARIS,)), (PARIS, unknown))))
    assert (found["calls_valid"], found["names_not_offered"]) == (0.5, 0.25)


def test_a_reference_may_stand_for_any_value(asked, answered):
    referring = Call("get_weather", {"city": "Paris", "days": "$var_1.days$"})
    assert held(answered((asked("nested", (PARIS,)), (referring,))))["calls_valid"] == 1.0


def test_rows_count_before_anything_was_dropped(asked, answered, predict):
    ((item, _),) = answered((asked("none"), ()))
    found = held([(item, predict(rows=Rows(4, parsed=3, followed=2, cut=1)))])
    assert (found["rows_parsed"], found["rows_followed"], found["rows_cut"]) == (0.75, 0.5, 0.25)


def test_a_refused_request_is_counted_and_named(asked, answered, predict):
    ((item, _),) = answered((asked("none"), ()))
    pairs = [(item, predict(refused="PromptTooLongError: too long"))]
    assert held(pairs)["refused"] == 1.0
    assert checks.refusals(pairs) == [{"id": "one", "why": "PromptTooLongError: too long"}]
    assert checks.routes(pairs) == {"all kinds": {"refused": 1}}
