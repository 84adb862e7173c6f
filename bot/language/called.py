"""Names that the words beside them give away: "Mr Burns", "Rash Avenue", "my dog called Shingles".

A name may be an everyday word, which a dictionary of names cannot tell from that word.
"""

import re

_PETS = r"dog|cat|puppy|kitten|hamster|rabbit|horse|pony|parrot|budgie|tortoise|goldfish"
_PEOPLE = (
    r"friend|mate|flatmate|roommate|colleague|boss|neighbou?r|landlady|landlord|uncle|aunt|auntie"
    r"|cousin|nephew|niece|teacher|professor|coach|therapist|singer|actor|actress"
)
_WORKS = (
    r"(?:band|group|singer|film|movie|song|album|novel|book|game|show|series|play|podcast"
    r"|pub|bar|cafe|salon|spa|car|van|boat)"
)
_STREETS = (
    r"Road|Rd|Street|St|Avenue|Ave|Lane|Drive|Close|Hill|Park|Bridge|Creek|Valley|Station|Hotel"
    r"|Inn|Pub|Spa|Salon|Studio|Hall|College|School|Clinic"
)
_NAME = r"[A-Z][a-z]+(?:[ -][A-Z][a-z]+){0,3}"
# "MS" and "ms" are an illness more often than a title.
_TITLE = r"(?:Ms|(?i:Mrs?|Miss|Mx|Dr|Doctor|Prof|Professor|Sir|Lady|Nurse|Sister|Aunty?|Uncle))"

_NAMES = re.compile(
    rf"""
      \b{_TITLE}\.?\ {_NAME}
    | \b(?:mr|mrs)\.?\ [a-z]+
    | \b(?:{_PETS}|{_PEOPLE})\ (?:is\ |was\ |are\ )?(?:called|named)\ (?:{_NAME}|[a-z]+)
    | \b{_WORKS}\ (?:is\ |was\ )?(?:called|named)\ (?:{_NAME}|[a-z]+(?:\ [a-z]+)?)
    | \b(?<=\ )(?:{_PETS}|{_PEOPLE}|{_WORKS})\ {_NAME}
    | {_NAME}\ (?:{_STREETS})\b
    | \b(?:on|in|at|off|near)\ (?!the\b|an?\b|my\b|our\b|this\b)[a-z]+\ (?:road|street|avenue)\b
    """,
    re.VERBOSE,
)


_SMALL = re.compile(r"\b[a-z]")
_CAPITAL = re.compile(r"\b[A-Z]")


def without_names(text: str) -> str:
    """The text with such names left out; the word that gives a name away goes with it.

    A text of Which Most Words Have Capitals comes back as it is: there a capital tells nothing.
    """
    capitals, small = (sum(1 for _ in each.finditer(text)) for each in (_CAPITAL, _SMALL))
    return _NAMES.sub(" ", text) if capitals < small else text
