"""What a span looks like differs by parameter, by function, and by the turn of the call."""

import numpy as np

from divisi.tasks.calling.reading import read, summed
from divisi.tasks.calling.sights import Wanted, leads_of, sight, turns_of


def tool(name: str, **properties: dict) -> dict:
    parameters = {"type": "object", "properties": properties}
    return {"type": "function", "function": {"name": name, "description": name, "parameters": parameters}}


TEXT = {"type": "string"}
SEND = tool("send_mail", to=TEXT, subject=TEXT)


def wanted(one: dict, tools: tuple[dict, ...], turn: int = 1, turns: int = 1) -> Wanted:
    return Wanted(one, tools, one["function"]["parameters"]["properties"], turn, turns)


def test_each_parameter_sees_each_span_and_each_piece() -> None:
    reading = read("send a note to ann@x.org about lunch")
    seen = sight(reading, wanted(SEND, (SEND, tool("delete_mail"))))
    assert seen.spans.shape[:2] == (2, len(reading.spans))
    assert seen.pieces.shape[:2] == (2, len(reading.starts))
    for part in (seen.spans, seen.pieces, seen.own):
        assert np.isfinite(part).all()
        assert not np.array_equal(part[0], part[1])


def test_what_the_text_says_of_another_function_is_seen_as_such() -> None:
    light, music = tool("turn_on_light", room=TEXT), tool("play_music", artist=TEXT)
    reading = read("Turn on the light in the kitchen. Then play some music by Adele.")
    words = [reading.text[start:].split(" ")[0] for start in reading.starts]
    leads = {name: leads_of(reading, wanted(one, (light, music))) for name, one in (("light", light), ("music", music))}
    kitchen, adele = words.index("kitchen."), words.index("Adele.")
    assert leads["light"][kitchen] > 0 > leads["music"][kitchen]
    assert leads["music"][adele] > 0 > leads["light"][adele]


def test_a_later_call_looks_further_behind() -> None:
    reading = read("a room in Oslo, then one in Rome")
    nearest = [int(np.abs(turns_of(reading, wanted(SEND, (SEND,), turn, 2))[0]).argmin()) for turn in (1, 2)]
    assert nearest[0] < nearest[1]
    assert not any(one.any() for one in turns_of(reading, wanted(SEND, (SEND,))))


def test_sums_are_those_of_the_pieces_between_two_edges() -> None:
    values = np.arange(8, dtype=np.float32).reshape(4, 2)
    found = summed(values, np.array([-1, 1, 2]), np.array([2, 3, 9]))
    np.testing.assert_allclose(found, [values[:2].sum(0), values[1:3].sum(0), values[2:].sum(0)])
