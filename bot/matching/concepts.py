"""The features by which questions are compared: words, pairs of words, phrases and concepts."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.language.spelling import Heard
from bot.language.words import stems

EDGE = "^"

Piece = tuple[tuple[str, ...], tuple[str, ...]]
"""A phrase of one or more stems, and the names of its concepts."""


@dataclass(frozen=True, slots=True)
class Concepts:
    """Words and phrases with one meaning belong to one concept, which is a feature of each."""

    phrases: Mapping[str, Sequence[Piece]]
    """First stem of a phrase → the phrases that begin with it, longest first."""
    stems: frozenset[str]
    """Every stem of every phrase."""

    @classmethod
    def of(cls, concepts: Mapping[str, Iterable[str]]) -> "Concepts":
        """Read the members of each concept, which are written as people write them."""
        owners: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for name, members in concepts.items():
            for member in members:
                owners[stems(member)].add(name)
        starts: dict[str, list[Piece]] = defaultdict(list)
        for phrase in sorted(owners, key=len, reverse=True):
            starts[phrase[0]].append((phrase, tuple(sorted(owners[phrase]))))
        return cls(dict(starts), frozenset(stem for phrase in owners for stem in phrase))

    def pieces(self, said: Sequence[str]) -> Iterator[Piece]:
        """Cut stems into phrases and single stems, in order."""
        said, at = tuple(said), 0
        while at < len(said):
            for piece in self.phrases.get(said[at], ()):
                if said[at : at + len(piece[0])] == piece[0]:
                    break
            else:
                piece = ((said[at],), ())
            yield piece
            at += len(piece[0])

    def rest(self, heard: Sequence[Heard]) -> tuple[Heard, ...]:
        """The words that belong to no concept."""
        kept: list[Heard] = []
        at = 0
        for phrase, names in self.pieces([h.stem for h in heard]):
            if not names:
                kept.extend(heard[at : at + len(phrase)])
            at += len(phrase)
        return tuple(kept)

    def names(self, said: Sequence[str]) -> Iterator[str]:
        """The features of stems, in order; a feature that is said twice comes twice."""
        before = EDGE
        for phrase, names in self.pieces(said):
            name = " ".join(phrase)
            yield f"w {name}"
            for concept in names:
                yield f"c {concept}"
            yield f"b {before} {name}"
            before = name
        yield f"b {before} {EDGE}"

    def features(
        self, said: Sequence[str], trust: Sequence[float] | None = None
    ) -> dict[str, float]:
        """Feature → the trust in it (0..1); `trust` gives that of each stem, without it all 1.

        A phrase replaces its words, so "crow's feet" has nothing to do with feet.
        """
        found: dict[str, float] = {}
        before, sure_before, at = EDGE, 1.0, 0
        for phrase, names in self.pieces(said):
            sure = min(trust[at : at + len(phrase)]) if trust else 1.0
            at += len(phrase)
            name = " ".join(phrase)
            for feature in (f"w {name}", *(f"c {n}" for n in names)):
                found[feature] = max(sure, found.get(feature, 0.0))
            found[f"b {before} {name}"] = min(sure_before, sure)
            before, sure_before = name, sure
        found[f"b {before} {EDGE}"] = sure_before
        return {feature: sure for feature, sure in found.items() if sure > 0}
