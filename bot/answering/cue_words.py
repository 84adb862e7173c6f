"""The phrases of `conversation.yaml` under the names of the cues that they are."""

from collections.abc import Iterator, Mapping

from bot.knowledge.conversation import Conversation, Danger, Denial

Phrases = Mapping[str, list[str]]


def talk(said: Conversation) -> Phrases:
    """Words by which a message leans on the reply before."""
    choices = said.choices
    return {
        "small": said.small,
        "lead": said.leads,
        "pointer": said.pointers,
        "more": said.more,
        "source": said.source,
        "both": choices.both,
        "agreed": choices.agreed,
        "refused": choices.refused,
        "choice last": choices.last,
        **{f"choice {at}": phrases for at, phrases in enumerate(choices.places)},
        **{f"ask {each.id}": each.wordings for each in said.follow_ups},
    }


def denial(said: Denial) -> Phrases:
    """Words that take a subject out of a message."""
    return {
        "not": said.negations,
        "between": said.between,
        "inclusion": said.inclusions,
        "dismissal": said.dismissals,
        "focus": said.focus,
        "but": said.contrasts,
        "own": said.own,
        "correction": said.corrections,
    }


def danger(said: Danger) -> Phrases:
    """Signs that a danger is over, and words that turn such a sign around."""
    return {
        "settled": said.settled,
        "state": said.states,
        "firm": said.firmly,
        "past": said.past,
        "unsettled": said.unsettled,
        "relapse": said.relapses,
        "elsewhere": said.elsewhere,
        "others": said.others,
        "kidding": said.kidding,
        "cared": said.cared,
    }


def ends(said: Danger) -> Iterator[str]:
    """The signs that count in exactly these words."""
    for phrases in (said.settled, said.states, said.firmly, said.past, said.kidding):
        yield from phrases
    yield from (*said.others, *said.elsewhere)


def people(said: Danger) -> Phrases:
    """Persons, what they do, and parts of the body."""
    persons = said.people
    return {
        **{f"other {name}": phrases for name, phrases in persons.others.items()},
        "self": persons.selves,
        "having": persons.having,
        "asking": persons.asking,
        "third": persons.thirds,
        "before": persons.before,
        "saying": persons.saying,
        "known": persons.known,
        "idiom": said.idioms,
        "aside": said.aside,
        "thing": said.things,
        **{f"part {name}": phrases for name, phrases in said.parts.items()},
    }
