"""Embedded specialists carry a test of requests that were held back, and their successors are judged by it."""

from divisi.services.acceptance import own_test
from divisi.services.skill_tests import give_tests
from divisi.specialists.card import Card, write_card
from divisi.tasks.calling.call import Call
from divisi.tasks.calling.dialogue import Asked


def asked(number, weather):
    user = ({"role": "user", "content": f"Weather in city {number}?"},)
    call = Call("get_weather", {"city": f"city {number}"})
    return Asked(f"w/{number}", "written/a", user, (weather,), "single", (call,))


def test_each_gets_examples_of_its_own_subtask_and_not_more_than_wanted(tmp_path, weather):
    for name in ("names", "arguments", "reply"):
        (tmp_path / name).mkdir()
        write_card(tmp_path / name, Card(name, name, "lora", "v", "base", (1,), None, {}))
    held = [asked(number, weather) for number in range(5)]
    give_tests(tmp_path, held, 3)
    tests = {name: own_test(tmp_path / name) for name in ("names", "arguments", "reply")}
    assert {name: len(test) for name, test in tests.items()} == {"names": 3, "arguments": 3, "reply": 0}
    assert {one.subtask for one in tests["arguments"]} == {"arguments"}
    give_tests(tmp_path, held, 3)
    assert own_test(tmp_path / "names") == tests["names"]
