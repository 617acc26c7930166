"""The text of a prompt: messages and tools in the form that a base knows, with what users wrote kept apart.

The form is the tokenizer's own chat template, or embedded/chat_template.jinja where it has none (its markers `<|user|>`
and so on are then ordinary text to the tokenizer, written alike in training and serving). A template that does not show
tools gets them as JSON lines in the system message.

A control token that a user spells ("<|end|>" in a tool's result) must not become that token. It is rendered between two
marks, and `split` says which pieces of the text are such quotations.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import TemplateError

from divisi.specialists.errors import PromptError
from divisi.tasks.subtask import Message, ToolRecord

OUR_TEMPLATE = Path(__file__).with_name("embedded") / "chat_template.jinja"

# A prefix must be the same tomorrow: a template that prints today's date gets this day.
FIXED_DAY = "26 Jul 2024"
FIXED_CLOCK = "{%- macro strftime_now(format) -%}" + FIXED_DAY + "{%- endmacro -%}"

# Unicode noncharacters: they stand in no text that is interchanged.
OPEN, CLOSE = "\ufdd0", "\ufdd1"


def render(
    tokenizer: Any,
    messages: Sequence[Message],
    tools: Sequence[ToolRecord],
    *,
    template: str,
    controls: re.Pattern[str],
    answering: bool,
) -> str:
    """A conversation as marked text.

    Args:
        tokenizer: a transformers tokenizer.
        messages: oldest first.
        tools: in OpenAI's form.
        template: the Jinja source, from `chat_template`.
        controls: what a user must not spell, from `control_pattern`.
        answering: whether the form of an assistant's turn is opened at the end.

    Raises:
        PromptError: there is no message, or the template refuses what it is given.
    """
    if not messages:
        raise PromptError("a prompt needs at least one message")
    shown = [_mark(dict(message), controls) for message in messages]
    offered = [_mark(dict(tool), controls) for tool in tools]
    if offered and "tools" not in template:
        shown, offered = _tools_in_system(shown, offered), []
    try:
        text: str = tokenizer.apply_chat_template(
            shown,
            tools=offered or None,
            chat_template=FIXED_CLOCK + template if "strftime_now" in template else template,
            add_generation_prompt=answering,
            tokenize=False,
            date_string=FIXED_DAY,
            enable_thinking=False,
        )
    except (TemplateError, TypeError, KeyError, ValueError) as error:
        raise PromptError(f"the base's chat template refuses these messages: {error}") from error
    return text


def chat_template(tokenizer: Any, *, with_tools: bool) -> str:
    """The Jinja source that renders for a tokenizer: its own, or ours where it has none."""
    if tokenizer.chat_template is None:
        return our_template()
    source: str = tokenizer.get_chat_template(None, [{}] if with_tools else None)
    return source


@cache
def our_template() -> str:
    """The Jinja source of the embedded base's form."""
    return OUR_TEMPLATE.read_text(encoding="utf-8")


def split(text: str) -> Iterator[tuple[str, bool]]:
    """The pieces of a marked text in order, each with whether a user spelled it as a control token."""
    for index, piece in enumerate(re.split(f"{OPEN}([^{CLOSE}]*){CLOSE}", text)):
        if piece:
            yield piece, index % 2 == 1


def without_returns(tool: ToolRecord) -> dict[str, Any]:
    """A tool without our key `returns`, whose fields go into the description: a foreign template would drop them."""
    function = dict(tool["function"])
    returns = function.pop("returns", None)
    if isinstance(returns, Mapping) and returns:
        fields = json.dumps(returns.get("properties", returns), ensure_ascii=False)
        function["description"] = f"{function.get('description') or ''}\nReturns: {fields}".strip()
    return {**tool, "function": function}


def control_tokens(tokenizer: Any) -> frozenset[str]:
    """The texts that a tokenizer turns into one token each wherever they stand."""
    return frozenset(tokenizer.get_added_vocab()) | frozenset(tokenizer.all_special_tokens)


def control_pattern(tokenizer: Any) -> re.Pattern[str]:
    """Matches every control token in a text, the longest first."""
    tokens = sorted(control_tokens(tokenizer), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, tokens)) or "(?!)")  # (?!) matches nowhere


def _mark(value: Any, controls: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return controls.sub(f"{OPEN}\\g<0>{CLOSE}", value)
    if isinstance(value, Mapping):
        return {_mark(key, controls): _mark(part, controls) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_mark(part, controls) for part in value]
    return value


def _tools_in_system(messages: list[Any], tools: list[Any]) -> list[Any]:
    lines = "\n".join(json.dumps(tool["function"], ensure_ascii=False) for tool in tools)
    if messages[0]["role"] == "system":
        first, rest = f"{messages[0]['content']}\n\nTools:\n{lines}", messages[1:]
    else:
        first, rest = f"Tools:\n{lines}", messages
    return [{"role": "system", "content": first}, *rest]
