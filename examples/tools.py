"""The tools of the demo: what the model is told of them, and small functions that do what they say."""

from collections.abc import Callable, Mapping
from typing import Any

TEMPERATURES_C = {"Paris": 18, "Oslo": 9, "Lisbon": 24}
CUSTOMERS = {"Maria Lopez": "C-1042", "Jonas Weber": "C-2210"}
ORDERS = {"C-1042": "O-7781", "C-2210": "O-9034"}
EURO_RATES = {"EUR": 1.0, "USD": 1.08, "GBP": 0.86}


def get_weather(city: str) -> dict[str, Any]:
    """The weather of a city that the table knows."""
    return {"city": city, "temperature_c": TEMPERATURES_C[city]}


def convert_currency(amount: float, from_currency: str, to_currency: str) -> dict[str, Any]:
    """An amount in another currency, by fixed rates."""
    converted = amount / EURO_RATES[from_currency] * EURO_RATES[to_currency]
    return {"converted": round(converted, 2), "currency": to_currency}


def find_customer(name: str) -> dict[str, Any]:
    """The number of a customer."""
    return {"customer_id": CUSTOMERS[name]}


def get_last_order(customer_id: str) -> dict[str, Any]:
    """The last order of a customer."""
    return {"order_number": ORDERS[customer_id], "status": "shipped"}


def book_table(restaurant: str, people: int) -> dict[str, Any]:
    """A table that is always free."""
    return {"restaurant": restaurant, "people": people, "booked": True}


FUNCTIONS: Mapping[str, Callable[..., dict[str, Any]]] = {
    "get_weather": get_weather,
    "convert_currency": convert_currency,
    "find_customer": find_customer,
    "get_last_order": get_last_order,
    "book_table": book_table,
}


def _tool(name: str, description: str, parameters: dict[str, Any], returns: dict[str, str]) -> dict[str, Any]:
    """A tool in OpenAI's form, all parameters required; `returns` is divisi's extension: what later calls may need."""
    schema = {"type": "object", "properties": parameters, "required": list(parameters), "additionalProperties": False}
    function = {"name": name, "description": description, "parameters": schema, "returns": returns}
    return {"type": "function", "function": function}


TOOLS: list[Any] = [
    _tool(
        "get_weather",
        "Get the current weather in a city.",
        {"city": {"type": "string", "description": "name of the city"}},
        {"temperature_c": "number, degrees Celsius"},
    ),
    _tool(
        "convert_currency",
        "Convert an amount of money from one currency into another.",
        {
            "amount": {"type": "number", "description": "how much to convert"},
            "from_currency": {"type": "string", "enum": list(EURO_RATES)},
            "to_currency": {"type": "string", "enum": list(EURO_RATES)},
        },
        {"converted": "number, the amount in the other currency"},
    ),
    _tool(
        "find_customer",
        "Find a customer by name.",
        {"name": {"type": "string", "description": "full name of the customer"}},
        {"customer_id": "string, id of the customer"},
    ),
    _tool(
        "get_last_order",
        "Get the last order of a customer.",
        {"customer_id": {"type": "string", "description": "id of the customer"}},
        {"order_number": "string, number of the order", "status": "string, state of the order"},
    ),
    _tool(
        "book_table",
        "Book a table in a restaurant.",
        {
            "restaurant": {"type": "string", "description": "name of the restaurant"},
            "people": {"type": "integer", "description": "how many people will come"},
        },
        {"booked": "boolean, whether the table is booked"},
    ),
]


def schema_of(name: str) -> dict[str, Any] | None:
    """The JSON schema of a tool's arguments, or None where no tool has the name."""
    parameters = {tool["function"]["name"]: tool["function"]["parameters"] for tool in TOOLS}
    return parameters.get(name)
