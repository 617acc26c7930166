"""Names of the currencies, countries and languages, each with its ISO code.

Source: Babel (CLDR, https://cldr.unicode.org); own words only where CLDR has none. Babel is read when first asked.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

Names = dict[str, str]
"""Plain words, with a space between them -> code; "" for what is none though a part of it would be."""
PIECE = re.compile(r"(?:(?<![^\W\d_])[A-Z]{1,3})?[$€£¥₡₦₩₪₫₭₮₱₲₴₵₸₹₺₼₽₾₿฿]|[^\W\d_]+|\d(?:[\d.,]*\d)?|&")
"""A sign of a currency, a word or a number."""
SAME = {"&": "and", "st": "saint"}
UNACCENTED = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "ʻ": "'", "’": "'"})

BEST_KNOWN = {
    **dict.fromkeys(("dollar", "dollars", "buck", "bucks"), "USD"),
    **dict.fromkeys(("pound", "pounds", "quid", "sterling"), "GBP"),
    **dict.fromkeys(("franc", "francs"), "CHF"),
    **dict.fromkeys(("krona", "kronor"), "SEK"),
    **dict.fromkeys(("peso", "pesos"), "MXN"),
    **dict.fromkeys(("rupee", "rupees", "rs"), "INR"),
    **dict.fromkeys(("ruble", "rubles", "rouble", "roubles"), "RUB"),
    **dict.fromkeys(("dirham", "dirhams"), "AED"),
    **dict.fromkeys(("riyal", "riyals"), "SAR"),
    **dict.fromkeys(("shilling", "shillings"), "KES"),
    **dict.fromkeys(("leu", "lei"), "RON"),
    "won": "KRW",
}
"""Who says these words alone means the most traded of several; "krone", "dinar" and "crowns" have no such."""
FAMILIES = tuple(
    frozenset(forms.split())
    for forms in (
        "krone kroner krones krona kronor kronas kronur koruna korunas koruny korun crown crowns",
        "ruble rubles rouble roubles",
        "rial rials riyal riyals",
        "yuan yuans renminbi",
        "lek leks leke",
        "leu leus lei",
        "lev levs leva",
        "real reals reais",
        "hryvnia hryvnias hryvnya hryvnyas",
        "zloty zlotys zloties zlote zlotych",
        "boliviano bolivianos",
        "bolivar bolivars bolivares",
        "colon colons colones",
    )
)
"""Forms of one noun that people write for each other: "Swedish kroner", "Czech crowns"."""
CURRENCIES = {
    **dict.fromkeys(("pound sterling", "pounds sterling", "sterling pounds", "english pounds", "uk pounds"), "GBP"),
    **dict.fromkeys(("american dollar", "american dollars", "u s dollar", "u s dollars"), "USD"),
    **dict.fromkeys(("aussie dollar", "aussie dollars"), "AUD"),
    **dict.fromkeys(("guyanese dollar", "guyanese dollars"), "GYD"),
    **dict.fromkeys(("emirati dirham", "emirati dirhams"), "AED"),
    **dict.fromkeys(("renminbi", "rmb"), "CNY"),
    **dict.fromkeys(("rouble", "roubles"), "RUB"),
    **dict.fromkeys(("reais",), "BRL"),
    **dict.fromkeys(("zloties", "zlote", "zlotych", "zl"), "PLN"),
    **dict.fromkeys(("koruny", "korun", "kc"), "CZK"),
    **dict.fromkeys(("colones",), "CRC"),
    **dict.fromkeys(("bolivares",), "VES"),
    "korean won": "KRW",
    "sterling silver": "",
    "kyrgyz som": "KGS",
    "uzbek som": "UZS",
}
SIGNS = {
    "US$": "USD",
    "C$": "CAD",
    "S$": "SGD",
    "AU$": "AUD",
    "₺": "TRY",
    "₽": "RUB",
    "₴": "UAH",
    "₦": "NGN",
    "฿": "THB",
    "₸": "KZT",
    "₾": "GEL",
    "₵": "GHS",
    "₡": "CRC",
    "₲": "PYG",
    "₼": "AZN",
    "₭": "LAK",
    "₮": "MNT",
}
"""CLDR's English signs leave out those that English texts hardly have."""
COUNTRIES = {
    **dict.fromkeys(("uk", "u k", "britain", "great britain", "england", "scotland", "wales"), "GB"),
    "northern ireland": "GB",
    **dict.fromkeys(("usa", "u s a", "u s", "america", "united states of america", "the states"), "US"),
    **dict.fromkeys(("uae", "u a e", "emirates"), "AE"),
    **dict.fromkeys(("republic of ireland", "eire"), "IE"),
    **dict.fromkeys(("dr congo", "drc", "democratic republic of congo", "democratic republic of the congo"), "CD"),
    **dict.fromkeys(("congo republic", "republic of congo", "republic of the congo"), "CG"),
    **dict.fromkeys(("russian federation",), "RU"),
    **dict.fromkeys(("palestine",), "PS"),
    **dict.fromkeys(("bosnia", "bosnia herzegovina"), "BA"),
    **dict.fromkeys(("trinidad",), "TT"),
    **dict.fromkeys(("antigua",), "AG"),
    **dict.fromkeys(("macedonia",), "MK"),
    **dict.fromkeys(("vatican", "holy see"), "VA"),
    **dict.fromkeys(("aland",), "AX"),
    "turkey": "TR",
    "czech republic": "CZ",
    "holland": "NL",
    "ivory coast": "CI",
    "swaziland": "SZ",
    "cabo verde": "CV",
    "east timor": "TL",
    "korea": "KR",
    "republic of korea": "KR",
    "the gambia": "GM",
    "macau": "MO",
    "viet nam": "VN",
    **dict.fromkeys(("new jersey", "new mexico", "new england", "new south wales", "gulf of mexico"), ""),
    **dict.fromkeys(("latin america", "south america", "north america", "central america"), ""),
}
"""Older names, short ones, and places that are no country though a part of their name is."""
LANGUAGES = {
    "mandarin": "zh",
    "mandarin chinese": "zh",
    "farsi": "fa",
    "bengali": "bn",
    "castilian": "es",
    "filipino": "tl",
    "slovene": "sl",
    "sinhalese": "si",
    "frisian": "fy",
    "oriya": "or",
    "uighur": "ug",
    "chichewa": "ny",
    "sesotho": "st",
    "setswana": "tn",
    "isizulu": "zu",
    "isixhosa": "xh",
    "kirghiz": "ky",
    "bahasa indonesia": "id",
    "bahasa melayu": "ms",
    "valencian": "ca",
    "brazilian": "pt",
}
_RESERVED = "AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ"
NO_COUNTRIES = frozenset(_RESERVED.split())
"""Codes of CLDR's territories that ISO 3166 reserves or leaves out."""
_WITHDRAWN = "BUR DDR FXX TMP YMD ZAR"
WITHDRAWN = frozenset(_WITHDRAWN.split())
"""Codes of three letters that countries had before."""
_NO_CURRENCY = "gold golds mark marks colon colons cordoba cordobas"
NO_CURRENCY = frozenset(_NO_CURRENCY.split())
"""Nouns that mean something else where no adjective stands before them."""
_ORDINARY = "real reals won sol dram drams kip kips lev lei rs zl kc polish turkey chad"
ORDINARY = frozenset(_ORDINARY.split())
"""Names that are words of everyday's English, or short forms of many things."""
_AMBIGUOUS = """
    all amd bam bob bsd cop cup gel lak mad mop pen php ron rub sos top try
    ai am as at be by do he hi id in io is it la ma me mi my no of on or pa pm so to tv us
"""
AMBIGUOUS = frozenset(_AMBIGUOUS.split())
"""Codes that are words of everyday's English in small letters."""


@lru_cache(maxsize=3)
def names_of(kind: str) -> Names:
    """Every name of a kind, "currency", "country" or "language", with its code."""
    return {"currency": _currencies, "country": _countries, "language": _languages}[kind]()


@lru_cache(maxsize=3)
def codes_of(kind: str) -> frozenset[str]:
    """Every code of a kind: of currencies in capitals, of languages in small letters."""
    return frozenset(names_of(kind).values()) - {""}


@lru_cache(maxsize=3)
def longest_of(kind: str) -> dict[str, int]:
    """First word -> the most words of a name that begins with it."""
    longest: dict[str, int] = {}
    for name in names_of(kind):
        first, *rest = name.split()
        longest[first] = max(longest.get(first, 0), 1 + len(rest))
    return longest


@lru_cache(maxsize=1)
def signs_of() -> Names:
    """Sign -> currency: "€", "A$"."""
    from babel import Locale

    signs = {sign: code for code, sign in Locale("en").currency_symbols.items() if not sign[-1].isalpha()}
    return {**signs, **SIGNS}


@lru_cache(maxsize=1)
def two_letters() -> Names:
    """A country's code of three letters -> of two."""
    from babel.core import get_global

    aliases = get_global("territory_aliases")
    codes = codes_of("country")
    known = {long: short for long, (short, *more) in aliases.items() if len(long) == 3 and not more and short in codes}
    return {long: short for long, short in known.items() if long.isalpha() and long not in WITHDRAWN}


@lru_cache(maxsize=1)
def three_letters() -> Names:
    """A country's code of two letters -> of three."""
    return {short: long for long, short in two_letters().items()}


def _countries() -> Names:
    from babel import Locale

    names: Names = {}
    for code, name in Locale("en").territories.items():
        if code.isalpha() and len(code) == 2 and code not in NO_COUNTRIES:
            shown = name.replace(" SAR China", "")
            names.update((key_of(part), code) for part in (shown, *re.split(r" ?[()]", shown)) if part)
    return {**names, **COUNTRIES}


def _languages() -> Names:
    """Also the names of languages without a code of two letters, with none: "Ancient Greek" is not Greek."""
    from babel import Locale

    names: Names = {}
    for tag, name in Locale("en").languages.items():
        code = tag.split("_")[0]
        names[key_of(re.sub(r" ?\(.*", "", name))] = code if len(code) == 2 else ""
    return {**names, **LANGUAGES}


def _currencies() -> Names:
    """The names of the currencies that are paid with today, with the country instead of the adjective, and alone."""
    from babel import Locale
    from babel.numbers import get_currency_name, get_territory_currencies

    locale = Locale("en")
    paid = {code: get_territory_currencies(code, tender=True) for code in map(str, locale.territories)}
    names: Names = {}
    nouns: dict[str, set[str]] = {}
    for code in sorted({code for codes in paid.values() for code in codes}):
        shown = (get_currency_name(code, count, locale) for count in (None, 1, 2))
        for *adjective, noun in (key_of(name).split() for name in shown):
            for form in _forms(noun):
                kinds = (adjective, [word for word in adjective if word not in ("new", "convertible")])
                names.update((" ".join((*kind, form)), code) for kind in kinds if kind)
            for form in (noun, f"{noun}s"):
                nouns.setdefault(form, set()).add(code)
    alone = {noun: next(iter(codes)) for noun, codes in nouns.items() if len(codes) == 1 and noun not in NO_CURRENCY}
    return {**_of_countries(paid, names), **names, **alone, **BEST_KNOWN, **CURRENCIES}


def _of_countries(paid: Mapping[str, Sequence[str]], names: Names) -> Names:
    """ "Kenya shillings" beside "Kenyan shillings"."""
    nouns: dict[str, set[str]] = {}
    for name, code in names.items():
        nouns.setdefault(code, set()).add(name.split()[-1])
    own = {country: codes[-1] for country, codes in paid.items() if codes}
    countries = ((name, own[code]) for name, code in names_of("country").items() if code in own)
    return {f"{name} {noun}": code for name, code in countries for noun in nouns.get(code, ())}


def _forms(noun: str) -> frozenset[str]:
    """The forms of a currency's noun: "krone", "kroner", "krones", "crowns"."""
    return frozenset((noun, f"{noun}s")).union(*(family for family in FAMILIES if noun in family))


@lru_cache(maxsize=4096)
def plain(word: str) -> str:
    """A word in small letters without accents."""
    small = word.lower()
    if not small.isascii():
        parts = unicodedata.normalize("NFKD", small.translate(UNACCENTED))
        small = "".join(part for part in parts if not unicodedata.combining(part))
    return SAME.get(small, small)


def key_of(text: str) -> str:
    """A name's plain words; "" of a text with a number or a sign in it."""
    words = PIECE.findall(text.translate(UNACCENTED))
    return " ".join(map(plain, words)) if all(word[-1].isalpha() or word == "&" for word in words) else ""
