"""Several candidates, one answer."""

import pytest

from divisi.router.request import AnswerCall
from divisi.router.select import Candidate, choose, overlap

PARIS, ROME = AnswerCall("get_weather", {"city": "Paris"}), AnswerCall("get_weather", {"city": "Rome"})


def candidate(*calls, problems=(), mean_logprob=-1.0):
    return Candidate("names", calls, problems, mean_logprob)


def test_what_passed_its_checks_wins_over_what_is_likelier():
    sound, likely = candidate(PARIS), candidate(ROME, problems=("no evidence",), mean_logprob=-0.1)
    assert choose([likely, sound]) is sound


def test_what_others_agree_with_wins_over_what_is_likelier():
    one, other, likely = candidate(PARIS), candidate(PARIS), candidate(ROME, mean_logprob=-0.1)
    assert choose([likely, one, other]) is one


def test_candidates_with_problems_have_no_vote():
    one, other = candidate(PARIS, problems=("x",)), candidate(PARIS, problems=("x",))
    sound = candidate(ROME, mean_logprob=-5)
    assert choose([one, other, sound]) is sound


def test_else_the_likelier_wins_and_then_the_earlier():
    assert choose([candidate(PARIS), likely := candidate(ROME, mean_logprob=-0.1)]) is likely
    assert choose([first := candidate(PARIS), candidate(ROME)]) is first


@pytest.mark.parametrize(
    ("ones", "others", "expected"),
    [
        ([], [], 1.0),
        ([PARIS], [], 0.0),
        ([PARIS, ROME], [ROME, PARIS], 1.0),
        ([PARIS, PARIS], [PARIS], 2 / 3),
        ([AnswerCall("get_weather", {"city": "paris "})], [PARIS], 1.0),
    ],
)
def test_overlap(ones, others, expected):
    assert overlap(ones, others) == pytest.approx(expected)
