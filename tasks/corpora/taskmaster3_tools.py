"""The nine functions of the cinema dialogues in Taskmaster-3 as tools, as its apis.json describes them."""

from collections.abc import Mapping
from typing import Any

from divisi.tasks.calling.tool import Tool
from divisi.tasks.subtask import ToolRecord

ARGUMENTS: Mapping[str, str] = {
    "attribute": "what to know of the film",
    "date.release": "when it was released",
    "date.showing": "day of the showing, as the user says it",
    "description.other": "anything else that is wished",
    "description.plot": "what it is about",
    "location": "place, as the user says it",
    "name.character": "a character",
    "name.genre": "genre",
    "name.movie": "film",
    "name.person": "actor or director",
    "name.theater": "cinema",
    "num.tickets": "how many tickets, as the user says it",
    "rating.movie": "age rating",
    "review.audience": "what the audience says",
    "review.critic": "what critics say",
    "seating": "seats",
    "time.preference": "wished time, as the user says it",
    "time.showing": "time of the showing",
    "type.screening": "kind of screening, such as 3D",
}

ATTRIBUTES = ["name.genre", "name.person", "name.character", "date.release", "description.plot", "description.other"]
ATTRIBUTES += ["duration.movie", "review.audience", "review.critic", "rating.movie"]

FUNCTIONS: Mapping[str, tuple[str, str, str, str]] = {
    "book_tickets": (
        "Book tickets for a showing.",
        "name.movie name.theater time.showing",
        "date.showing num.tickets seating time.preference type.screening location",
        "status",
    ),
    "check_tickets": (
        "Check whether tickets are left for a showing.",
        "name.movie name.theater time.showing",
        "date.showing num.tickets seating time.preference type.screening location",
        "status",
    ),
    "find_films": (
        "Find films that are on.",
        "",
        "location name.theater name.genre type.screening date.release date.showing time.preference description.other"
        " name.person name.character review.audience review.critic",
        "name.movie",
    ),
    "find_theaters": (
        "Find cinemas.",
        "",
        "location type.screening name.movie date.showing time.preference description.other",
        "name.theater",
    ),
    "find_showtimes": (
        "Find when a film is shown at a cinema.",
        "name.movie name.theater",
        "date.showing type.screening time.preference location",
        "time.showing",
    ),
    "get_movie_attribute": ("Tell something about a film.", "name.movie attribute", "", ""),
    "resolve_movie": ("Find the film that a name means.", "name.movie", "", "name.movie"),
    "resolve_location": ("Find the place that a name means.", "location", "", "location"),
    "resolve_theater": ("Find the cinema that a name means.", "name.theater", "location", "name.theater"),
}
"""Function -> what it does, required arguments, optional ones, the field that it gives."""

RENAMED = {"find_movies": "find_films"}
"""The set's name -> ours, where a test set has a tool of the same name."""


def spelled(name: str) -> str:
    """An argument's name as a parameter: "name.movie" -> "name_movie"."""
    return name.replace(".", "_")


def _tool(name: str) -> ToolRecord:
    description, required, optional, gives = FUNCTIONS[name]
    names = [*required.split(), *optional.split()]
    properties = {spelled(argument): _schema(argument) for argument in names}
    schema = {"type": "object", "properties": properties, "required": [spelled(one) for one in required.split()]}
    return Tool(name, description, schema, {spelled(gives): "array of strings"} if gives else {}).to_record()


def _schema(argument: str) -> dict[str, Any]:
    values = {"enum": ATTRIBUTES} if argument == "attribute" else {}
    return {"type": "string", "description": ARGUMENTS[argument], **values}


TOOLS: tuple[ToolRecord, ...] = tuple(_tool(name) for name in FUNCTIONS)
