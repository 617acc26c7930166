"""Wordings: what a description or a name says that a tool does."""

from random import Random

import pytest

from divisi.tasks.calling.tool import Tool
from divisi.tasks.generation import frames
from divisi.tasks.generation.meanings import parameter
from divisi.tasks.generation.wordings import attach, imperative_intent, intent
from divisi.tasks.generation.words import base_form, gerund, split_name, stem


@pytest.mark.parametrize(
    ("name", "description", "verb", "thing"),
    [
        ("getFilm", "Retrieves the details of a film by its id.", "get", "details of a film"),
        ("x", "This endpoint returns a list of all songs. Paged.", "get", "songs"),
        ("x", "Creates or updates a role definition.", "create", "role definition"),
        ("x", "Set up a payment for a later date, once or repeating.", "create", "payment for a later date"),
        ("x", "Use this operation to delete an existing tag set", "delete", "tag set"),
        (
            "leave_balance",
            "Remaining days of annual leave of an employee.",
            "get",
            "remaining days of annual leave of an employee",
        ),
        ("users.list", "", "list", "users"),
        ("cart.view", "What is in the cart", "get", "what is in the cart"),
        ("x", "Hydrates a plant.", "hydrate", "plant"),
        ("x", "List of albums", "get", "albums"),
    ],
)
def test_an_intent_is_a_verb_with_its_object(name: str, description: str, verb: str, thing: str) -> None:
    meant = intent(Tool(name, description))

    assert (meant.verb, meant.object) == (verb, thing)


def test_a_command_begins_with_its_verb_whatever_it_is() -> None:
    meant = imperative_intent(Tool("i3_hibernate", "Hibernate the system. (Exit the i3 window manager)"))

    assert (meant.verb, meant.object) == ("hibernate", "system")


def test_a_value_stands_behind_the_noun_that_it_belongs_to() -> None:
    given = parameter("film_id", {"type": "string"})
    random = Random(1)

    said = {attach("the details of a film", given, "F-12", random) for _ in range(100)}

    assert "the details of film F-12" in said
    assert "the details of the film with the id F-12" in said


def test_a_value_is_not_attached_where_its_noun_is_not_named() -> None:
    assert attach("the weather", parameter("user_id", {"type": "string"}), "7", Random(1)) is None


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("userId", ("user", "id")),
        ("Get_HTTP_status2", ("get", "http", "status", "2")),
        ("orderid", ("order", "id")),
        ("per_page", ("per", "page")),
        ("lng", ("longitude",)),
    ],
)
def test_the_words_of_a_name(name: str, words: tuple[str, ...]) -> None:
    assert split_name(name) == words


@pytest.mark.parametrize(
    ("verb", "base"),
    [("creates", "create"), ("fetches", "fetch"), ("queries", "query"), ("passes", "pass"), ("get", "get")],
)
def test_the_base_form_of_a_verb(verb: str, base: str) -> None:
    assert base_form(verb) == base


@pytest.mark.parametrize(("verb", "ing"), [("set up", "setting up"), ("create", "creating"), ("show me", "showing me")])
def test_the_ing_form_of_a_verb(verb: str, ing: str) -> None:
    assert gerund(verb) == ing


@pytest.mark.parametrize(
    ("word", "expected"), [("films", "film"), ("cities", "city"), ("status", "status"), ("class", "class")]
)
def test_stems(word: str, expected: str) -> None:
    assert stem(word) == expected


@pytest.mark.parametrize(
    ("patterns", "marks"),
    [
        (frames.FRAMES, ("do",)),
        (frames.OWN_FRAMES, ("do",)),
        (frames.QUESTION_FRAMES, ("ask",)),
        (frames.REFUSALS, ("do",)),
        (frames.AGAIN, ("v",)),
        (frames.FOLLOW_UPS, ("v",)),
        (frames.SLIPS, ("wrong", "right")),
        (frames.SEQUENCES, ("first", "second")),
        (frames.TOGETHER, ("first", "second")),
        (frames.NESTED_FRAMES, ("first", "second")),
        (frames.THIRDS, ("text", "third")),
        (frames.THIRDS_TOGETHER, ("text", "third")),
        (frames.THREE_LISTED, ("a", "b", "c")),
        (frames.POLITE, ("text",)),
        (frames.QUESTIONS, ("w",)),
    ],
)
def test_every_pattern_says_all_that_it_must(patterns: tuple[str, ...], marks: tuple[str, ...]) -> None:
    lacking = [
        pattern
        for pattern in patterns
        for mark in marks
        if f"{{{mark}}}" not in pattern and not (mark == "do" and "{doing}" in pattern)
    ]

    assert lacking == []


def test_every_wish_names_its_object() -> None:
    wishes = [wish for group in frames.WISHES.values() for wish in group]

    assert [wish for wish in wishes if not any(mark in wish for mark in ("{rest}", "{bare}", "{target}"))] == []
    assert [wish for wish in wishes if "{target}" in wish and "{tail}" not in wish and "{rest}" not in wish] == []
