"""What the states of a batch must point at is found in its tokens."""

from collections.abc import Callable
from dataclasses import replace

from divisi.specialists.embedded.choices import KINDS, Finder, Matches
from divisi.specialists.embedded.script import Script
from divisi.specialists.pack import Packed, pack, trim
from divisi.tasks.calling.call import Call
from divisi.tasks.calling.dialogue import Asked

Packing = Callable[..., Packed]
Asking = Callable[..., Asked]


def shown(script: Script, packed: Packed, matches: Matches, number: int) -> tuple[str, list[str]]:
    """The text up to a query, and the texts that begin where it must point; "" is nothing."""
    ids = packed.ids.flatten().tolist()
    query = int(matches.queries[number])
    right = matches.right[number].nonzero().flatten().tolist()
    places = [int(matches.keys[number, column - 1]) for column in right if column]
    targets = [script.tokenizer.decode(ids[place : place + 12]) for place in places]
    return script.tokenizer.decode(ids[: query + 1]), targets if places else [""]


def test_a_request_points_at_the_repeated_name_of_its_tool(
    script: Script, finder: Finder, packed_of: Packing, asking: Asking
) -> None:
    packed = packed_of(asking("weather of Paris", Call("get_weather", {"city": "Paris"})))
    choices = finder.find(packed)
    before, targets = shown(script, packed, choices.asked, 0)
    assert before.endswith("weather of Paris<|end|>")
    assert [target.startswith("get_weather<|end|>") for target in targets] == [True]


def test_each_token_that_tells_names_apart_is_a_choice(
    script: Script, finder: Finder, packed_of: Packing, asking: Asking
) -> None:
    packed = packed_of(asking("weather of Paris", Call("get_weather", {"city": "Paris"})))
    named = finder.find(packed).named
    befores = [shown(script, packed, named, number)[0] for number in range(len(named.queries))]
    answer = befores[0]
    assert answer.endswith(") names<|answer|>")
    assert befores[1].removeprefix(answer) == '["'
    assert named.offered.sum(-1).tolist()[:2] == [3, 3]
    # Behind "get_" two tools are left, and which of them is right is told by what follows.
    assert befores[-1].removeprefix(answer).startswith('["get')
    assert int(named.offered[-1].sum()) == 2


def test_where_no_tool_fits_the_request_points_at_nothing(finder: Finder, packed_of: Packing, asking: Asking) -> None:
    choices = finder.find(packed_of(asking("sing a song", kind="none")))
    assert choices.asked.right[0].tolist() == [1, 0, 0, 0]
    assert choices.named.right[0].tolist() == [1, 0, 0, 0]
    assert [KINDS[number] for number in choices.kinds.tolist()] == ["none"]


def test_a_value_points_at_where_it_is_said_however_it_is_spelled(
    script: Script, finder: Finder, packed_of: Packing, asking: Asking
) -> None:
    packed = packed_of(asking("3 days of paris please", Call("get_weather", {"city": "Paris", "days": 3})))
    copied = finder.find(packed).copied
    found = [shown(script, packed, copied, number) for number in range(len(copied.queries))]
    assert any(before.endswith('{"city": "') and any("paris" in target for target in said) for before, said in found)
    assert any(before.endswith('"days": ') and any(target.startswith("3") for target in said) for before, said in found)


def test_a_parameter_points_at_the_invocation(
    script: Script, finder: Finder, packed_of: Packing, asking: Asking
) -> None:
    packed = packed_of(asking("weather please", Call("get_weather", {"city": "Oslo"})))
    copied = finder.find(packed).copied
    # What nobody said is no choice, nor is a parameter where no invocation names it.
    ((before, targets),) = [shown(script, packed, copied, number) for number in range(len(copied.queries))]
    assert before.endswith('arguments<|answer|>{"')
    assert [target.startswith('city"*, "days"} arguments') for target in targets] == [True]


def test_kinds_are_told_by_the_lists_that_answer(finder: Finder, packed_of: Packing, asking: Asking) -> None:
    two = (Call("get_weather", {"city": "Paris"}), Call("get_city", {"city": "Paris"}))
    for kind, expected in (("single", "single"), ("parallel", "parallel"), ("chain", "chaining")):
        calls = two[:1] if kind == "single" else two
        choices = finder.find(packed_of(asking("paris", *calls, kind=kind)))
        assert [KINDS[number] for number in choices.kinds.tolist()] == [expected]


def test_a_trimmed_conversation_keeps_its_kind(script: Script, finder: Finder, asking: Asking) -> None:
    (tree,) = script.conversations([asking("paris", Call("get_weather", {"city": "Paris"}))])
    shorter = trim(tree, tree.size_tokens - 1)
    assert shorter is not None
    packed = pack([[shorter]], length=tree.size_tokens, pad_id=0, prose_weight=0.1)
    assert [KINDS[number] for number in finder.find(packed).kinds.tolist()] == ["single"]


def test_names_alone_tell_no_kind(script: Script, finder: Finder, asking: Asking) -> None:
    (tree,) = script.conversations([asking("sing a song", kind="none")])
    (request,) = tree.children
    alone = replace(tree, children=(replace(request, children=request.children[:1]),))
    packed = pack([[alone]], length=tree.size_tokens, pad_id=0, prose_weight=0.1)
    choices = finder.find(packed)
    assert (len(choices.asked.queries), len(choices.kinds)) == (1, 0)
