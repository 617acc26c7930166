"""Pairing calls: references must lead to the partner of what they led to."""

from divisi.tasks.calling.call import Call
from divisi.tasks.calling.matching import with_references
from divisi.tasks.calling.nested import Nested
from divisi.tasks.calling.tool import Tool
from divisi.tasks.subtask import Case


def weather(city: str) -> Call:
    return Call("weather", {"city": city})


def mail(reference: str) -> Call:
    return Call("mail", {"text": reference})


def test_another_order_is_the_same_where_references_follow() -> None:
    truth = [weather("Rome"), weather("Paris"), mail("$var_1.sky$")]
    assert with_references([weather("Paris"), weather("Rome"), mail("$var_2.sky$")], truth)


def test_another_order_with_the_old_reference_mails_another_city() -> None:
    truth = [weather("Rome"), weather("Paris"), mail("$var_1.sky$")]
    assert not with_references([weather("Paris"), weather("Rome"), mail("$var_1.sky$")], truth)


def test_the_subtask_scores_it_so() -> None:
    def records(*calls: Call) -> list[dict[str, object]]:
        return [{**call.to_record(), "label": f"$var_{place}"} for place, call in enumerate(calls, 1)]

    case = Case(({"role": "user", "content": "-"},), (Tool("weather").to_record(), Tool("mail").to_record()))
    truth = records(weather("Rome"), weather("Paris"), mail("$var_1.sky$"))
    wrong = records(weather("Paris"), weather("Rome"), mail("$var_1.sky$"))
    assert Nested().score(truth, truth, case)["exact"] == 1.0
    assert Nested().score(wrong, truth, case)["exact"] == 0.0
