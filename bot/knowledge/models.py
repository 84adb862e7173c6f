"""The knowledge base as values: one class for each kind of YAML file, with the rules for its keys.

Pydantic checks the files by these rules (`parser`) and makes JSON Schemas for editors of them.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field, Strict

from bot.knowledge.fields import (
    Answer,
    Details,
    EntryId,
    Html,
    Id,
    Line,
    Model,
    Pattern,
    Phrasing,
    Share,
    Title,
    shows,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Model):
    """One answerable point under a topic."""

    id: EntryId
    """The topic's id, a dot and a name: `topic_name.entry_name`."""
    question: Title
    """The question, as shown on a button."""
    answer: Answer
    """Two to five short sentences; Telegram HTML."""
    details: Details | None = None
    """More about it, shown folded below the answer."""
    phrasings: Annotated[list[Phrasing], Field(min_length=8)]
    """People ask for it like this; give as many and as different ones as possible."""
    keywords: list[Phrasing] = field(default_factory=list)
    """Words that people use for it and that no phrasing holds."""
    related: Annotated[list[EntryId], Field(max_length=4)] = field(default_factory=list)
    section: Line
    """The heading in the article that the answer comes from."""
    reviewed: Annotated[dt.date, Strict()]
    """The day on which somebody last compared it with the article."""

    @property
    def topic(self) -> str:
        return self.id.partition(".")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic(Model):
    """A benefit: a section of the article. The file is named after its id."""

    id: Id
    title: Title
    emoji: Annotated[str, Field(min_length=1, max_length=8)]
    summary: Html
    """A few sentences, shown when somebody opens the topic."""
    broad: Annotated[bool, Strict()] = False
    """True for a topic that half of all questions touch: other topics go before it."""
    entries: Annotated[list[Entry], Field(min_length=1, max_length=90)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit(Model):
    """A subject near the article that it does not cover."""

    id: Id
    title: Title
    """As it reads in "The article says nothing about …"."""
    answer: Html
    """The honest answer: the article does not say."""
    topics: Annotated[list[Id], Field(min_length=1, max_length=3)]
    """The nearest topics, best first."""
    phrasings: Annotated[list[Phrasing], Field(min_length=8)]
    """People ask for it like this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits(Model):
    """The subjects near the article that it does not cover."""

    limits: list[Limit]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag(Model):
    """Something that a doctor must see first, whatever else the question asks."""

    id: Id
    title: Title
    advice: Html
    """The fixed text that is sent."""
    patterns: Annotated[list[Pattern], Field(min_length=1)]
    """Any of them trips the flag: its words must all stand near each other, in any order."""
    unless: list[Pattern] = field(default_factory=list)
    """Look-alikes, taken out of the question before the patterns are tried."""
    trips: Annotated[list[Line], Field(min_length=8)]
    """Test sentences that must trip it."""
    passes: Annotated[list[Line], Field(min_length=4)]
    """Test sentences that must trip no flag at all."""
    tells: list[Line] = field(default_factory=list)
    """More ways to tell it; the bot learns from them, no pattern need fit them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedFlags(Model):
    """Questions that get fixed advice; the first flag that trips is shown."""

    words: dict[Id, Annotated[list[Phrasing], Field(min_length=1)]] = field(default_factory=dict)
    """Named sets of words, used in patterns as `{name}`."""
    denials: list[Phrasing] = field(default_factory=list)
    """Words that, right before a sign of danger, say that it is not there: no, never had any."""
    unless: list[Pattern] = field(default_factory=list)
    """Look-alikes of any flag, taken out before all patterns are tried."""
    flags: list[Flag]


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallTalk(Model):
    """A message that asks nothing about the subject."""

    id: Id
    answer: Html
    phrasings: Annotated[list[Line], Field(min_length=3)]
    foreign: bool = False
    """True where it answers every message in another language than English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallTalks(Model):
    """Things that people say around their questions."""

    courtesies: list[Phrasing]
    """Words that carry no question and are left out of one: please, hello."""
    smalltalk: list[SmallTalk]


@dataclass(frozen=True, slots=True, kw_only=True)
class Synonyms(Model):
    """Words with one meaning to the bot."""

    concepts: dict[Id, Annotated[list[Phrasing], Field(min_length=2)]]
    """Words and phrases of one meaning, under a name for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedQuestion(Model):
    """A question that must reach this reply at every load."""

    question: Line
    reaches: Line
    """The id of a topic, an entry, a limit, a red flag or a small talk; or none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected(Model):
    """Questions that are asked at every load; one that goes astray stops it."""

    expected: list[ExpectedQuestion]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tip(Model):
    """A text for subscribers to read on one day."""

    id: Id
    """Never changed later: it says who has seen the tip."""
    entry: EntryId
    """The entry behind it, which its button opens."""
    text: Answer
    """One to three short sentences; Telegram HTML."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tips(Model):
    """The daily tips; each subscriber gets them in another order."""

    tips: Annotated[list[Tip], Field(min_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedPhrasings(Model):
    """More ways to ask for something in another file."""

    id: Line
    """The id of an entry or of a limit."""
    phrasings: Annotated[list[Phrasing], Field(min_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned(Model):
    """Phrasings that operators taught the running bot, as `skinbot export` writes them."""

    learned: list[LearnedPhrasings]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Each phrasing behind the id of its entry or limit."""
        return [(each.id, phrasing) for each in self.learned for phrasing in each.phrasings]


@dataclass(frozen=True, slots=True, kw_only=True)
class About(Model):
    """Texts of the bot about itself and its source."""

    name: Annotated[str, Field(min_length=1, max_length=64), shows(64, str)]
    welcome: Html
    help: Html
    hint: Line
    """Said to voice, photos and stickers."""
    source: Title
    """The one who claims the answers, as it reads before "says …"."""
    footer: Annotated[str, Field(min_length=1, max_length=200)]
    """The quiet line under each answer."""
    description: Annotated[str, Field(min_length=1, max_length=512), shows(512, str)]
    """Shown by Telegram in an empty chat."""
    short_description: Annotated[str, Field(min_length=1, max_length=120), shows(120, str)]
    """Shown on the bot's profile."""
    examples: Annotated[list[Title], Field(min_length=1, max_length=4)]
    """Questions for somebody who does not know what to ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds(Model):
    """The confidence that an answer needs. What is left open is measured at every load."""

    answer: Share | None = None
    """Confidence from which the best entry is the answer."""
    suggest: Share | None = None
    """Confidence from which the best entries are suggested."""
    trace: Share = 0.24
    """Score from which a limit or a topic is worth naming."""
