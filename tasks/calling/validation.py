"""Whether arguments follow a tool's schema, and what is wrong where they do not."""

from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from divisi.tasks.calling.schema import ANY_REFERENCE
from divisi.tasks.subtask import Schema, ToolError

CHECKER = FormatChecker(formats=("date", "email", "ipv4", "ipv6", "uuid"))


def schema_problems(value: Any, schema: Schema) -> tuple[str, ...]:
    """One sentence for each place where a value does not follow a schema, in the order of the value.

    Args:
        value: a plain JSON value.
        schema: from `parameters_schema`, with its definitions.

    Raises:
        ToolError: the schema refers to itself without end.
    """
    try:
        errors = list(Draft202012Validator(schema, format_checker=CHECKER).iter_errors(value))
    except RecursionError as error:
        raise ToolError("a parameter's schema refers to itself without end") from error
    return tuple(map(_sentence, sorted(map(_meant, errors), key=lambda error: error.json_path)))


def _meant(error: ValidationError) -> ValidationError:
    """Where a reference would have been allowed too, what the parameter's own schema says of the value."""
    if error.validator == "anyOf" and error.validator_value[-1] == ANY_REFERENCE:
        return _meant(next(inner for inner in error.context if inner.relative_schema_path[0] == 0))
    return error


def _sentence(error: ValidationError) -> str:
    place = error.json_path.removeprefix("$").removeprefix(".")
    message = error.message if len(error.message) <= 300 else error.message[:300] + "..."
    return f"{place}: {message}" if place else message
