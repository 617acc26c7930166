"""One answer while it is written: what the model reads next, what may come, when it ends."""

import math

from divisi.specialists.errors import GrammarError
from divisi.specialists.grammar import Grammar, Walk
from divisi.specialists.row import Finish, RowRequest, RowResult
from divisi.specialists.sample import Sampler
from divisi.specialists.stream import TextStream
from divisi.specialists.vocabulary import Vocabulary


class Writing:
    """The state of one row. It knows nothing of models, slots or other rows."""

    def __init__(self, request: RowRequest, vocabulary: Vocabulary, grammar: Grammar | None) -> None:
        """Begin with what the grammar forces; a grammar without any choice is finished at once."""
        self.pending: list[int] = list(request.invocation)
        """Tokens that the model has not read yet."""
        self.finish: Finish | None = None
        """Why it ended, or None while it goes on."""
        self.walk: Walk | None = None if grammar is None else grammar.walk()
        self.sampler: Sampler | None = None
        if request.temperature > 0:
            self.sampler = Sampler(temperature=request.temperature, top_p=request.top_p, seed=request.seed)
        self._max_tokens, self._end_ids = request.max_tokens, vocabulary.end_ids
        self._stream = TextStream(vocabulary, request.stop)
        self._ids: list[int] = []
        self.written = b""
        """The bytes so far, a half-written character included."""
        self._text_bytes = vocabulary.text_bytes
        self._text = ""
        self._shown_ids = self._shown_text = 0
        self._logprob, self._choices, self._forced = 0.0, 0, 0
        self._problem: str | None = None
        self._by_grammar = False
        self._extend([])

    def take(self, token: int, logprob: float) -> None:
        """The model has read all that was pending, and this token was chosen; after the end it changes nothing."""
        self.pending = []
        if self.finish is not None:
            return
        if math.isnan(logprob):
            self.fail("the model's logits are not numbers")
            return
        self._logprob += logprob
        self._choices += 1
        if token in self._end_ids:
            self.end("stop")
        else:
            self._extend([token])

    def end(self, finish: Finish) -> None:
        """End now; the first reason stays."""
        if self.finish is None:
            self._text += self._stream.close()
            self.finish = finish

    def fail(self, problem: str, *, by_grammar: bool = False) -> None:
        """End because something went wrong."""
        if self.finish is None:
            self._problem, self._by_grammar = problem, by_grammar
            self.end("failed")

    def news(self) -> tuple[tuple[int, ...], str]:
        """Tokens and text since the last call."""
        ids, text = tuple(self._ids[self._shown_ids :]), self._text[self._shown_text :]
        self._shown_ids, self._shown_text = len(self._ids), len(self._text)
        return ids, text

    def result(self, milliseconds: float) -> RowResult:
        """What has been written, after the end."""
        assert self.finish is not None
        return RowResult(
            ids=tuple(self._ids),
            text=self._text,
            finish=self.finish,
            mean_logprob=self._logprob / max(self._choices, 1),
            milliseconds=milliseconds,
            forced_tokens=self._forced,
            problem=self._problem,
            by_grammar=self._by_grammar,
        )

    def _extend(self, chosen: list[int]) -> None:
        """Write chosen tokens and those that they force, as far as the tokens allowed last."""
        try:
            tokens = [*chosen, *self._follow(chosen)]
        except GrammarError as error:
            self.fail(str(error), by_grammar=True)
            return
        room = self._max_tokens - len(self._ids)
        for number, token in enumerate(tokens[:room]):
            self._ids.append(token)
            self._forced += number >= len(chosen)
            self.written += self._text_bytes(token)
            self._text += self._stream.push(token)
            if self._stream.stopped:
                self.end("stop")
                return
        self.pending += tokens
        if len(tokens) <= room and self.walk is not None and self.walk.ended:
            self.end("stop")
        elif len(tokens) >= room:
            self.end("length")

    def _follow(self, chosen: list[int]) -> list[int]:
        """Tell the grammar what was chosen; what must come next."""
        if self.walk is None:
            return []
        for token in chosen:
            self.walk.take(token)
        return self.walk.forced()
