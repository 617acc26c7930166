"""What a text says of boolean parameters: yes, no, or nothing."""

import pytest

from divisi.tasks.calling.flag_sights import FEATURES, booleans, features
from divisi.tasks.calling.flags import Flag, flags
from divisi.tasks.calling.reading import read
from divisi.tasks.calling.sights import Wanted


def tool(required: tuple[str, ...] = ("book",), **schemas: dict[str, object]) -> dict[str, object]:
    properties = {"book": {"type": "string", "description": "The title"}, **schemas}
    parameters = {"type": "object", "properties": properties, "required": list(required)}
    return {
        "type": "function",
        "function": {"name": "order_book", "description": "Order a book", "parameters": parameters},
    }


GIFT = {"type": "boolean", "description": "Wrap it as a gift"}


def of(text: str, one: dict[str, object]) -> dict[str, Flag]:
    return flags(read(text), Wanted(one, (one,), {}))


def test_what_is_spoken_of_is_more_probably_given():
    silent, spoken = (
        of(text, tool(gift_wrap=GIFT))["gift_wrap"] for text in ("Order Dune.", "Order Dune, wrapped as a gift.")
    )
    assert spoken.true + spoken.false > 0.5 > silent.true + silent.false


def test_what_is_spoken_of_is_true_and_what_is_denied_more_probably_false():
    yes = of("Order Dune, with gift wrapping.", tool(gift_wrap=GIFT))["gift_wrap"]
    no = of("Order Dune, without gift wrapping.", tool(gift_wrap=GIFT))["gift_wrap"]
    assert yes.true > yes.false
    assert no.false > yes.false


def test_a_required_one_is_given():
    one = of("Order Dune.", tool(("book", "gift_wrap"), gift_wrap=GIFT))["gift_wrap"]
    assert one.true + one.false == pytest.approx(1)


def test_what_is_true_unless_it_is_said_is_said_to_be_false():
    plain = of("Order Dune, the gift wrapping is up to you.", tool(gift_wrap=GIFT))["gift_wrap"]
    default = of("Order Dune, the gift wrapping is up to you.", tool(gift_wrap={**GIFT, "default": True}))["gift_wrap"]
    assert default.false / default.true > plain.false / plain.true


def test_only_booleans_are_looked_at_and_nothing_is_read_in_no_text():
    one = tool(gift_wrap=GIFT, fixed={"type": "boolean", "enum": [True]})
    assert booleans(one) == ["gift_wrap"]
    assert of("", one) == {}
    assert of("Order Dune.", tool()) == {}


def test_the_features_are_those_that_are_named():
    one = tool(gift_wrap=GIFT, signed={"type": "boolean"})
    seen = features(read("Order Dune, not signed."), Wanted(one, (one,), {}), ["gift_wrap", "signed"])
    assert seen.shape == (2, len(FEATURES))
    assert seen[:, FEATURES.index("undescribed")].tolist() == [0, 1]
    assert seen[:, FEATURES.index("said")].tolist() == [0, 1]
    assert seen[1, FEATURES.index("denied_word")] == 1
