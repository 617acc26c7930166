"""Which ISO code a schema asks for, and which one a text says: of a currency, a country or a language."""

import subprocess
import sys

import pytest
from babel import Locale
from babel.numbers import get_currency_name, get_territory_currencies

from divisi.tasks.calling.code_names import two_letters
from divisi.tasks.calling.codes import code_of, code_wanted, said_codes


def text(description: str = "", **more) -> dict:
    return {"type": "string", "description": description, **more}


@pytest.mark.parametrize(
    ("name", "schema", "kind"),
    [
        ("from_currency", text("The currency to convert from"), "currency"),
        ("baseCurrency", text(), "currency"),
        ("quote", text("ISO 4217 code"), "currency"),
        ("currency", text("ISO code", default="USD"), "currency"),
        ("to", text("Three-letter currency code, e.g. 'USD' or 'EUR'"), "currency"),
        ("currency", text("For example USD for US dollars"), "currency"),
        ("symbols", {"type": "array", "items": text(), "description": "Currencies wanted"}, "currency"),
        ("country", text("Two-letter code"), "country"),
        ("origin", text("ISO 3166-1 alpha-2 code of the country"), "country"),
        ("country_code", text(), "country"),
        ("country", text(pattern="^[A-Z]{2}$"), "country"),
        ("to", text("ISO 639 code"), "language"),
        ("lang", text("Output, e.g. en, fr"), "language"),
        ("language", text(examples=["en", "de"]), "language"),
    ],
)
def test_a_code_is_wanted_where_the_schema_says_or_shows_it(name, schema, kind):
    assert code_wanted(name, schema) == kind


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("country", text()),
        ("country", text("The country (e.g., USA, China, Germany)")),
        ("language", text("Language of the answer, in English")),
        ("currency_name", text("currency")),
        ("currency", text("such as dollar or yen")),
        ("currency", {"type": "number"}),
        ("price", text("Amount with its currency")),
        ("country_code", text("Dialling code, e.g. +44")),
        ("region", text("ISO 3166-2 code")),
        ("iata_code", text("Three-letter code")),
        ("locale", text("e.g. en-US")),
        ("target", text("Language code, e.g. en-US")),
        ("title", text()),
    ],
)
def test_no_code_is_wanted_where_a_name_or_something_else_is(name, schema):
    assert code_wanted(name, schema) is None


@pytest.mark.parametrize(
    ("said", "kind", "code"),
    [
        ("Swiss francs", "currency", "CHF"),
        ("in rands", "currency", "ZAR"),
        ("złoty", "currency", "PLN"),
        ("350 pounds sterling", "currency", "GBP"),
        ("two million Danish kroner", "currency", "DKK"),
        ("Czech crowns", "currency", "CZK"),
        ("Kenya shillings", "currency", "KES"),
        ("55,000 dollars", "currency", "USD"),
        ("€20", "currency", "EUR"),
        ("US$", "currency", "USD"),
        ("usd", "currency", "USD"),
        ("to Kosovo", "country", "XK"),
        ("from North Macedonia", "country", "MK"),
        ("Côte d'Ivoire", "country", "CI"),
        ("Bosnia and Herzegovina", "country", "BA"),
        ("Turkey", "country", "TR"),
        ("U.S.", "country", "US"),
        ("DEU", "country", "DE"),
        ("in French", "language", "fr"),
        ("into Welsh", "language", "cy"),
        ("Brazilian Portuguese", "language", "pt"),
        ("FR", "language", "fr"),
    ],
)
def test_the_code_that_words_say(said, kind, code):
    assert code_of(said, kind) == code


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("krone", "currency"),
        ("euros or dollars", "currency"),
        ("dollars for the rent", "currency"),
        ("all", "currency"),
        ("Try", "currency"),
        ("gold", "currency"),
        ("New Jersey", "country"),
        ("no", "country"),
        ("Ancient Greek", "language"),
        ("", "currency"),
    ],
)
def test_no_code_of_words_that_say_none_or_several_or_more(said, kind):
    assert code_of(said, kind) is None


def test_a_country_has_three_letters_where_the_schema_says_so():
    assert code_of("Kenya", "country", text("ISO 3166-1 alpha-3 code")) == "KEN"
    assert code_of("Kenya", "country", text("Country code, e.g. USA, DEU")) == "KEN"
    assert code_of("Kenya", "country", text("Two-letter code")) == "KE"


@pytest.mark.parametrize(
    ("said", "kind", "places"),
    [
        ("from North Macedonia to Chad", "country", [("North Macedonia", "MK"), ("Chad", "TD")]),
        ("a turkey sandwich in turkey", "country", [("turkey", "TR")]),
        ("between US and FR, not Austin, TX or GA", "country", [("US", "US"), ("FR", "FR"), ("GA", "GA")]),
        ("polish this in polish", "language", [("polish", "pl")]),
        ("$20, 30€, AUD$5, Rs 500", "currency", [("$", "USD"), ("€", "EUR"), ("AUD$", "AUD"), ("Rs", "INR")]),
        ("the real price: he won 3 yen", "currency", [("yen", "JPY")]),
        ("try all 20usd", "currency", [("usd", "USD")]),
        ("Korean won, US\ndollars", "currency", [("Korean won", "KRW"), ("dollars", "USD")]),
        ("yens or eurostar", "currency", [("yens", "JPY")]),
    ],
)
def test_where_a_text_says_a_code(said, kind, places):
    assert [(said[start:end], code) for (start, end), code in said_codes(said, kind).items()] == places


def test_every_currency_that_is_paid_with_is_known_by_its_names():
    locale = Locale("en")
    paid = {code for land in locale.territories for code in get_territory_currencies(str(land), tender=True)}
    names = {get_currency_name(code, count, locale): code for code in paid for count in (None, 1, 2)}
    assert {name: code_of(name, "currency") for name in names} == names


def test_every_country_with_three_letters_is_known_by_its_name():
    shown = Locale("en").territories
    names = {shown[short].replace(" SAR China", ""): short for short in two_letters().values()}
    assert {name: code_of(name, "country") for name in names} == names


def test_babel_is_not_imported_before_a_name_is_asked_for():
    check = "import sys, divisi.tasks.calling.codes; sys.exit('babel' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
