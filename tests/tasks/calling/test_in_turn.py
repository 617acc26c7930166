"""What is told of a call depends on what is told of its neighbours, and of a single call on nothing."""

from itertools import product

import numpy as np

from divisi.tasks.calling.in_turn import _links, in_turn

EDGES = np.array([[0, 1], [2, 3], [2, 4], [5, 6]])
OVERLAPPING = ((EDGES[:, 0, None] < EDGES[:, 1]) & (EDGES[:, 0] < EDGES[:, 1, None])).astype(float)


def test_the_shares_are_those_of_the_sum_over_all_ways() -> None:
    shares = np.random.default_rng(0).dirichlet(np.ones(5), size=3)[:, :4]
    every, links = np.concatenate([shares, 1 - shares.sum(1, keepdims=True)], 1), _links(EDGES, OVERLAPPING)
    slow = np.zeros((3, 5))
    for way in product(range(5), repeat=3):
        weight = np.prod([every[call, place] for call, place in enumerate(way)])
        weight *= links[way[0], way[1]] * links[way[1], way[2]]
        slow[range(3), way] += weight
    np.testing.assert_allclose(in_turn(shares, EDGES, OVERLAPPING), (slow / slow.sum(1, keepdims=True))[:, :4])


def test_two_calls_that_want_the_same_place_have_one_each_in_order() -> None:
    shares = np.array([[0.45, 0.1, 0.0, 0.4], [0.5, 0.05, 0.0, 0.4]])
    assert in_turn(shares, EDGES, OVERLAPPING).argmax(1).tolist() == [0, 3]


def test_one_call_alone_keeps_its_shares() -> None:
    shares = np.array([[0.2, 0.3, 0.1, 0.1]])
    np.testing.assert_allclose(in_turn(shares, EDGES, OVERLAPPING), shares)
