"""Rows of a mixed batch are what each is alone, and what plain recomputation of the whole sequence gives."""

import json
from collections.abc import Iterator
from dataclasses import replace

import jsonschema
import pytest
import torch

from divisi.specialists.bank import Bank
from divisi.specialists.base import Base
from divisi.specialists.engine import Engine
from divisi.specialists.errors import (
    AttentionError,
    BankError,
    ContextError,
    EngineError,
    GrammarError,
    InvocationError,
    PromptError,
)
from divisi.specialists.grammar import empty_bits, forbid
from divisi.specialists.lora import LoraOptions, lora_slots
from divisi.specialists.row import RowEvent, RowHandle, RowRequest, RowResult
from divisi.specialists.slots import FixedSlots, Slots

WEATHER = "What is the weather in Paris, and in Rome?"
FLIGHT = "Book a flight to Köln."
CITY = {
    "type": "object",
    "properties": {"city": {"type": "string", "maxLength": 6}, "unit": {"enum": ["celsius", "kelvin"]}},
    "required": ["city", "unit"],
    "additionalProperties": False,
}
NAMES = {"type": "array", "items": {"enum": ["get_weather", "book", "köln", "東京"]}, "maxItems": 3}
DEEP = {
    "type": "object",
    "properties": {"inner": CITY, "tags": NAMES, "ok": {"type": ["boolean", "null"]}, "n": {"$ref": "#/$defs/n"}},
    "required": ["inner", "tags", "ok", "n"],
    "additionalProperties": False,
    "$defs": {"n": {"type": "integer", "minimum": -5, "maximum": 99}},
}


def specialist(base: Base, name: str, seed: int, *, kind: str = "lora") -> Slots:
    """Slots as after training: B is not 0."""
    generator = torch.Generator().manual_seed(seed)
    slots = lora_slots(base.model, name, LoraOptions(4, 8.0), generator=generator, kind=kind)
    with torch.no_grad():
        for site in slots.sites.values():
            site.B.normal_(std=0.2, generator=generator)
    return slots.frozen()


@pytest.fixture
def bank(merging_base) -> Iterator[Bank]:
    """Two specialists and a trunk."""
    bank = Bank(merging_base.model)
    bank.add(specialist(merging_base, "a", 1))
    bank.add(specialist(merging_base, "b", 2))
    bank.set_trunk(specialist(merging_base, "trunk", 3, kind="trunk"))
    yield bank
    bank.set_trunk(None)
    for name in bank.names:
        bank.remove(name)


@pytest.fixture
def engine(merging_base, bank) -> Engine:
    return Engine(merging_base, bank)


class Asking:
    """Makes requests of one engine."""

    def __init__(self, base: Base, engine: Engine) -> None:
        self.base, self.engine = base, engine

    def __call__(self, specialist: str | None = "a", *, text: str = WEATHER, task: str = "names", **options):
        invocation = tuple(self.base.encode(f"<|task|>{task}<|answer|>"))
        prefix = self.engine.read(self.base.encode(f"<|user|>{text}<|end|>"))
        options = {"grammar": None, "max_tokens": 12, **options}
        return RowRequest(prefix=prefix, specialist=specialist, invocation=invocation, **options)


@pytest.fixture
def ask(merging_base, engine) -> Asking:
    return Asking(merging_base, engine)


@pytest.fixture
def mixed(ask) -> list[RowRequest]:
    """Rows of both specialists and of the base, over two prefixes, free and constrained, short and long."""
    return [
        ask("a"),
        ask("b", task="arguments get_weather", grammar=CITY, max_tokens=40),
        ask(None, text=FLIGHT, max_tokens=7),
        ask("b", text=FLIGHT, task="next", grammar=NAMES, max_tokens=30),
        ask("a", grammar=DEEP, max_tokens=90),
        ask("a", temperature=1.0, top_p=0.9, seed=3),
    ]


def slowly(base: Base, bank: Bank, engine: Engine, request: RowRequest) -> tuple[list[int], float]:
    """The same greedy answer by plain recomputation: one token at a time, the whole sequence again for each."""
    read = [*request.prefix.ids, *request.invocation]
    walk = None if request.grammar is None else engine.grammars.compile(request.grammar).walk()
    written = [] if walk is None else walk.forced()
    logprobs = []
    while len(written) < request.max_tokens and not (walk and walk.ended):
        ids = torch.tensor([[*read, *written]])
        awake = (torch.arange(ids.shape[1]) >= len(request.prefix.ids)).float()[None]
        with torch.no_grad(), bank.playing(bank.field([request.specialist], awake)):
            logits = base.model(ids).logits[:, -1]
        if walk is not None:
            bits = empty_bits(1, logits.shape[1])
            walk.allow(bits[0])
            forbid(logits, bits)
        token = int(logits.argmax())
        logprobs.append(float(logits.log_softmax(1).max()))
        if token in base.end_ids:
            break
        written.append(token)
        if walk is not None:
            walk.take(token)
            written += walk.forced()
    return written[: request.max_tokens], sum(logprobs) / max(len(logprobs), 1)


def finish_all(engine: Engine) -> dict[RowHandle, list[RowEvent]]:
    """All events that are still to come, by row."""
    events: dict[RowHandle, list[RowEvent]] = {}
    while engine.busy:
        for event in engine.step():
            events.setdefault(event.handle, []).append(event)
    return events


def results(events: dict[RowHandle, list[RowEvent]]) -> dict[RowHandle, RowResult]:
    return {handle: own[-1].result for handle, own in events.items()}


def same(one: RowResult, other: RowResult) -> bool:
    return (one.ids, one.text, one.finish) == (other.ids, other.text, other.finish)


class Passes:
    """Counts the forward passes of a model."""

    def __init__(self, model) -> None:
        self.count = 0
        self._hook = model.register_forward_hook(self._add)

    def _add(self, *_passed) -> None:
        self.count += 1

    def remove(self) -> None:
        self._hook.remove()


@pytest.fixture
def passes(engine, merging_base) -> Iterator[Passes]:
    passes = Passes(merging_base.model)
    yield passes
    passes.remove()


def test_the_base_alone_writes_what_generate_writes(merging_base, engine, ask):
    request = ask(None, max_tokens=20)
    ids = torch.tensor([[*request.prefix.ids, *request.invocation]])
    whole = merging_base.model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=20, do_sample=False)
    expected = whole[0, ids.shape[1] :].tolist()
    (result,) = engine.run([request])
    assert [*result.ids, *expected[len(result.ids) :]] == expected
    assert len(result.ids) >= len(expected) - 1


def test_each_row_of_a_mixed_batch_is_what_recomputation_gives(merging_base, bank, engine, mixed):
    for request, result in zip(mixed[:5], engine.run(mixed)[:5], strict=True):
        ids, mean_logprob = slowly(merging_base, bank, engine, request)
        assert list(result.ids) == ids
        assert result.mean_logprob == pytest.approx(mean_logprob, abs=1e-4)


def test_each_row_of_a_mixed_batch_is_what_it_is_alone(engine, mixed):
    together = engine.run(mixed)
    for request, result in zip(mixed, together, strict=True):
        (alone,) = engine.run([request])
        assert same(alone, result)
        assert alone.mean_logprob == pytest.approx(result.mean_logprob, abs=1e-4)


def test_specialists_differ_from_each_other_and_from_the_base(engine, ask):
    texts = {result.ids for result in engine.run([ask("a"), ask("b"), ask(None)])}
    assert len(texts) == 3


def test_rows_that_join_and_leave_change_nothing_for_others(engine, mixed):
    alone = [engine.run([request])[0] for request in mixed]
    handles, events = [], []
    for request in mixed:
        handles.append(engine.start(request))
        events += [*engine.step(), *engine.step()]
    while engine.busy:
        events += engine.step()
    got = {event.handle: event.result for event in events if event.result}
    assert all(same(got[handle], expected) for handle, expected in zip(handles, alone, strict=True))


def test_more_rows_than_fit_wait_in_their_order(merging_base, bank, mixed):
    narrow = Engine(merging_base, bank, max_rows=2)
    alone = [narrow.run([request])[0] for request in mixed]
    handles = [narrow.start(request) for request in mixed]
    assert {event.handle for event in narrow.step()} == set(handles[:2])
    rest = finish_all(narrow)
    assert list(dict.fromkeys([*handles[:2], *rest])) == handles
    assert all(same(rest[handle][-1].result, expected) for handle, expected in zip(handles, alone, strict=True))


def test_fragments_joined_are_the_answer(merging_base, engine, mixed):
    handles = [engine.start(request) for request in mixed]
    events = finish_all(engine)
    for handle in handles:
        result = events[handle][-1].result
        assert "".join(event.text for event in events[handle]) == result.text == merging_base.decode(result.ids)
        assert tuple(token for event in events[handle] for token in event.ids) == result.ids
        assert [event.result for event in events[handle][:-1]] == [None] * (len(events[handle]) - 1)


@pytest.mark.parametrize("schema", [CITY, NAMES, DEEP], ids=["flat", "names", "deep"])
def test_random_weights_write_valid_answers(engine, ask, schema):
    rows = [
        ask(name, grammar=schema, max_tokens=200, temperature=temperature, seed=seed)
        for name in ("a", "b", None)
        for seed, temperature in enumerate((0.0, 1.0, 5.0))
    ]
    for result in engine.run(rows):
        assert result.finish == "stop"
        jsonschema.validate(json.loads(result.text), schema)


def test_forced_tokens_cost_no_pass_of_their_own(engine, ask, passes):
    (result,) = engine.run([ask(grammar=CITY, max_tokens=60)])
    assert result.forced_tokens > 5
    assert passes.count == len(result.ids) - result.forced_tokens


def test_an_answer_without_choice_needs_no_pass(engine, ask, passes):
    (result,) = engine.run([ask(grammar={"const": {"city": "Köln"}})])
    assert (result.text, result.finish) == ('{"city": "Köln"}', "stop")
    assert (passes.count, result.mean_logprob) == (0, 0.0)
    assert result.forced_tokens == len(result.ids)


def test_an_end_token_ends_the_answer_and_is_not_part_of_it(merging_base, engine, ask):
    request = ask(None, max_tokens=30)
    (result,) = engine.run([request])
    third = result.ids[2]
    ending = Engine(replace(merging_base, end_ids=merging_base.end_ids | {third}), Bank(merging_base.model))
    (ended,) = ending.run([request])
    assert (ended.ids, ended.finish) == (result.ids[: result.ids.index(third)], "stop")


def test_the_budget_counts_forced_tokens_too(engine, ask):
    (result,) = engine.run([ask(grammar=CITY, max_tokens=3)])
    assert (len(result.ids), result.finish) == (3, "length")


def test_an_answer_that_is_complete_with_its_last_token_is_complete(engine, ask):
    (whole,) = engine.run([ask(grammar=CITY, max_tokens=60)])
    (exact,) = engine.run([ask(grammar=CITY, max_tokens=len(whole.ids))])
    assert same(whole, exact)


def test_a_stop_text_ends_the_answer_before_it(engine, ask):
    (free,) = engine.run([ask(max_tokens=30)])
    stop = free.text[5:8]
    handle = engine.start(ask(max_tokens=30, stop=("never", stop)))
    events = finish_all(engine)[handle]
    result = events[-1].result
    assert (result.text, result.finish) == (free.text[: free.text.index(stop)], "stop")
    assert "".join(event.text for event in events) == result.text


def test_a_running_row_is_cancelled_and_others_go_on(engine, mixed):
    alone = [engine.run([request])[0] for request in mixed]
    handles = [engine.start(request) for request in mixed]
    engine.step()
    engine.step()
    engine.cancel(handles[1])
    got = results(finish_all(engine))
    assert got[handles[1]].finish == "cancelled"
    assert got[handles[1]].ids == alone[1].ids[: len(got[handles[1]].ids)]
    assert all(same(got[handles[row]], alone[row]) for row in range(len(mixed)) if row != 1)


def test_a_waiting_row_is_cancelled_without_a_pass(merging_base, bank, ask):
    narrow = Engine(merging_base, bank, max_rows=1)
    running, waiting = narrow.start(ask()), narrow.start(ask())
    narrow.cancel(waiting)
    events = narrow.step()
    (ended,) = [event for event in events if event.result]
    assert (ended.handle, ended.result.finish, ended.ids) == (waiting, "cancelled", ())
    assert results(finish_all(narrow))[running].finish == "length"


def test_cancelling_a_row_that_has_ended_changes_nothing(engine, ask):
    handle = engine.start(ask(max_tokens=1))
    assert engine.step()[-1].result.finish == "length"
    engine.cancel(handle)
    assert not engine.busy
    assert engine.step() == []


def test_a_seed_replays_an_answer_alone_and_in_a_batch(engine, ask, mixed):
    drawn = [ask(temperature=2.0, seed=seed, max_tokens=20) for seed in (1, 1, 2)]
    first, again, other = engine.run([*drawn, *mixed])[:3]
    assert same(first, again)
    assert first.ids != other.ids
    assert same(engine.run([drawn[0]])[0], first)


def test_a_prefix_is_read_once_and_its_start_not_again(merging_base, engine, ask):
    ids = merging_base.encode(f"<|user|>{WEATHER}<|end|>")
    prefix = engine.read(ids)
    assert engine.read(list(ids)) is prefix
    longer = [*ids, *merging_base.encode("<|assistant|>Sunny.<|end|><|user|>And tomorrow?<|end|>")]
    assert (engine.cached_tokens(ids), engine.cached_tokens(longer)) == (len(ids), len(ids))
    continued = engine.read(longer)
    with torch.no_grad():
        whole = merging_base.model(torch.tensor([longer]), output_hidden_states=True).hidden_states[-1][0]
    torch.testing.assert_close(continued.hidden, whole, atol=1e-5, rtol=1e-5)


def test_a_prefix_is_the_bases_alone(merging_base, bank, engine, ask):
    ids = merging_base.encode(f"<|user|>{FLIGHT}<|end|>")
    with torch.no_grad():
        own = merging_base.model(torch.tensor([ids]), output_hidden_states=True).hidden_states[-1][0]
    engine.start(ask("a"))
    engine.step()
    assert torch.equal(engine.read(ids).hidden, own)


def test_a_reload_under_the_same_name_uses_no_stale_keys(merging_base, bank, engine, ask):
    request = ask("a", max_tokens=20)
    (before,) = engine.run([request])
    bank.replace(specialist(merging_base, "a", 11))
    (after,) = engine.run([request])
    fresh = Engine(merging_base, bank)
    (expected,) = fresh.run([Asking(merging_base, fresh)("a", max_tokens=20)])
    assert same(after, expected)
    assert before.ids != after.ids
    assert list(after.ids) == slowly(merging_base, bank, engine, request)[0]


@pytest.mark.parametrize("change", ["replace", "remove", "trunk"])
def test_a_row_whose_specialist_changes_while_it_runs_fails_by_name(merging_base, bank, engine, ask, change):
    (alone,) = engine.run([ask(None, max_tokens=20)])
    changed, other = engine.start(ask("a", max_tokens=20)), engine.start(ask(None, max_tokens=20))
    engine.step()
    if change == "replace":
        bank.replace(specialist(merging_base, "a", 11))
    elif change == "remove":
        bank.remove("a")
    else:
        bank.set_trunk(None)
    got = results(finish_all(engine))
    assert got[changed].finish == "failed"
    assert "'a' was replaced or removed" in got[changed].problem
    assert same(got[other], alone)


def overflowing(slots: Slots) -> Slots:
    """Slots of finite numbers whose products are not."""
    huge = {site: FixedSlots(own.A, own.B.sign() * 3e38, own.coefficient) for site, own in slots.sites.items()}
    return Slots(slots.name, slots.kind, huge)


def test_logits_that_are_not_numbers_fail_and_are_not_an_answer(bank, engine, ask):
    bank.replace(overflowing(bank.slots("a")))
    (result,) = engine.run([ask("a")])
    assert (result.finish, result.ids) == ("failed", ())
    assert "not numbers" in result.problem


def test_a_row_that_fails_disturbs_neither_its_neighbours_nor_who_gets_its_slot(bank, engine, ask):
    long = "arguments get_weather"
    rows = [ask("b", task=long), ask(None, max_tokens=20)]
    alone = [engine.run([row])[0] for row in rows]
    bank.replace(overflowing(bank.slots("a")))
    neighbour, failing = engine.start(rows[0]), engine.start(ask("a", task=long))
    assert [event.result.finish for event in engine.step() if event.handle == failing] == ["failed"]
    successor = engine.start(rows[1])
    got = results(finish_all(engine))
    assert same(got[neighbour], alone[0])
    assert same(got[successor], alone[1])


def test_a_row_that_would_not_fit_is_refused_at_the_start(merging_base, engine, ask):
    with pytest.raises(ContextError, match="reads 512"):
        engine.start(ask(max_tokens=500))
    with pytest.raises(ContextError, match="the prompt has 513 tokens"):
        engine.read([20] * 513)
    room = 512 - ask().most_tokens + 12
    assert engine.start(ask(max_tokens=room))


def test_a_specialist_that_is_not_resident_is_refused(engine, ask):
    with pytest.raises(BankError, match="resident: a, b"):
        engine.start(ask("nobody"))


def test_a_grammar_that_cannot_be_enforced_is_refused(engine, ask):
    with pytest.raises(GrammarError, match="uniqueItems"):
        engine.start(ask(grammar={"type": "array", "uniqueItems": True}))


def test_a_prefix_of_another_base_is_refused(engine, ask):
    request = ask()
    with pytest.raises(PromptError, match="not read by"):
        engine.start(replace(request, prefix=replace(request.prefix, fingerprint="another")))


def test_run_starts_all_rows_or_none(engine, ask):
    with pytest.raises(BankError):
        engine.run([ask(), ask("nobody")])
    assert not engine.busy


def test_run_is_for_an_idle_engine(engine, ask):
    engine.start(ask())
    with pytest.raises(EngineError, match="other rows"):
        engine.run([ask()])


def test_milliseconds_are_those_of_the_clock_that_is_given(merging_base, bank, ask):
    times = iter(range(100))
    timed = Engine(merging_base, bank, clock=lambda: float(next(times)))
    (result,) = timed.run([ask(max_tokens=3)])
    assert result.milliseconds == 1000.0


def test_an_engine_without_rows_is_refused(merging_base, bank):
    with pytest.raises(EngineError, match="max_rows"):
        Engine(merging_base, bank, max_rows=0)


def test_a_base_whose_shared_attention_differs_is_refused(base_folder):
    base = Base.load(base_folder)

    def from_zero(_module, args):
        # An architecture that numbers the tokens of every pass itself, whatever positions it is given.
        return args[0], torch.arange(args[1].shape[1])[None]

    base.model.model.rotary_emb.register_forward_pre_hook(from_zero)
    with pytest.raises(AttentionError, match="differ by"):
        Engine(base, Bank(base.model))


@pytest.mark.parametrize(
    ("options", "error", "reason"),
    [
        ({"invocation": ()}, InvocationError, "at least one token"),
        ({"max_tokens": 0}, EngineError, "max_tokens is 0"),
        ({"temperature": -0.1}, EngineError, "temperature is -0.1"),
        ({"top_p": 0.0}, EngineError, "top_p is 0.0"),
        ({"top_p": 1.5}, EngineError, "top_p is 1.5"),
        ({"stop": ("a", "")}, EngineError, "stop text is empty"),
    ],
)
def test_requests_that_make_no_sense_are_refused(ask, options, error, reason):
    with pytest.raises(error, match=reason):
        replace(ask(), **options)
