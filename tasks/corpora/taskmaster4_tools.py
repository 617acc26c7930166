"""The eight functions of the coffee orders in Taskmaster-4 as tools."""

from collections.abc import Mapping, Sequence
from typing import Any

from divisi.tasks.calling.tool import Tool
from divisi.tasks.subtask import ToolRecord


def _text(description: str) -> dict[str, Any]:
    return {"type": "string", "description": description}


def _options(description: str, *names: str) -> dict[str, Any]:
    properties = {name: {"type": "string"} for name in names}
    return {"type": "array", "items": {"type": "object", "properties": properties}, "description": description}


ORDER = {"order_id": _text("id of the order")}
ITEM = {"menu_item_id": _text("id of the item, from get_menu_items")}
ATTRIBUTES = {"attributes": _options("chosen options", "attribute_id", "attribute_name", "option")}
ADDONS = {"addons": _options("things added", "addon_id", "addon_name", "option")}
ITEM_RETURNS = {"order_id": "string, id of the order", "order_item_id": "string, id of the item in the order"}


def _tool(
    name: str, description: str, properties: Mapping[str, Any], required: Sequence[str], returns: Mapping[str, str]
) -> ToolRecord:
    parameters = {"type": "object", "properties": dict(properties), "required": list(required)}
    return Tool(name, description, parameters, returns).to_record()


TOOLS: tuple[ToolRecord, ...] = (
    _tool("show_menu", "Show the customer the whole menu.", {}, (), {"success": "boolean"}),
    _tool(
        "get_menu_items",
        "Find items of the menu by their name.",
        {"query": _text("name of the drink or dish"), "fields": {"type": "array", "items": {"type": "string"}}},
        ("query",),
        {"menu_items": "array of items with menu_item_id and name"},
    ),
    _tool(
        "get_addons",
        "Find options and additions, for an item or for the whole order.",
        {"query": _text("what is wanted, several joined by OR"), **ITEM, "scope": _text("order: for the whole order")},
        ("query",),
        {"attributes": "array of options", "addons": "array of additions"},
    ),
    _tool(
        "add_order_item",
        "Add an item to the order; starts an order where there is none.",
        {
            **ITEM,
            "quantity": {"type": "integer", "description": "how many", "default": 1},
            **ATTRIBUTES,
            **ADDONS,
            "notes": _text("wishes of the customer"),
            **ORDER,
        },
        ("menu_item_id",),
        ITEM_RETURNS,
    ),
    _tool(
        "update_order_item",
        "Change the options or additions of an item in the order.",
        {"order_item_id": _text("id of the item in the order"), **ATTRIBUTES, **ADDONS},
        ("order_item_id",),
        {"order_item_id": "string, id of the item in the order"},
    ),
    _tool(
        "update_order",
        "Change options of the whole order, such as for here or to go.",
        {**ORDER, **ATTRIBUTES},
        ("order_id", "attributes"),
        {"order_id": "string, id of the order"},
    ),
    _tool(
        "get_order_details",
        "Get everything that is in the order.",
        ORDER,
        ("order_id",),
        {"order_id": "string, id of the order", "menu_items": "array of items", "attributes": "array of options"},
    ),
    _tool("finish_order", "Send the order off to be made.", ORDER, ("order_id",), {"success": "boolean"}),
)
