"""What is said beside calls: greetings, small talk, questions for values that lack."""

from collections.abc import Sequence
from random import Random

from divisi.tasks.generation import frames, vocabulary
from divisi.tasks.generation.meanings import Parameter
from divisi.tasks.generation.words import joined
from divisi.tasks.subtask import Message

TURNS: tuple[tuple[Message, ...], ...] = tuple(
    ({"role": "user", "content": asked}, {"role": "assistant", "content": answer})
    for asked, answer in (
        ("hi", "Hello! What can I do for you?"),
        ("Are you there?", "Yes, how can I help?"),
        ("I need some help", "Of course. What do you need?"),
        ("good morning", "Good morning! How can I help you today?"),
        ("thanks for yesterday", "You're welcome! Anything else?"),
        ("can I ask you something?", "Sure, go ahead."),
    )
)


def small_talk(random: Random) -> str:
    """Something that no tool is needed for."""
    topic, other = random.sample(vocabulary.TOPICS, 2)
    return random.choice(frames.SMALL_TALK).format(
        country=random.choice(list(vocabulary.COUNTRIES)),
        language=random.choice(list(vocabulary.LANGUAGES)),
        topic=topic,
        topic2=other,
        person=random.choice(vocabulary.FIRST_NAMES),
        city=random.choice(vocabulary.CITIES),
        word=vocabulary.invented_word(random),
        a=random.randrange(100),
        b=random.randrange(100),
    )


def ask_for(lacks: Sequence[Parameter], random: Random) -> str:
    """A question for the values that lack."""
    return random.choice(frames.QUESTIONS).format(w=joined([" ".join(one.words) or one.name for one in lacks], random))
