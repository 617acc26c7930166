"""Pieces: the words, numbers, addresses, paths and signs that a text is made of, and which of them are common."""

import re

Piece = tuple[str, int, int]
"""A quotation, an address, a path, a number, a word or one sign of a text, with its begin and end."""
_COMMON = """
    a an the my your his her our their its this that these those i you he she it we they me him us them is are was
    were be been am do does did can could will would shall should may might must have has had and or but if then so
    to from in on at for of with by about into as please want need like get give tell show find let know what which
    who where when how much many there here not no yes also just some any all more very really up out i'm i'd i'll
    it's what's let's could i've 's ’s
"""
COMMON = frozenset(_COMMON.split())
PIECE = re.compile(
    r"\"[^\"]+\"|“[^”]+”|'[^' ][^']*[^' ]'(?!\w)|(?<!\w)'[^' ]'(?!\w)"
    r"|https?://[^\s,]*[\w/]|[\w.+-]+@[\w-]+\.[\w.]*\w"
    r"|(?<![\w/.])/(?:[\w.&+@-]+/)*[\w.&+@-]*[^\W\d_][\w&+@-]*(?:\.\w+)*/?|(?<!\w)\*\.\w+"
    r"|\+\d{1,3}[ \d()-]{5,}\d(?!\w)"
    r"|\d{4}-\d{1,2}-\d{1,2}(?:T[\d:]+Z?)?(?!\w)|\d{1,2}[./]\d{1,2}[./]\d{2,4}(?!\w)"
    r"|(?<![\w.)\]])[-−]\d+(?:[.,]\d+)*%?(?![\w-])"
    r"|\d+(?:\.\d+)?e[+-]?\d+(?!\w)"
    r"|(?<!\w)\d+(?=(?:,\d{1,2}){2,}(?!\w))|(?<=\d,)\d+(?=,|(?!\w))"
    r"|[$€£#@]?\d[\d,.:]*\d%?(?!\w)|[$€£#@]?\d%?(?!\w)"
    r"|\d+(?:[.,]\d+)?(?=(?:kg|g|km|cm|mm|l|ml|h|min|kwh|kw|w|v|gb|mb|px|pm|am|eur|usd|x)\b)"
    r"|(?<!\w)[1-9]\d*(?:[.,]\d+)?(?=[x×][1-9])|(?<=\d)[x×](?=[1-9])|(?<=\d[x×])\d+(?:[.,]\d+)?(?=[x×]|\b)"
    r"|\b(?:dr|mr|mrs|ms|prof|st|mt|ft|jr|sr)\.(?=\s\w)|(?<=\w )(?-i:[A-Z])\.(?= (?-i:[A-Z]))"
    r"|['’]s\b|[@#]?[^\W_]+(?:['’](?!s\b)[^\W_]+)*|[^\w\s]|_",
    re.IGNORECASE,
)
QUOTES, SIGNS, INSIDE = "\"'“”", "$€£#@-−+/*", frozenset(",'-&/")
ENDS = frozenset(".!?;:—–()\n")


def pieces_of(text: str) -> tuple[Piece, ...]:
    """What a text is made of, in order."""
    return tuple((match.group(), match.start(), match.end()) for match in PIECE.finditer(text))


def is_word(piece: str) -> bool:
    """Whether a piece can be part of a value by itself."""
    return piece[0].isalnum() or (len(piece) > 1 and piece[0] in QUOTES + SIGNS)
