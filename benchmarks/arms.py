"""The arms that are compared: the whole system, one adapter for everything, the base alone; each answers a request.

specialists    router, specialists, trunk: what `divisi serve` does
umbrella       one adapter of as many trained parameters, on the same examples; one row a request (umbrella.py)
joint          the same adapter, by the plans of `specialists`
base           the plans of `specialists`, every row by the base alone
"""

import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from errors import BenchmarkError
from items import Item, Prediction, predicted
from one_adapter import load_one_adapter
from safetensors import safe_open
from umbrella import conduct_umbrella
from watching import Mode, Watching

from divisi.router.request import Answer, Request
from divisi.services.conduct import conduct
from divisi.services.config import Config
from divisi.services.errors import LoadError, RequestError
from divisi.services.loading import load_section, places
from divisi.services.section import Section
from divisi.specialists.store import TENSORS, find_specialists

ARMS = ("specialists", "umbrella", "joint", "base")
ONE_ADAPTER = ("umbrella", "joint")

Conduct = Callable[[Request, Section], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Arm:
    """Something that answers requests.

    Attributes:
        name: one of ARMS.
        section: the base with the specialists that the arm has.
        conduct: how a request is answered.
        mode: how the player is used.
        adapters: what was loaded, as plain JSON.
    """

    name: str
    section: Section
    conduct: Conduct
    mode: Mode
    adapters: tuple[Mapping[str, Any], ...]

    @property
    def fingerprint(self) -> str:
        """The base's."""
        return self.section.player.base_fingerprint

    @property
    def parameters(self) -> int:
        """Trained parameters of all adapters."""
        return sum(adapter["parameters"] for adapter in self.adapters)

    async def answer(self, item: Item) -> Prediction:
        """Answer one item; a request that the service refuses is an answer too."""
        watching = Watching(self.section.player, self.mode, tuple(self.section.subtasks))
        try:
            answer = await self.conduct(item.request, replace(self.section, player=watching))
        except RequestError as error:
            return Prediction(item.id, item.key, refused=f"{type(error).__name__}: {error.message}")
        return predicted(item, answer, watching.seen)

    def without_grammar(self) -> "Arm":
        """The same arm, whose rows write freely."""
        return replace(self, mode=replace(self.mode, grammar=False))


def load_arm(name: str, config: Config, umbrella: Path) -> Arm:
    """Load an arm.

    Args:
        name: one of ARMS.
        config: of the service.
        umbrella: a folder that holds the one adapter's folder, and nothing else.

    Raises:
        BenchmarkError: the arm is unknown, or something that it needs is not there.
    """
    if name not in ARMS:
        raise BenchmarkError(f"no arm is called {name!r}; there are {', '.join(ARMS)}")
    if name in ONE_ADAPTER:
        section = load_one_adapter(config, umbrella)
        mode = Mode(one_voice=section.player.residents[0])
        return Arm(name, section, conduct_umbrella if name == "umbrella" else conduct, mode, described((umbrella,)))
    if name == "base":
        config = config.model_copy(update={"specialists": ()})
    try:
        section = load_section(config)
    except LoadError as error:
        raise BenchmarkError(f"the arm {name!r} cannot be loaded: {error}") from error
    adapters = described(places(config).specialists)
    if name == "specialists" and not adapters:
        raise BenchmarkError("the base has no specialists: train some, or ask for --arms base")
    return Arm(name, section, conduct, Mode(), adapters)


def described(roots: Sequence[Path]) -> tuple[Mapping[str, Any], ...]:
    """The adapters in some folders: what each is, on what it was trained, how many parameters it has."""
    return tuple(
        {
            "name": card.name,
            "subtask": card.subtask,
            "kind": card.kind,
            "version": card.version,
            "data_hash": card.data_hash,
            "parameters": parameters_of(folder / TENSORS),
        }
        for root in roots
        for folder, card in find_specialists(root).items()
    )


def parameters_of(file: Path) -> int:
    """Numbers in a safetensors file."""
    with safe_open(file, framework="np") as tensors:
        return sum(math.prod(tensors.get_slice(key).get_shape()) for key in tensors.keys())  # noqa: SIM118
