"""The words of the file `conversation.yaml`, by which people lean on what was said before.

A folder without this file answers every message alone.
"""

import re
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import AfterValidator, Field

from bot.knowledge.fields import Html, Id, Line, Model, Phrasing

SUBJECT = "{subject}"


def formed(value: str) -> str:
    """A question with a place for its subject."""
    if value.count(SUBJECT) != 1 or re.search(r"[{}]", value.replace(SUBJECT, "")):
        raise ValueError(f"write {SUBJECT} once, where the subject belongs, and no other braces")
    return value


Form = Annotated[Line, AfterValidator(formed)]
Phrases = Annotated[list[Phrasing], Field(min_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp(Model):
    """A question that people ask about the answer before without naming its subject again."""

    id: Id
    asks: Form
    """The whole question, with `{subject}` in place of what the answer before was about."""
    wordings: Phrases
    """People ask for it like this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices(Model):
    """Ways to choose from several suggestions or answers."""

    places: Annotated[list[Phrases], Field(min_length=2)]
    """Names for the first one, the second one, and so on."""
    last: Phrases
    both: Phrases
    agreed: Phrases
    """A yes takes the first suggestion."""
    refused: Phrases


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial(Model):
    """Words that take a subject out of a question."""

    negations: Phrases
    """They stand before a subject that is not meant."""
    between: Phrases
    """They may stand between a negation and its subject."""
    inclusions: list[Phrasing] = field(default_factory=list)
    """Phrases that only sound like a negation: not only."""
    dismissals: Phrases
    """Words that set aside the subject in their clause, or in the one before: fine with those."""
    focus: Phrases
    """Only what stands behind them counts: I just want."""
    contrasts: Phrases
    """They part what others are about from what the person is about: but, mine."""
    own: list[Phrasing] = field(default_factory=list)
    """Words by which a person speaks of their own body: I, me."""
    corrections: Phrases
    """They take back the words before them: no wait, I mean."""
    troubles: Annotated[list[Id], Field(min_length=1)]
    """Concepts of `synonyms.yaml` that nobody wishes for: who denies one does not ask about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class People(Model):
    """Somebody other than the one who writes, and what they do in a sentence."""

    others: dict[Id, Phrases]
    """People by who they are; words for one person stand together."""
    selves: Phrases
    """The one who writes: me, my own."""
    having: Phrases
    """Words behind somebody that make a message one about them: has."""
    asking: Phrases
    """Words behind somebody whose question it is: wants to know."""
    thirds: Phrases
    """Words for somebody who was named: her, his."""
    before: Phrases
    """Words before somebody that do so: for, about."""
    saying: Phrases
    """Words behind somebody whose opinion it is, and whose body it is not: says, told me."""
    known: Phrases
    """Words before a subject that was named already: the, my."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Danger(Model):
    """The words that keep a red flag alive in a conversation, or end it."""

    local: list[Id] = field(default_factory=list)
    """Red flags that concern one part of the body only."""
    signs: list[Id] = field(default_factory=list)
    """Subjects that are a sign of danger themselves, wherever they are."""
    leaning: list[Id] = field(default_factory=list)
    """Small talk that is no small talk while there is a danger: yes."""
    parts: dict[Id, Phrases]
    """Parts of the body; words of one part stand together."""
    idioms: list[Phrasing] = field(default_factory=list)
    """Phrases that only sound like a part of the body: on the other hand."""
    things: list[Phrasing] = field(default_factory=list)
    """Names of what is dangerous on one spot: the lump."""
    aside: list[Phrasing] = field(default_factory=list)
    """Words beside a part of the body or such a thing that set it aside: leave, enough of."""
    people: People
    others: Phrases
    """The person says that it is not about them: asking for a friend."""
    elsewhere: Phrases
    """The person says that it is about something else: another question."""
    settled: Phrases
    """There is no danger any more: it has healed."""
    states: list[Phrasing] = field(default_factory=list)
    """States in which there is none, where a word of `firmly` stands near: treated."""
    firmly: list[Phrasing] = field(default_factory=list)
    """Words that make such a state certain: now, last year."""
    past: Phrases
    """It was long ago; said of what was named before: years ago."""
    kidding: Phrases
    """There never was one: just kidding."""
    unsettled: Phrases
    """Words before such a sign that turn it around: not, when."""
    relapses: Phrases
    """Words right behind such a sign that do so: but, again."""
    answer: Html
    """Said to somebody who says no more than that it is settled."""
    cared: list[Phrasing] = field(default_factory=list)
    """The person gets help: going to the doctor."""
    wish: Html | None = None
    """Said to somebody who says no more than that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation(Model):
    """Words by which a message leans on the reply before it."""

    small: Phrases
    """Words that say nothing by themselves."""
    leads: Phrases
    """Words that tie a message to the one before: and, what about."""
    pointers: Phrases
    """Words for what was named before: it, they, that one."""
    subjects: Annotated[list[Id], Field(min_length=1)]
    """Concepts of `synonyms.yaml`. A message that names one has a subject of its own."""
    covered: Annotated[list[Id], Field(min_length=1)]
    """Those of the subjects that a topic is about."""
    themes: Annotated[list[Id], Field(min_length=1)]
    """Concepts that every question is about; a message without one may be half a question."""
    leaning: list[Id] = field(default_factory=list)
    """Small talk that is read with the reply before, if there is one."""
    asks: Form
    """The question of somebody who names no more than a subject, with `{subject}` in its place."""
    follow_ups: Annotated[list[FollowUp], Field(min_length=1)]
    more: Phrases
    """People ask for more of it like this."""
    source: Phrases
    """People ask like this where an answer comes from."""
    choices: Choices
    several: Phrases
    """Words of a question about two things at once: both."""
    denial: Denial
    danger: Danger
