"""What a span looks like differs by parameter and by function."""

import numpy as np

from divisi.tasks.calling.sights import features, read


def tool(name: str, **properties: dict) -> dict:
    parameters = {"type": "object", "properties": properties}
    return {"type": "function", "function": {"name": name, "description": name, "parameters": parameters}}


TEXT = {"type": "string"}
SEND = tool("send_mail", to=TEXT, subject=TEXT)


def test_each_parameter_sees_each_span() -> None:
    reading = read("send a note to ann@x.org about lunch")
    seen = features(reading, SEND, (SEND, tool("delete_mail")), SEND["function"]["parameters"]["properties"])
    assert seen.shape[:2] == (2, len(reading.spans))
    assert np.isfinite(seen).all()
    assert not np.array_equal(seen[0], seen[1])


def test_what_the_text_says_of_another_function_is_seen_as_such() -> None:
    light, music = tool("turn_on_light", room=TEXT), tool("play_music", artist=TEXT)
    reading = read("Turn on the light in the kitchen. Then play some music by Adele.")
    places = [span.text for span in reading.spans]
    about = {
        name: features(reading, one, (light, music), one["function"]["parameters"]["properties"])[0]
        for name, one in (("light", light), ("music", music))
    }
    differing = (about["light"] != about["music"]).any(0)
    assert differing.any()
    for place, (mine, other) in (("kitchen", ("light", "music")), ("Adele", ("music", "light"))):
        row = places.index(place)
        assert (about[mine][row] > about[other][row]).any()
