"""A tokenizer with merges, and a script that writes with it."""

import pytest

from divisi.specialists.embedded.script import Script
from divisi.specialists.embedded.vocabulary import train_tokenizer

TEXTS = ["get the weather of a city", '["get_weather"]', '{"city": "Paris"}', "look up", "names", "arguments"] * 20


@pytest.fixture(scope="session")
def script() -> Script:
    """Writes with a small vocabulary and the embedded template."""
    return Script(train_tokenizer(TEXTS, size=420, context_tokens=512))
