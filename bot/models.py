"""The knowledge base as values: one model for each kind of YAML file, checked strictly.

The JSON Schema that editors use is made from these models (`schema`).
"""

import datetime as dt
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from bot.text import has_words, html_problem, plain, units

MAX_ID = 52
"""Bytes of an id, so that it fits with its button's prefix into Telegram's 64."""
MAX_ANSWER = 800
"""Characters as Telegram counts them; two answers with their details fit into one message."""
MAX_HTML = 1_200
"""The same for what is a message of its own."""


def _valid(problem: Callable[[str], str | None]) -> AfterValidator:
    def check(value: str) -> str:
        if said := problem(value):
            raise ValueError(said)
        return value

    return AfterValidator(check)


def _wordless(value: str) -> str | None:
    return None if has_words(value) else "this has no word in it; write it as people would type it"


def _folded(value: str) -> str | None:
    if "<blockquote" in value:
        return "details are shown in a block quote already; remove <blockquote>"
    return None


def _shows(most: int, read: Callable[[str], str] = plain) -> AfterValidator:
    """At most so many characters as Telegram counts what is read: UTF-16, without the tags."""

    def check(value: str) -> str:
        if (length := units(read(value))) > most:
            raise PydanticCustomError(
                "string_too_long", "too long", {"max_length": most, "length": length}
            )
        return value

    return AfterValidator(check)


_ID = r"^[a-z][a-z0-9_]*$"
Id = Annotated[str, Field(pattern=_ID, max_length=MAX_ID)]
EntryId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z0-9_]+$", max_length=MAX_ID)]
Title = Annotated[str, Field(min_length=1, max_length=60)]
_Markup = Annotated[str, Field(min_length=1, max_length=4_000), _valid(html_problem)]
Html = Annotated[_Markup, _shows(MAX_HTML)]
Answer = Annotated[_Markup, _shows(MAX_ANSWER)]
Line = Annotated[str, Field(min_length=1, max_length=500)]
Pattern = Annotated[str, Field(min_length=1, max_length=2_000), _valid(_wordless)]
Phrasing = Annotated[str, Field(min_length=1, max_length=300), _valid(_wordless)]
Weight = Annotated[float, Field(ge=-50, le=50)]
Share = Annotated[float, Field(ge=0, le=1)]


class Model(BaseModel):
    """Frozen, and strict about unknown keys and types."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        str_strip_whitespace=True,
        use_attribute_docstrings=True,
        # A start that has a copy (`compiled`) validates nothing.
        defer_build=True,
    )


class Entry(Model):
    """One answerable point under a topic."""

    id: EntryId
    """The topic's id, a dot and a name: `topic_name.entry_name`."""
    question: Title
    """The question that it answers, as shown on a button."""
    answer: Answer
    """Two to five short sentences; Telegram HTML."""
    details: Annotated[Answer, _valid(_folded)] | None = None
    """How it works, where there is more to say; shown folded below the answer."""
    phrasings: list[Phrasing] = Field(min_length=8)
    """How people ask for it; as many and as different as possible."""
    keywords: list[Phrasing] = []
    """Words that people use for it and that no phrasing holds."""
    related: list[EntryId] = Field(default=[], max_length=4)
    section: Line
    """The heading of the article that it is drawn from."""
    reviewed: dt.date
    """When somebody last compared it with the article."""

    @property
    def topic(self) -> str:
        return self.id.partition(".")[0]


class Topic(Model):
    """A benefit: a section of the article. The file is named after its id."""

    id: Id
    title: Title
    emoji: Annotated[str, Field(min_length=1, max_length=8)]
    summary: Html
    """A few sentences, shown when somebody opens the topic."""
    broad: bool = False
    """True for a topic that half of all questions touch: it gives way to the others."""
    entries: list[Entry] = Field(min_length=1, max_length=90)


class Limit(Model):
    """A subject near the article that it does not cover."""

    id: Id
    title: Title
    """As it reads in "The article says nothing about …"."""
    answer: Html
    """The honest line that it is answered with."""
    topics: list[Id] = Field(min_length=1, max_length=3)
    """The nearest topics, best first."""
    phrasings: list[Phrasing] = Field(min_length=8)
    """How people ask for it."""


class Limits(Model):
    """What is near the article and not covered by it."""

    limits: list[Limit]


class Flag(Model):
    """Something that a doctor must see first, whatever else the question asks."""

    id: Id
    title: Title
    advice: Html
    """The fixed text that is sent."""
    patterns: list[Pattern] = Field(min_length=1)
    """Any of them trips the flag: words that must all occur near each other, in any order."""
    unless: list[Pattern] = []
    """Look-alikes, taken out of the question before the patterns are tried."""
    trips: list[Line] = Field(min_length=8)
    """Test sentences that must trip it."""
    passes: list[Line] = Field(min_length=4)
    """Test sentences that must trip no flag at all."""


class RedFlags(Model):
    """What is answered with fixed advice; the first flag that trips is the one shown."""

    words: dict[Id, Annotated[list[Phrasing], Field(min_length=1)]] = {}
    """Named sets of words, used in patterns as `{name}`."""
    flags: list[Flag]


class SmallTalk(Model):
    """A message that asks nothing about the subject."""

    id: Id
    answer: Html
    phrasings: list[Line] = Field(min_length=3)


class SmallTalks(Model):
    """What people say around their questions."""

    courtesies: list[Phrasing]
    """Words that carry no question and are left out of one: please, hello."""
    smalltalk: list[SmallTalk]


class Synonyms(Model):
    """Words that are the same to the bot."""

    concepts: dict[Id, Annotated[list[Phrasing], Field(min_length=2)]]
    """Words and phrases that mean the same here, under a name for what they mean."""


class ExpectedQuestion(Model):
    """A question that must go on reaching what it reaches, checked at every load."""

    question: Line
    reaches: Line
    """The id of a topic, an entry, a limit, a red flag or a small talk; or none."""


class Expected(Model):
    """Questions that are asked at every load; one that goes astray stops it."""

    expected: list[ExpectedQuestion]


class About(Model):
    """What the bot says of itself and of its source."""

    name: Annotated[str, Field(min_length=1, max_length=64), _shows(64, str)]
    welcome: Html
    help: Html
    hint: Line
    """Said to voice, photos and stickers."""
    source: Title
    """Whose claim an answer is, as it reads before "says …"."""
    footer: Annotated[str, Field(min_length=1, max_length=200)]
    """The quiet line under each answer."""
    description: Annotated[str, Field(min_length=1, max_length=512), _shows(512, str)]
    """Shown by Telegram in an empty chat."""
    short_description: Annotated[str, Field(min_length=1, max_length=120), _shows(120, str)]
    """Shown on the bot's profile."""
    examples: list[Title] = Field(min_length=1, max_length=4)
    """Questions to show somebody who does not know what to ask."""


class Thresholds(Model):
    """Where confidence becomes an answer; measured by `benchmarks/thresholds.py`.

    Confidence is a logistic curve over four numbers (`index.Evidence`); these are its weights.
    """

    bias: Weight = 0.9
    lead: Weight = 14.5
    margin: Weight = 2.6
    fit: Weight = -0.4
    unaccounted: Weight = -4.9
    answer: Share = 0.5
    """Confidence from which the best entry is the answer."""
    suggest: Share = 0.2
    """Confidence from which the best entries are suggested."""
    trace: Share = 0.24
    """Score from which a limit or a topic is worth naming."""
