"""Spans: what may be a value is one, where it stands, and nothing else is."""

import pytest

from divisi.tasks.calling.pieces import COMMON
from divisi.tasks.calling.reading import read
from divisi.tasks.calling.spans import LONGEST_TEXT, text_of, today_of


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("from New York to Łódź", ["New", "New York", "York", "Łódź"]),
        ('play "Here Comes the Sun" now', ["Here Comes the Sun"]),
        ("write to ann@x.org", ["ann@x.org"]),
        ("hide @uncle.dirk", ["@uncle.dirk"]),
        ("it costs $1,250.50", ["$1,250.50"]),
        ("Lisbon, Portugal", ["Lisbon, Portugal"]),
        ("order KM-20-44871", ["KM-20-44871"]),
        ("print summer_sale_v7.pdf, 99X4471", ["summer_sale_v7.pdf", "99X4471"]),
        ("from 0-4 m, 2.5kg", ["0", "4", "2.5"]),
        ("on 6D's shin", ["6D"]),
        ("down to -12 degrees", ["-12"]),
        ("in The Straits Courier", ["The Straits Courier"]),
        ("write: friendly, but my brakes still squeak", ["friendly, but my brakes still squeak"]),
        ("lamp of 50x40x30, 2x barlow", ["50", "40", "30", "50x40x30", "2"]),
        ("move /Press/spring to /R&D/batteries, and/or *.jpg", ["/Press/spring", "/R&D/batteries", "*.jpg"]),
        ("ring +27 82 555 0143 now", ["+27 82 555 0143"]),
        ("answers 3,2,1,0 but 1,250", ["3", "2", "1", "0", "1,250"]),
        ("take A-72 and NO-88-TT", ["A-72", "NO-88-TT"]),
        ("House A, Protec AS and Otieno Were, hepatitis A.", ["A", "Protec AS", "Otieno Were", "hepatitis A"]),
        ("see Dr. Kofler, James C. Scott, kaffee-graz.at", ["Dr. Kofler", "James C. Scott", "kaffee-graz.at"]),
        ("plot x - tanh(2*x), from 0", ["x - tanh(2*x)"]),
        ("Integrate 3x^2 - 4x + 1 from -1 to 2", ["3x^2 - 4x + 1", "-1", "2"]),
        ("remind me to take the bread out in 35 minutes", ["take the bread out"]),
        ("he is two and a quarter, for half an hour", ["half an hour"]),
    ],
)
def test_what_may_be_a_value_is_a_span(text: str, there: list[str]) -> None:
    found = [span.text for span in read(text).spans]
    assert set(there) <= set(found)


def test_no_short_span_begins_or_ends_with_a_common_word_or_spans_a_sentence() -> None:
    spans = [span.text.lower() for span in read("Find me a table for two at Luigi's. The best one, please!").spans]
    assert "table" in spans
    clauses = {"find me a table for two at luigi's", "the best one", "the best one, please"}
    assert not any(text.split()[edge] in COMMON for text in set(spans) - clauses for edge in (0, -1))
    assert not any("luigi" in text and "best" in text for text in spans)


def test_a_span_is_where_it_says_and_knows_what_it_overlaps() -> None:
    text = 'a "red car" in Oslo'
    spans = {span.text: span for span in read(text).spans}
    quoted, oslo = spans["red car"], spans["Oslo"]
    assert (quoted.quoted, text[quoted.start : quoted.end]) == (True, '"red car"')
    assert not oslo.quoted
    assert quoted.overlaps(quoted)
    assert not quoted.overlaps(oslo)


def test_a_day_is_known_with_the_time_beside_it() -> None:
    days = {span.text: span.day for span in read("dock on 2 October 2025 at 04:30").spans}
    assert days["2 October 2025"] == "2025-10-02T04:30:00"
    assert days["October"] is None


@pytest.mark.parametrize(
    ("told", "today"),
    [
        ("Farm assistant. Today is Wednesday, 14 May 2025.", "2025-05-14"),
        ("Date: 2025-05-05. You help.", "2025-05-05"),
        ("You help. Founded on 1 May 1990.", None),
        ("It is forbidden to swear. It is Saturday, 20 December 2025.", "2025-12-20"),
        ("Today is 9999-12-31.", None),
    ],
)
def test_the_day_of_the_conversation_is_the_one_a_system_message_tells(told: str, today: str | None) -> None:
    user = {"role": "user", "content": "Today is 2020-01-01"}
    assert today_of([{"role": "system", "content": told}, user]) == today
    assert today_of([user]) is None


def test_only_the_end_of_the_last_user_messages_is_looked_at() -> None:
    messages = [{"role": "user", "content": f"message {number} " + "x" * 1000} for number in range(4)]
    messages.insert(3, {"role": "assistant", "content": "reply"})
    text = text_of(messages)
    assert len(text) == LONGEST_TEXT
    assert "message 3" in text
    assert "message 1" not in text
    assert "reply" not in text
