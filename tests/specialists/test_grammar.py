"""A grammar allows exactly the texts of its schema, in one spelling, and refuses what it cannot enforce."""

import json

import jsonschema
import pytest
import torch

from divisi.specialists.errors import GrammarError
from divisi.specialists.grammar import Grammars, Walk, empty_bits, forbid
from divisi.specialists.vocabulary import Vocabulary


def closed(properties: dict, **keywords: object) -> dict:
    """An object in which every property is required and no other is allowed."""
    required = {"required": list(properties), "additionalProperties": False}
    return {"type": "object", "properties": properties, **required, **keywords}


CITY = closed({"city": {"type": "string", "maxLength": 8}, "days": {"type": "integer", "minimum": 1, "maximum": 30}})
REFERENCE = {"type": "string", "pattern": r"^\$var_[0-9]{1,2}\.[a-z]{1,6}\$$"}
SCHEMAS = {
    "names": {"type": "array", "items": {"enum": ["get_weather", "book", "köln"]}, "maxItems": 4},
    "arguments": CITY,
    "nested": closed(
        {
            "name": {"const": "f"},
            "arguments": closed({"who": closed({"id": {"type": "integer", "maximum": 99}}), "on": {"type": "boolean"}}),
            "tags": {"type": "array", "items": {"type": "string", "maxLength": 3}, "maxItems": 2},
        }
    ),
    "unicode": closed({"straße": {"enum": ["東京", 'a "b"', "naïve", "\\"]}, "🎻": {"type": "null"}}),
    "optional": {**CITY, "required": ["days"]},
    "calls": {
        "type": "array",
        "maxItems": 2,
        "items": {"anyOf": [closed({"name": {"const": name}, "arguments": CITY}) for name in ("f", "g")]},
    },
    "references": closed({"x": {"anyOf": [{"type": "integer", "minimum": 0, "maximum": 9}, REFERENCE]}}),
    "definitions": {**closed({"at": {"$ref": "#/$defs/p"}}), "$defs": {"p": {"type": "string", "format": "date"}}},
    "next": {"anyOf": [closed({"name": {"const": "f"}, "arguments": closed({})}), {"const": "done"}]},
}


@pytest.fixture(scope="module", params=["base", "merging_base"])
def vocabulary(request) -> Vocabulary:
    """One token a byte, and tokens of several characters."""
    return Vocabulary(request.getfixturevalue(request.param))


def allowed(walk: Walk, vocabulary: Vocabulary) -> list[int]:
    bits, logits = empty_bits(1, vocabulary.size), torch.zeros(1, vocabulary.size)
    walk.allow(bits[0])
    forbid(logits, bits)
    return logits[0].isfinite().nonzero().flatten().tolist()


def write(walk: Walk, vocabulary: Vocabulary, text: str) -> None:
    for token in vocabulary.tokens.tokenize_str(text):
        walk.take(token)


def at_random(walk: Walk, vocabulary: Vocabulary, generator: torch.Generator) -> str:
    """A text of the grammar, each choice as likely as the others."""
    tokens = walk.forced()
    while not walk.ended:
        choices = allowed(walk, vocabulary)
        token = choices[int(torch.randint(len(choices), (1,), generator=generator))]
        if token in vocabulary.end_ids:
            break
        walk.take(token)
        tokens += [token, *walk.forced()]
    return b"".join(map(vocabulary.text_bytes, tokens)).decode()


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_text_validates_and_is_spelled_canonically(vocabulary, name):
    grammar = Grammars(vocabulary).compile(SCHEMAS[name])
    generator = torch.Generator().manual_seed(0)
    for _ in range(8):
        text = at_random(grammar.walk(), vocabulary, generator)
        value = json.loads(text)
        jsonschema.validate(value, SCHEMAS[name], format_checker=jsonschema.FormatChecker())
        # A string may be spelled in more than one way (an escaped control character), so that spaces are compared.
        assert json.dumps(value, ensure_ascii=False).count(" ") == text.count(" ")


def test_properties_follow_the_order_of_the_schema(vocabulary):
    walk = Grammars(vocabulary).compile(SCHEMAS["arguments"]).walk()
    with pytest.raises(GrammarError, match="cannot follow"):
        write(walk, vocabulary, '{"days": 3')


@pytest.mark.parametrize("text", ['{"city":"a"', '{ "city"', '{"city": "a","days"'])
def test_white_space_has_one_spelling(vocabulary, text):
    walk = Grammars(vocabulary).compile(SCHEMAS["arguments"]).walk()
    with pytest.raises(GrammarError, match="cannot follow"):
        write(walk, vocabulary, text)


@pytest.mark.parametrize(
    ("schema", "keyword"),
    [
        ({"type": "array", "uniqueItems": True}, "uniqueItems"),
        (closed({"a": {"not": {"type": "string"}}}), "not"),
        ({"type": "array", "contains": {"const": 1}}, "contains"),
        ({"type": "object", "dependentRequired": {"a": ["b"]}}, "dependentRequired"),
        ({"type": "object", "propertyNames": {"pattern": "^a"}}, "propertyNames"),
        ({"if": {"type": "string"}, "then": {"minLength": 1}}, "if"),
        ({"oneOf": [{"type": "integer"}, {"type": "number"}]}, "oneOf"),
        ({"type": "string", "format": "colour"}, "colour"),
        ({"type": "string", "pattern": "(?=a)b"}, "look-around"),
        ({"type": "dict"}, "dict"),
        ({"$ref": "http://example.org/schema"}, "http://example.org/schema"),
        (closed({"a": {"type": "integer", "divisibleBy": 3}}), "divisibleBy"),
        ({"type": "integer", "minimum": 5, "maximum": 3}, "minimum"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_enforced_is_refused_by_name(vocabulary, schema, keyword):
    with pytest.raises(GrammarError, match=keyword):
        Grammars(vocabulary).compile(schema)


def test_a_schema_cannot_loosen_the_grammar(vocabulary):
    loose = {"lenient": True, "whitespace_flexible": True, "whitespace_pattern": " *", "key_separator": ":"}
    grammars = Grammars(vocabulary)
    with pytest.raises(GrammarError, match="uniqueItems"):
        grammars.compile({"type": "array", "uniqueItems": True, "x-guidance": loose})
    walk = grammars.compile({**CITY, "x-guidance": loose}).walk()
    with pytest.raises(GrammarError, match="cannot follow"):
        write(walk, vocabulary, '{"city":"')


def test_a_property_may_be_named_like_a_keyword(vocabulary):
    walk = Grammars(vocabulary).compile(closed({"extends": {"const": 1}, "not": {"enum": [{"disallow": 2}]}})).walk()
    write(walk, vocabulary, '{"extends": 1, "not": {"disallow": 2}}')
    assert walk.ended


def test_text_without_choice_is_forced(vocabulary):
    walk = Grammars(vocabulary).compile(closed({"city": {"const": "Paris"}})).walk()
    tokens = walk.forced()
    assert walk.ended
    assert b"".join(map(vocabulary.text_bytes, tokens)) == b'{"city": "Paris"}'


def test_forced_tokens_are_the_tokenizers_own(vocabulary):
    text = '{"city": "Paris", "days": 3}'
    walk = Grammars(vocabulary).compile(CITY).walk()
    forced = walk.forced()
    assert forced
    assert vocabulary.tokens.tokenize_str(text)[: len(forced)] == forced


def test_a_complete_text_ends_at_once_and_allows_only_the_end(vocabulary):
    walk = Grammars(vocabulary).compile(CITY).walk()
    write(walk, vocabulary, '{"city": "Rome", "days": 3')
    assert not walk.ended
    write(walk, vocabulary, "}")
    assert walk.ended
    assert set(allowed(walk, vocabulary)) == vocabulary.end_ids


def test_a_complete_text_that_could_go_on_allows_the_end_too(vocabulary):
    walk = Grammars(vocabulary).compile({"type": "integer"}).walk()
    assert not vocabulary.end_ids & set(allowed(walk, vocabulary))
    write(walk, vocabulary, "1")
    assert not walk.ended
    assert vocabulary.end_ids < set(allowed(walk, vocabulary))


def test_walks_of_one_grammar_do_not_touch_each_other(vocabulary):
    grammar = Grammars(vocabulary).compile(CITY)
    first, second = grammar.walk(), grammar.walk()
    before = allowed(second, vocabulary)
    write(first, vocabulary, '{"city": "Rome", "days": 3}')
    assert allowed(second, vocabulary) == before


def test_a_schema_is_compiled_once(vocabulary):
    grammars = Grammars(vocabulary)
    assert grammars.compile(CITY) is grammars.compile(json.loads(json.dumps(CITY)))
    turned = {**CITY, "properties": dict(reversed(CITY["properties"].items()))}
    assert grammars.compile(turned) is not grammars.compile(CITY)


def test_the_least_recently_used_grammar_is_dropped(vocabulary):
    grammars = Grammars(vocabulary, limit=2)
    first, second = grammars.compile({"const": 1}), grammars.compile({"const": 2})
    assert grammars.compile({"const": 1}) is first
    grammars.compile({"const": 3})
    assert len(grammars) == 2
    assert grammars.compile({"const": 1}) is first
    assert grammars.compile({"const": 2}) is not second


def test_forbidding_follows_the_bits():
    logits = torch.zeros(2, 70)
    bits = empty_bits(2, 70)
    bits[0] = torch.tensor([0b101, -(2**31), 0b100000], dtype=torch.int32)
    forbid(logits, bits)
    assert logits[0].isfinite().nonzero().flatten().tolist() == [0, 2, 63, 69]
    assert logits[1].isfinite().all()
