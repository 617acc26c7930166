"""Invented strings of many meanings: people, addresses, ids, titles, sentences."""

import uuid
from random import Random

from divisi.tasks.generation import vocabulary
from divisi.tasks.generation.vocabulary import invented_word, random_letters

DOMAIN_ENDINGS = ("com", "org", "net", "io", "de", "fr", "co.uk", "dev", "example")
COMPANY_FORMS = ("GmbH", "Ltd", "Inc", "Labs", "Foods", "AB", "& Co", "Group")
FIELDS = ("name", "date", "price", "created_at", "title", "id", "rating", "updated", "status")
CAPITALS = "ABCDEFGHJKLMNPRSTUVWXYZ"


def word(random: Random) -> str:
    """A noun, or a word that nobody has seen."""
    return random.choice(vocabulary.NOUNS) if random.random() < 0.5 else invented_word(random)


def first_name(random: Random) -> str:
    """A first name, known or not."""
    return random.choice(vocabulary.FIRST_NAMES) if random.random() < 0.8 else invented_word(random).title()


def last_name(random: Random) -> str:
    """A last name, known or not."""
    return random.choice(vocabulary.LAST_NAMES) if random.random() < 0.6 else invented_word(random).title()


def person(random: Random) -> str:
    """A full name, seldom only a first name."""
    return first_name(random) if random.random() < 0.15 else f"{first_name(random)} {last_name(random)}"


def domain(random: Random) -> str:
    """A host name."""
    if random.random() < 0.3:
        return random.choice(vocabulary.DOMAINS)
    return f"{word(random)}.{random.choice(DOMAIN_ENDINGS)}"


def user(random: Random) -> str:
    """A login name."""
    name = random.choice((word(random), random.choice(vocabulary.FIRST_NAMES).lower()))
    number = str(random.randrange(1000))
    return name + random.choice(("", number, f".{random.choice('abdefgklmnprst')}", f"_{word(random)}", "-dev"))


def email(random: Random) -> str:
    """An e-mail address."""
    return f"{user(random)}@{domain(random)}"


def url(random: Random) -> str:
    """A web address."""
    page = random.choice(
        ("", f"/{word(random)}", f"/{word(random)}/{random.randrange(1, 999)}", f"/{word(random)}.html")
    )
    return f"https://{random.choice(('', 'www.', 'api.'))}{domain(random)}{page}"


def phone(random: Random) -> str:
    """A telephone number with its country's code."""
    digits = random_letters(random, random.choice((9, 10)), "0123456789")
    return f"+{random.choice((1, 33, 34, 44, 46, 47, 48, 49, 81, 91))}{digits}"


def ip(random: Random) -> str:
    """An address of IP version 4."""
    return ".".join(str(random.randrange(1, 255)) for _ in range(4))


def unique_id(random: Random) -> str:
    """A UUID."""
    return str(uuid.UUID(int=random.getrandbits(128), version=4))


def identifier(noun: str, random: Random) -> str:
    """An id of something: digits, letters and digits, a slug."""
    digits = str(random.randrange(10, 10 ** random.choice((2, 3, 4, 5, 6))))
    short = noun[:3]
    return random.choice(
        (
            digits,
            digits,
            f"{random_letters(random, random.choice((2, 3)), CAPITALS)}-{digits}",
            f"{short}-{digits}",
            f"{short}_{random_letters(random, 5)}",
            f"{short.upper()}{digits}",
            random_letters(random, random.choice((6, 8, 10))),
            f"{word(random)}-{random.choice(vocabulary.NOUNS)}",
            f"{word(random)}-{digits}",
        )
    )


def secret(random: Random) -> str:
    """A token, a hash, a password."""
    return random_letters(random, random.choice((7, 10, 12, 16)))


def name(random: Random) -> str:
    """What somebody may call something."""
    one = word(random)
    return random.choice(
        (
            one,
            one.title(),
            f"{one}-{random.choice(vocabulary.NOUNS)}",
            f"{random.choice(vocabulary.NOUNS).title()} {one.title()}",
            f"{one}-{random.randrange(1, 99)}",
            f"{one}_{random.choice(vocabulary.TAGS)}",
        )
    )


def title(random: Random) -> str:
    """A heading."""
    if random.random() < 0.3:
        return random.choice(vocabulary.TITLES)
    head = random.choice((*vocabulary.TITLE_STARTS, word(random).title()))
    return f"{head} {random.choice(vocabulary.TITLE_ENDS)}{random.choice(('', '', f' {random.randrange(2, 2030)}'))}"


def sentence(random: Random) -> str:
    """A message or a note."""
    if random.random() < 0.3:
        text = random.choice(vocabulary.SENTENCES)
    else:
        when = random.choice(("", f" {random.choice(vocabulary.WHENS)}"))
        text = f"{random.choice(vocabulary.SUBJECTS)} {random.choice(vocabulary.PREDICATES)}{when}"
    return text[0].upper() + text[1:] if random.random() < 0.5 else text


def topic(random: Random) -> str:
    """What somebody may look for."""
    return (
        random.choice(vocabulary.TOPICS)
        if random.random() < 0.7
        else f"{word(random)} {random.choice(vocabulary.TITLE_ENDS)}"
    )


def thing(random: Random) -> str:
    """A room, a device, a dish, a work of art."""
    drawn = random.random()
    if drawn < 0.5:
        return random.choice(vocabulary.THINGS)
    return name(random) if drawn < 0.75 else f"{word(random).title()} {random.choice(vocabulary.NOUNS)}"


def place(random: Random) -> str:
    """A city, known or not."""
    return random.choice(vocabulary.CITIES) if random.random() < 0.8 else invented_word(random).title()


def address(random: Random) -> str:
    """A street address."""
    return f"{random.choice(vocabulary.STREETS)} {random.randrange(1, 200)}, {random.choice(vocabulary.CITIES)}"


def postcode(random: Random) -> str:
    """A postal code."""
    return random.choice((str(random.randrange(10000, 99999)), f"{random.choice('EWSN')}{random.randrange(1, 20)} 4QT"))


def company(random: Random) -> str:
    """A company, known or not."""
    if random.random() < 0.4:
        return random.choice(vocabulary.COMPANIES)
    return f"{invented_word(random).title()} {random.choice(COMPANY_FORMS)}"


def path(random: Random, *, folder: bool = False) -> str:
    """A file's or a folder's path."""
    last = word(random) if folder else f"{word(random)}.{random.choice(vocabulary.EXTENSIONS)}"
    return random.choice(("", f"/{word(random)}/", f"{word(random)}/", f"/home/{word(random)}/")) + last


def version(random: Random) -> str:
    """A version's number."""
    return f"{random.randrange(10)}.{random.randrange(20)}{random.choice(('', f'.{random.randrange(10)}'))}"


def tag(random: Random) -> str:
    """A label."""
    return random.choice(vocabulary.TAGS) if random.random() < 0.6 else word(random)


def sql(random: Random) -> str:
    """A short SQL statement."""
    table, column, number = random.choice(vocabulary.NOUNS), random.choice(vocabulary.TAGS), random.randrange(99)
    return random.choice(
        (
            f"SELECT * FROM {table}",
            f"SELECT {column} FROM {table} WHERE id = {number}",
            f"DELETE FROM {table} WHERE {column} < {number}",
        )
    )
