"""Many items answered at once, and a killed run that goes on."""

import asyncio

import pytest
from items import Item, Prediction
from playing import answer_all, kept

from divisi.router.request import Request


class CountingArm:
    """Answers with the item's own words, and counts."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.at_once = self.most_at_once = 0

    async def answer(self, item: Item) -> Prediction:
        self.asked.append(item.id)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        return Prediction(item.id, item.key, text=item.request.messages[0]["content"])


def item(number, text="hello"):
    return Item(f"item {number}", "group", Request(({"role": "user", "content": text},)), None)


@pytest.fixture
def play(tmp_path):
    def run(arm, items, *, together=3):
        told = []
        playing = answer_all(arm, items, tmp_path / "answers.jsonl", together=together, told=told.append)
        return asyncio.run(playing), told

    return run


def test_answers_come_in_the_order_of_the_items_and_several_at_once(play):
    arm, items = CountingArm(), [item(number) for number in range(7)]
    answered, told = play(arm, items)
    assert [one.id for _, one in answered] == [one.id for one in items]
    assert (arm.most_at_once, told) == (3, list(range(8)))


def test_what_was_answered_is_not_asked_again(play):
    items = [item(number) for number in range(4)]
    play(CountingArm(), items[:3])
    arm = CountingArm()
    answered, _ = play(arm, items)
    assert (arm.asked, len(answered)) == (["item 3"], 4)


def test_a_line_that_a_kill_has_cut_is_asked_again(play, tmp_path):
    items = [item(0), item(1)]
    play(CountingArm(), items, together=1)
    file = tmp_path / "answers.jsonl"
    file.write_text(file.read_text(encoding="utf-8")[:-40], encoding="utf-8")
    arm = CountingArm()
    play(arm, items)
    assert arm.asked == ["item 1"]
    assert set(kept(file, items)) == {"item 0", "item 1"}


def test_an_answer_to_other_words_does_not_count(play):
    play(CountingArm(), [item(0, "hello")])
    arm = CountingArm()
    ((_, prediction),), _ = play(arm, [item(0, "goodbye")])
    assert (arm.asked, prediction.text) == (["item 0"], "goodbye")
