"""Calls compared strictly, and with free text by its words."""

from comparing import leniently_equal, triples

from divisi.tasks.calling.call import Call
from divisi.tasks.calling.matching import in_any_order, in_order

PARIS, ROME = Call("get_weather", {"city": "Paris"}), Call("get_weather", {"city": "Rome"})


def test_order_counts_only_where_it_is_asked_for():
    assert in_any_order([PARIS, ROME], [ROME, PARIS])
    assert not in_order([PARIS, ROME], [ROME, PARIS])


def test_a_call_made_twice_is_not_a_call_made_once():
    assert not in_any_order([PARIS, PARIS], [PARIS, ROME])
    assert not in_any_order([PARIS, PARIS], [PARIS])


def test_free_text_is_compared_by_its_words_and_other_text_is_not():
    said, meant = "please ship the red box today", "ship the red box today, please"
    assert leniently_equal(Call("f", {"note": said}), Call("f", {"note": meant}))
    assert not leniently_equal(Call("f", {"city": said}), Call("f", {"city": meant}))
    assert not leniently_equal(Call("f", {"note": "come by train"}), Call("f", {"note": meant}))


def test_lenience_forgives_no_argument_that_is_missing():
    assert not leniently_equal(Call("f", {"note": "a"}), Call("f", {"note": "a", "city": "Rome"}))


def test_pairs_are_found_where_the_first_partner_would_be_the_wrong_one():
    short, long = Call("f", {"note": "red box"}), Call("f", {"note": "red box here now"})
    far = Call("f", {"note": "red box here now please do"})
    # `long` fits both true calls, `short` only `long`: pairing them in order would leave one over.
    assert in_any_order([long, short], [long, far], leniently_equal)


def test_values_that_are_equal_share_a_triple():
    one = triples([Call("f", {"n": 2.0, "city": " paris "})])
    assert one == triples([Call("f", {"n": 2, "city": "Paris"})])
