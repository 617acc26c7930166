"""A base: one frozen causal language model with its tokenizer, and the form in which it reads prompts."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from huggingface_hub import snapshot_download
from huggingface_hub.errors import HfHubHTTPError, HFValidationError
from transformers import AutoModelForCausalLM, AutoTokenizer

from divisi.specialists.errors import BaseModelError, ContextError, InvocationError
from divisi.specialists.fingerprint import fingerprint, weight_files
from divisi.specialists.prompt import (
    chat_template,
    control_pattern,
    control_tokens,
    our_template,
    render,
    split,
    without_returns,
)
from divisi.specialists.spectrum import Spectrum
from divisi.tasks.subtask import Message, ToolRecord

TASK, END = "<|task|>", "<|end|>"
HUB_FILES = ("*.json", "*.jinja", "*.model", "*.txt", "model*.safetensors")


@dataclass(frozen=True, slots=True, eq=False)
class Base:
    """A frozen causal language model, ready to read.

    Attributes:
        model: the transformers model; no parameter of it ever gets a gradient.
        tokenizer: its tokenizer.
        name: as it was asked for, a folder or a name on the hub.
        fingerprint: sha256 of its files; specialists are bound to it.
        context_tokens: the most tokens that it can read.
        end_id: the token that ends an answer: `<|end|>`, or the tokenizer's end of sequence.
        end_ids: every token after which nothing more is meant.
        speaks_tasks: whether `<|task|>` is one of its tokens, so that an invocation has its own role.
        controls: matches the texts of its control tokens, which users must not spell.
        spectrum: the singular values and vectors of its weights, for SVF; computed when first asked for.
    """

    model: Any
    tokenizer: Any
    name: str
    fingerprint: str
    context_tokens: int
    end_id: int
    end_ids: frozenset[int]
    speaks_tasks: bool
    controls: re.Pattern[str]
    spectrum: Spectrum

    @classmethod
    def load(
        cls,
        source: str | Path,
        *,
        device: str = "cpu",
        dtype: torch.dtype = torch.float32,
        spectra: Path | None = None,
    ) -> "Base":
        """Load a base from a folder, or from the Hugging Face hub.

        Args:
            source: the folder, or a name on the hub.
            device, dtype: where the model is, and in which precision.
            spectra: where the spectrum is kept once it has been computed; None keeps it in memory alone.

        Raises:
            BaseModelError: it is not there, has no safetensors, lacks weights, or does not say how much it can read.
        """
        folder = _folder(source)
        weight_files(folder)
        try:
            tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
            model, report = AutoModelForCausalLM.from_pretrained(
                folder, dtype=dtype, use_safetensors=True, local_files_only=True, output_loading_info=True
            )
        except (OSError, ValueError, KeyError) as error:
            raise BaseModelError(f"{source} cannot be loaded as a causal language model: {error}") from error
        if report["missing_keys"] or report["mismatched_keys"]:
            lacking = sorted(report["missing_keys"]) + sorted(map(str, report["mismatched_keys"]))
            raise BaseModelError(f"{source}: {len(lacking)} weights are missing or misshapen, first {lacking[0]}")
        model.to(device).eval().requires_grad_(False)
        content = fingerprint(folder)
        return cls(
            model=model,
            tokenizer=tokenizer,
            name=str(source),
            fingerprint=content,
            context_tokens=_context_tokens(model.config, source),
            end_id=_end_id(tokenizer, source),
            end_ids=_end_ids(model, tokenizer),
            speaks_tasks=TASK in control_tokens(tokenizer),
            controls=control_pattern(tokenizer),
            spectrum=Spectrum(model, content, spectra),
        )

    @property
    def device(self) -> torch.device:
        """Where the model is."""
        device: torch.device = self.model.device
        return device

    @property
    def dtype(self) -> torch.dtype:
        """The precision of the model's weights."""
        dtype: torch.dtype = self.model.dtype
        return dtype

    def prefix_ids(self, messages: Sequence[Message], tools: Sequence[ToolRecord] = ()) -> list[int]:
        """The tokens of a conversation with its tools, without the opening of an answer.

        Raises:
            PromptError: the chat template refuses the messages.
            ContextError: there are more tokens than the base can read.
        """
        ids = self._lead() + self._encode_marked(self._render(messages, tools, answering=False))
        if len(ids) > self.context_tokens:
            raise ContextError(
                f"the prompt has {len(ids)} tokens and {self.name} reads {self.context_tokens}; "
                "shorten the conversation or offer fewer tools"
            )
        return ids

    def invocation_ids(self, text: str, messages: Sequence[Message], tools: Sequence[ToolRecord] = ()) -> list[int]:
        """The tokens that follow `prefix_ids(messages, tools)` to ask a specialist, up to where its answer begins.

        They are encoded apart from the prefix, in serving as in training, so that no token spans the boundary.

        Raises:
            PromptError: the chat template refuses the messages.
            InvocationError: the template writes the prefix otherwise once an invocation follows it.
        """
        role = "task" if self.speaks_tasks else "user"
        if self.tokenizer.chat_template in (None, our_template()):
            # Ours writes each message by itself, so the rest need not be rendered again to see what follows it.
            return self._encode_marked(self._render([{"role": role, "content": text}], (), answering=True))
        prefix = self._render(messages, tools, answering=False)
        asked = [*messages, {"role": role, "content": text}]
        whole = self._render(asked, tools, answering=not self.speaks_tasks)
        if not whole.startswith(prefix) or len(whole) == len(prefix):
            kept = _shared(prefix, whole)
            raise InvocationError(
                f"the chat template of {self.name} does not keep the prefix when a {role} message follows a "
                f"{messages[-1]['role']} message: they part after {kept} characters, at {prefix[kept : kept + 40]!r}; "
                "end the conversation with a user or tool message, or use a base whose template appends turns"
            )
        return self._encode_marked(whole[len(prefix) :])

    def invocation_start(self) -> tuple[int, ...]:
        """The tokens with which every invocation begins, whatever it asks: where a specialist wakes.

        Raises:
            InvocationError: invocations have no common start.
        """
        turn: list[Message] = [{"role": "user", "content": "hello"}]
        one, other = self.invocation_ids("names", turn), self.invocation_ids("arguments", turn)
        start = tuple(one[: _shared(one, other)])
        if not start:
            raise InvocationError(f"invocations of {self.name} have no common start; its chat template opens no turn")
        return start

    def encode(self, text: str) -> list[int]:
        """The tokens of a text that we wrote; control tokens in it count as such, none is added."""
        ids: list[int] = self.tokenizer.encode(text, add_special_tokens=False)
        return ids

    def decode(self, ids: Iterable[int]) -> str:
        """The text of tokens; control tokens have none."""
        text: str = self.tokenizer.decode(list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return text

    def _render(self, messages: Sequence[Message], tools: Sequence[ToolRecord], *, answering: bool) -> str:
        ours = self.speaks_tasks or self.tokenizer.chat_template is None
        shown = tools if ours else [without_returns(tool) for tool in tools]
        template = chat_template(self.tokenizer, with_tools=bool(tools))
        return render(self.tokenizer, messages, shown, template=template, controls=self.controls, answering=answering)

    def _encode_marked(self, text: str) -> list[int]:
        ids: list[int] = []
        for piece, quoted in split(text):
            ids += self.tokenizer.encode(piece, add_special_tokens=False, split_special_tokens=quoted)
        return ids

    def _lead(self) -> list[int]:
        # A template of the tokenizer's own writes its start of sequence itself; ours does not know it.
        if self.tokenizer.chat_template is not None or self.tokenizer.bos_token_id is None:
            return []
        begins = self.tokenizer.encode("a")[0] == self.tokenizer.bos_token_id
        return [self.tokenizer.bos_token_id] if begins else []


def _shared(one: Sequence[object], other: Sequence[object]) -> int:
    """How many elements two sequences share from their start."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _folder(source: str | Path) -> Path:
    if Path(source).is_dir():
        return Path(source)
    try:
        return Path(snapshot_download(str(source), allow_patterns=list(HUB_FILES)))
    except (OSError, HfHubHTTPError, HFValidationError) as error:
        raise BaseModelError(f"{source} is no folder here and cannot be had from the hub: {error}") from error


def _context_tokens(config: Any, source: str | Path) -> int:
    tokens = getattr(config, "max_position_embeddings", None)
    if not isinstance(tokens, int):
        raise BaseModelError(f"the config of {source} has no max_position_embeddings: how much it can read is unknown")
    return tokens


def _end_id(tokenizer: Any, source: str | Path) -> int:
    end: int | None = tokenizer.get_added_vocab().get(END, tokenizer.eos_token_id)
    if end is None:
        raise BaseModelError(f"the tokenizer of {source} has neither {END} nor an eos_token: answers could not end")
    return end


def _end_ids(model: Any, tokenizer: Any) -> frozenset[int]:
    ends = {tokenizer.eos_token_id, tokenizer.get_added_vocab().get(END)}
    for config in (model.generation_config, model.config):
        given = getattr(config, "eos_token_id", None)
        ends |= set(given) if isinstance(given, list) else {given}
    return frozenset(end for end in ends if end is not None)
