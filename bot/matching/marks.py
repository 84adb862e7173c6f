"""Phrases with a name, found in a message."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.language.spelling import Heard
from bot.language.words import stem
from bot.matching.concepts import Concepts

SURE = 0.7
"""Trust in a mended word from which it can be a cue."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A cue in a message: its names, and its place among the words."""

    names: tuple[str, ...]
    start: int
    end: int
    """Place of the first word behind it."""


def marks(cues: Concepts, heard: Sequence[Heard]) -> Iterator[Mark]:
    """The cues in a message, in order; a mended word counts as it was typed where that is one."""
    stems = [_meant(cues, each) for each in heard]
    at = 0
    for phrase, names in cues.pieces(stems):
        if names:
            yield Mark(names, at, at + len(phrase))
        at += len(phrase)


def _meant(cues: Concepts, heard: Heard) -> str:
    typed = stem(heard.word)
    return typed if typed in cues.stems or heard.trust < SURE else heard.stem
