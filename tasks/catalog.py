"""Every subtask by name, one line each."""

from collections.abc import Mapping
from types import MappingProxyType

from divisi.tasks.calling.arguments import Arguments
from divisi.tasks.calling.chaining import CHAINING
from divisi.tasks.calling.names import Names
from divisi.tasks.calling.nested import Nested
from divisi.tasks.calling.next_best import NextBest
from divisi.tasks.calling.parallel import PARALLEL
from divisi.tasks.calling.reply import Reply
from divisi.tasks.forecasting.context import Context
from divisi.tasks.forecasting.macro import Macro
from divisi.tasks.forecasting.micro import Micro
from divisi.tasks.forecasting.synthesis import Synthesis
from divisi.tasks.subtask import Subtask, TaskError

CALLING: Mapping[str, Subtask] = MappingProxyType(
    {
        "names": Names(),
        "arguments": Arguments(),
        "parallel": PARALLEL,
        "chaining": CHAINING,
        "nested": Nested(),
        "next_best": NextBest(),
        "reply": Reply(),
    }
)
"""The subtasks of function calling: cases are conversations with tools."""

FORECASTING: Mapping[str, Subtask] = MappingProxyType(
    {
        "context": Context(),
        "macro": Macro(),
        "micro": Micro(),
        "synthesis": Synthesis(),
    }
)
"""The subtasks of forecasting: cases are a series card and a text."""

SUBTASKS: Mapping[str, Subtask] = MappingProxyType({**CALLING, **FORECASTING})


def find_subtask(name: str) -> Subtask:
    """The subtask of that name.

    Raises:
        TaskError: none has that name; the message lists those there are.
    """
    if name not in SUBTASKS:
        raise TaskError(f"no subtask is named {name!r}; there are: {', '.join(SUBTASKS)}")
    return SUBTASKS[name]
