"""Conversations and tasks written as tokens, in the form in which the base will read them."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from transformers import PreTrainedTokenizerFast

from divisi.specialists.pack import Node
from divisi.tasks import catalog
from divisi.tasks.calling.dialogue import Asked, examples
from divisi.tasks.example import Example
from divisi.tasks.subtask import Message, ToolRecord

END = "<|end|>"
SILENT = {"role": "user", "content": ""}
"""Templates refuse an empty conversation."""


class Script:
    """Writes text as tokens; pieces that meet at a special token can be joined."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast) -> None:
        self.tokenizer = tokenizer

    def encode(self, text: str) -> tuple[int, ...]:
        """The tokens of a text; special tokens in it count as such."""
        ids: list[int] = self.tokenizer.encode(text, add_special_tokens=False)
        return tuple(ids)

    def turn(self, role: str, text: str) -> tuple[int, ...]:
        """One turn of a conversation."""
        return self.encode(f"<|{role}|>{text}{END}")

    def prose(self, text: str) -> tuple[int, ...]:
        """Running text, without a role."""
        return self.encode(text + END)

    def offer(self, tools: Sequence[ToolRecord]) -> tuple[int, ...]:
        """Tools without a conversation."""
        return self.encode(self.rendered((), tools))

    def task(self, invocation: str, answer: str) -> Node:
        """An invocation and its answer, whose tokens are the ones to be learned."""
        asked = self.encode(f"<|task|>{invocation}<|answer|>")
        return Node(asked + self.encode(answer + END), answer_from=len(asked))

    def rendered(self, messages: Sequence[Message], tools: Sequence[ToolRecord]) -> str:
        """The prefix's text by the base's chat template."""
        turns = [dict(message) for message in messages] or [SILENT]
        text: str = self.tokenizer.apply_chat_template(
            turns, tools=[dict(tool) for tool in tools] or None, tokenize=False
        )
        return text if messages else text.removesuffix("<|user|>" + END)

    def example(self, example: Example) -> Node:
        """The task of an example, without its prefix."""
        subtask = catalog.SUBTASKS[example.subtask]
        return self.task(subtask.render(example.case), subtask.write(example.target, example.case))

    def alone(self, example: Example) -> Node:
        """The tree of one example: its prefix and its task."""
        opening = self.encode(self.rendered(example.case.messages, example.case.tools))
        return Node(opening, children=(self.example(example),))

    def conversations(self, asked: Iterable[Asked]) -> list[Node]:
        """Conversations as trees: those that share tools and system message share a root."""
        trees = []
        for _, group in groupby(asked, key=lambda one: (id(one.tools), _system(one.messages))):
            requests = list(group)
            opening = self.rendered(_system_messages(requests[0].messages), requests[0].tools)
            branches = tuple(self._request(one, opening) for one in requests)
            trees.append(Node(self.encode(opening), children=branches))
        return trees

    def _request(self, asked: Asked, opening: str) -> Node:
        text = self.rendered(asked.messages, asked.tools)
        assert text.startswith(opening), "the template must open with system message and tools"
        tasks = tuple(self.example(example) for example in examples(asked))
        return Node(self.encode(text[len(opening) :]), children=tasks)


def _system_messages(messages: Sequence[Message]) -> list[Message]:
    return [message for message in messages if message["role"] in ("system", "developer")]


def _system(messages: Sequence[Message]) -> tuple[str, ...]:
    return tuple(str(message["content"]) for message in _system_messages(messages))
