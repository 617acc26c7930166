"""Measuring slots on the fixed prompts of a task: how sure they are, what they write, how good that is."""

from collections.abc import Sequence

from divisi.scheduler.learner import Behaviour
from divisi.services.judging import judged
from divisi.services.material import Asked
from divisi.services.training_plan import Scheduling
from divisi.specialists.bank import Bank
from divisi.specialists.base import Base
from divisi.specialists.behaviour import Written, certainty, write
from divisi.specialists.continuing import voice
from divisi.specialists.engine import Engine
from divisi.specialists.slots import Slots

VOICE = "measured"
COLDEST = 1e-3
"""The temperature that stands for 0 where a probability is asked for: the likeliest token has all of it."""


class Measuring:
    """Some slots on a base, asked by themselves; closed when others are to be asked.

    Args:
        base: frozen.
        slots: of a trunk.
        options: how many tokens an answer may take.
        seed: of the drawing.
    """

    def __init__(self, base: Base, slots: Slots, options: Scheduling, *, seed: int) -> None:
        self._base, self._options, self._seed = base, options, seed
        self._bank = Bank(base.model)
        self._bank.add(voice(slots, VOICE))
        self._engine = Engine(base, self._bank, max_rows=options.prompts)

    def close(self) -> None:
        """Leave the base as it was."""
        self._bank.remove(VOICE)

    def probabilities(self, asked: Asked, *, temperature: float) -> list[float]:
        """The mean probability of the true tokens of each reference; temperature 0 counts those that are likeliest."""
        references = [one.reference for one in asked.questions]
        sure = self._certainty(asked, references, max(temperature, COLDEST))
        return [probability for _, probability in sure]

    def answers(self, asked: Asked, *, temperature: float) -> list[float]:
        """The score of each answer, written as it is served."""
        return _scores(self._write(asked, temperature, by_grammar=True), asked)

    def texts(self, asked: Asked, *, temperature: float) -> list[str]:
        """Each answer, written as it is served."""
        return [one.text for one in self._write(asked, temperature, by_grammar=True)]

    def behaviour(self, asked: Asked, *, temperature: float) -> Behaviour:
        """Entropies, texts and scores; without grammar, so that an answer may take any form."""
        written = self._write(asked, temperature, by_grammar=False)
        own = self._certainty(asked, [one.ids for one in written], temperature)
        forced = self._certainty(asked, [one.reference for one in asked.questions], temperature)
        return Behaviour(
            on_policy=tuple(entropy for entropy, _ in own),
            forced=tuple(entropy for entropy, _ in forced),
            texts=tuple(one.text for one in written),
            scores=tuple(_scores(written, asked)),
        )

    def _certainty(
        self, asked: Asked, answers: Sequence[Sequence[int]], temperature: float
    ) -> list[tuple[float, float]]:
        found = certainty(self._base, self._bank, VOICE, asked.questions, answers, temperature=temperature)
        return [(one.entropy, one.probability) for one in found]

    def _write(self, asked: Asked, temperature: float, *, by_grammar: bool) -> list[Written]:
        return write(
            self._engine,
            self._base,
            asked.questions,
            VOICE,
            temperature=temperature,
            max_tokens=self._options.answer_tokens,
            seed=self._seed,
            by_grammar=by_grammar,
        )


def _scores(written: Sequence[Written], asked: Asked) -> list[float]:
    return [judged(one.text, example) for one, example in zip(written, asked.examples, strict=True)]
