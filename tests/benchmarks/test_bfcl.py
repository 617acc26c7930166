"""BFCL's entries as requests, and answers before the official checker."""

import json

import bfcl
import pytest
from bfcl_entry import entry_from, to_item, to_tool
from items import Prediction

from divisi.tasks.calling.tool import from_record

AREA = {
    "id": "simple_python_900",
    "question": [[{"role": "user", "content": "Area of a triangle with base 10 and height 5?"}]],
    "function": [
        {
            "name": "geometry.area",
            "description": "The area of a triangle.",
            "parameters": {
                "type": "dict",
                "properties": {
                    "base": {"type": "float", "description": "Base."},
                    "height": {"type": "float", "description": "Height."},
                    "options": {"type": "dict", "properties": {"type": {"type": "any"}}, "description": "More."},
                    "sides": {"type": "tuple", "items": {"type": "float"}, "description": "Sides."},
                },
                "required": ["base", "height"],
            },
        }
    ],
}
AREA_TRUTH = [{"geometry.area": {"base": [10], "height": [5], "options": [""], "sides": [""]}}]
JAVA = {
    "id": "simple_java_900",
    "question": [[{"role": "user", "content": "Sort [3, 1] ascending"}]],
    "function": [
        {
            "name": "Sorter.sort",
            "description": "Sorts.",
            "parameters": {
                "type": "dict",
                "properties": {
                    "numbers": {"type": "ArrayList", "items": {"type": "integer"}, "description": "Numbers."},
                    "ascending": {"type": "boolean", "description": "Order."},
                },
                "required": ["numbers", "ascending"],
            },
        }
    ],
}
JAVA_TRUTH = [{"Sorter.sort": {"numbers": [[3, 1]], "ascending": [True]}}]
JOKE = {**AREA, "id": "irrelevance_900", "question": [[{"role": "user", "content": "Tell me a joke"}]]}

python = to_item(entry_from(AREA, AREA_TRUTH, "simple_python"))
java = to_item(entry_from(JAVA, JAVA_TRUTH, "simple_java"))
joke = to_item(entry_from(JOKE, None, "irrelevance"))


def called(item, name, **arguments):
    return Prediction(item.id, item.key, calls=({"name": name, "arguments": arguments},))


def nothing(item):
    return Prediction(item.id, item.key, text="None of these tools fits.")


@pytest.fixture
def judge():
    pytest.importorskip("bfcl_eval")
    from bfcl_official import Judge

    return Judge()


def test_types_are_respelled_at_every_depth_and_names_keep_their_dots():
    tool = from_record(python.request.tools[0])
    types = {name: schema["type"] for name, schema in tool.properties.items()}
    assert (tool.name, tool.parameters["type"]) == ("geometry.area", "object")
    assert types == {"base": "number", "height": "number", "options": "object", "sides": "array"}
    # a property that is called "type" is no type
    assert tool.properties["options"]["properties"] == {"type": {"type": "string"}}
    assert tool.properties["sides"]["items"] == {"type": "number"}


def test_the_entry_itself_stays_as_published_for_the_checker():
    before = json.dumps(JAVA)
    to_tool(JAVA["function"][0], "Java")
    assert json.dumps(JAVA) == before


def test_values_of_java_are_strings_that_spell_them():
    numbers = from_record(java.request.tools[0]).properties["numbers"]
    assert numbers["type"] == "string"
    assert "items" not in numbers
    assert "Java ArrayList type parameter in string representation" in numbers["description"]
    assert "elements are of type integer" in numbers["description"]


def test_the_official_checker_judges_calls(judge):
    assert bfcl.is_right(python, called(python, "geometry.area", base=10, height=5), judge)
    assert not bfcl.is_right(python, called(python, "geometry.area", base=10, height=6), judge)
    assert not bfcl.is_right(python, nothing(python), judge)
    spelled = "new ArrayList<Integer>(Arrays.asList(3, 1))"
    assert bfcl.is_right(java, called(java, "Sorter.sort", numbers=spelled, ascending="true"), judge)


def test_an_irrelevant_request_is_right_where_nothing_is_called(judge):
    assert bfcl.is_right(joke, nothing(joke), judge)
    assert not bfcl.is_right(joke, called(joke, "geometry.area", base=1, height=1), judge)


def test_the_three_languages_share_a_quarter_of_the_non_live_column(judge):
    wrong = nothing(python)
    others = [to_item(entry_from(AREA, AREA_TRUTH, name)) for name in ("simple_javascript", *bfcl.AST)]
    right = called(java, "Sorter.sort", numbers="new ArrayList<Integer>(Arrays.asList(3, 1))", ascending="true")
    measures = bfcl.measure([(python, wrong), (java, right), *((item, wrong) for item in others)], 0)
    found = {(one.group, one.metric): one.value for one in measures}
    assert found["non_live_ast", "accuracy"] == pytest.approx(1 / 12)
    assert found["non_live_ast", "calls"] == pytest.approx(1 / 6)


def test_a_column_that_lacks_a_category_is_not_given(judge):
    groups = {one.group for one in bfcl.measure([(joke, nothing(joke))], 0)}
    assert groups == {"irrelevance"}
