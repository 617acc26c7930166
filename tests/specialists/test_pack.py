"""Packed trees compute what each branch computes alone, and labels point where the loss belongs."""

from itertools import count

import pytest
import torch

from divisi.specialists.branches import leaves
from divisi.specialists.pack import IGNORED, Node, fill_rows, pack, trim

# float32 sums in another order, as other keys stand between those that count; logits are below 20.
TOLERANCE = 1e-4


def ids(start: int, size: int) -> tuple[int, ...]:
    return tuple(range(start, start + size))


def deep_tree() -> Node:
    """root ─┬─ first ─┬─ (answer) and root ─── (answer)."""
    first = Node(ids(40, 5), children=(Node(ids(60, 6), 2, "a"), Node(ids(70, 4), 3, "b")))
    return Node(ids(20, 7), children=(first, Node(ids(80, 5), 1, "a")))


def test_every_branch_in_a_packed_tree_has_the_logits_that_it_has_alone(base):
    tree, other = deep_tree(), Node(ids(100, 3), children=(Node(ids(110, 4), 2, "b"),))
    packed = pack([[other, tree], [tree]], length=48, pad_id=0, prose_weight=0.0)
    with torch.no_grad():
        together = base.model(packed.ids, attention_mask=packed.mask, position_ids=packed.positions).logits
        for row, trees in enumerate(([other, tree], [tree])):
            for before, leaf in (found for one in trees for found in leaves(one)):
                alone = base.model(torch.tensor([before + leaf.ids])).logits[0, len(before) :]
                start = find(packed.ids[row].tolist(), leaf.ids)
                found = together[row, start : start + len(leaf.ids)]
                torch.testing.assert_close(found, alone, rtol=0, atol=TOLERANCE)


def find(tokens: list[int], part: tuple[int, ...]) -> int:
    """Where a part begins; the ids of the test trees occur once."""
    return next(at for at in range(len(tokens)) if tuple(tokens[at : at + len(part)]) == part)


def test_padding_changes_no_logits(base):
    tree = deep_tree()
    short, long = (pack([[tree]], length=length, pad_id=0, prose_weight=0.0) for length in (27, 64))
    with torch.no_grad():
        one, other = (
            base.model(packed.ids, attention_mask=packed.mask, position_ids=packed.positions).logits
            for packed in (short, long)
        )
    torch.testing.assert_close(one, other[:, :27], rtol=0, atol=TOLERANCE)
    assert other.isfinite().all()


def test_a_label_is_the_next_token_of_the_same_node():
    packed = pack([[deep_tree()]], length=32, pad_id=0, prose_weight=0.0)
    assert packed.labels[0, :7].tolist() == [*ids(21, 6), IGNORED]
    assert packed.labels[0, 7:12].tolist() == [*ids(41, 4), IGNORED]
    assert packed.labels[0, 27:].tolist() == [IGNORED] * 5


@pytest.mark.parametrize("prose_weight", [0.0, 0.25])
def test_the_loss_lies_on_answers_from_the_token_before_them(prose_weight):
    tree = Node(ids(20, 3), children=(Node(ids(30, 5), answer_from=2, specialist="a"),))
    packed = pack([[tree]], length=10, pad_id=0, prose_weight=prose_weight)
    p = prose_weight
    assert packed.weights[0].tolist() == [p, p, 0, p, 1, 1, 1, 0, 0, 0]
    assert packed.labels[0, 4:7].tolist() == [32, 33, 34]


def test_specialists_are_those_of_the_nodes_and_padding_has_none():
    tree = Node(ids(20, 2), children=(Node(ids(30, 2), 1, "a"), Node(ids(40, 1), 0, "b")))
    packed = pack([[tree]], length=7, pad_id=0, prose_weight=0.0)
    assert packed.specialists == ((None, None, "a", "a", "b", None, None),)


def test_positions_restart_behind_the_parent():
    packed = pack([[deep_tree()]], length=29, pad_id=0, prose_weight=0.0)
    assert packed.positions[0].tolist() == [
        *range(7),
        *range(7, 12),
        *range(12, 18),
        *range(12, 16),
        *range(7, 12),
        0,
        1,
    ]


def test_trees_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="27 tokens do not fit into a sequence of 20"):
        pack([[deep_tree()]], length=20, pad_id=0, prose_weight=0.0)


def test_trim_keeps_whole_branches_that_fit():
    tree = deep_tree()
    assert trim(tree, 27) is tree
    assert trim(tree, 26) == Node(tree.ids, children=(tree.children[0],))
    kept = trim(tree, 21)
    assert kept is not None
    assert [leaf.ids for _, leaf in leaves(kept)] == [ids(60, 6)]
    assert trim(tree, 11) is None


def test_fill_rows_fills_every_row_up_to_its_length():
    trees = (Node(ids(20 + number % 7, 9 + number % 5)) for number in count())
    rows = fill_rows(trees, [], rows=3, length=64)
    sizes = [sum(tree.size_tokens for tree in row) for row in rows]
    assert len(rows) == 3
    assert all(48 <= size <= 64 for size in sizes)


def test_fill_rows_loses_no_tree_that_fits_into_a_row():
    trees = [Node(ids(20 + number % 7, 9 + 5 * (number % 7))) for number in range(40)]
    waiting: list[Node] = []
    stream = iter(trees)
    rows = [row for _ in range(4) for row in fill_rows(stream, waiting, rows=2, length=64)]
    left = [*waiting, *stream]
    assert sorted(tree.size_tokens for row in (*rows, left) for tree in row) == sorted(t.size_tokens for t in trees)


def test_fill_rows_cuts_a_tree_that_is_longer_than_a_row_to_its_first_branches():
    rows = fill_rows(iter([deep_tree()] * 9), [], rows=1, length=22)
    assert rows[0][0] == trim(deep_tree(), 22)


def test_an_empty_root_shifts_nothing() -> None:
    branch = Node((5, 6, 7), answer_from=1)
    packed = pack([[Node((), children=(branch,))]], length=4, pad_id=0, prose_weight=0.5)
    assert packed.ids.tolist() == [[5, 6, 7, 0]]
    assert packed.labels.tolist() == [[6, 7, IGNORED, IGNORED]]
    assert packed.weights.tolist() == [[1.0, 1.0, 0.0, 0.0]]
    assert packed.positions.tolist() == [[0, 1, 2, 0]]
