"""What is settled of arguments: asked for, given, or left open."""

from divisi.router.lacking import OPEN, Settled, settled


def test_what_probably_lacks_is_asked_for():
    assert settled({"people": 0.9, "restaurant": 0.1}) == Settled(("people",), given=False)


def test_where_nothing_lacks_all_is_given():
    assert settled({"people": 0.1, "restaurant": 0.2}) == Settled((), given=True)
    assert settled({}).given


def test_between_the_two_nothing_is_settled():
    assert settled({"people": 0.4, "restaurant": 0.1}) == OPEN
