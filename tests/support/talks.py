"""Conversations about bicycles: the words by which a message leans on the one before."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bot.answering.faq import Faq
from bot.answering.replies import Reply
from bot.conversation.context import Context, Turn, converse
from tests.support.broken import change

SYNONYMS = """
  brake: [brake, brakes, pads, brake blocks]
  chain: [chain, drivetrain, links]
  motor: [motor, battery, pedelec]
"""
CONVERSATION = """
small: [a, the, i, my, do, does, did, is, are, was, will, can, could, to, of, in, for, at, if, not,
  "no", just, want, get, go, have, has, had, how, when, where, who, what, that, then, know, now]
leads: [and, but, so, then, ok, what about, also, too]
pointers: [it, they, them, that, this, the one, one]
subjects: [noise, worn, brake, chain, motor]
covered: [noise, worn, brake, chain]
themes: [brake, chain]
leaning: []
asks: what about {subject}
follow_ups:
  - id: why
    asks: why does {subject} slip under load
    wordings: [why, how come, why is that]
  - id: last
    asks: when is {subject} worn
    wordings: [how long, does it last, come back]
more: [more, tell me more, go on]
source: [source, where can i read it]
choices:
  places: [[first, first one, number 1], [second, second one, number 2], [third, third one]]
  last: [last one]
  both: [both]
  agreed: ["yes", that one]
  refused: [neither]
several: [both, also]
denial:
  negations: [not, forget]
  between: [the, my, about, worried]
  dismissals: [fine with, on about]
  focus: [i just want]
  own: [i, me]
  contrasts: [but]
  corrections: [no wait, i mean]
  troubles: [noise, worn]
danger:
  local: [injury]
  signs: []
  leaning: []
  parts:
    head: [head]
    arm: [arm, arms, elbow]
    neck: [neck]
  idioms: [on the other hand]
  things: [bruise]
  aside: [leave, aside]
  people:
    others: {sister: [sister, sis], friend: [friend], father: [dad]}
    selves: [myself, my own]
    having: [has]
    asking: [wants to know]
    thirds: [her, his]
    before: [for, about]
    saying: [says, thinks]
    known: [the, my]
  others: [asking for a friend]
  elsewhere: [another question]
  settled: [healed]
  states: [treated]
  firmly: [now]
  past: [years ago]
  kidding: [just kidding]
  relapses: [but, again]
  unsettled: [not, when, until]
  answer: Good to hear.
  cared: [going to the doctor]
  wish: Take care.
"""


def make_talkative(folder: Path) -> Path:
    """Teaches a folder about bicycles how messages lean on each other."""
    change(folder, "synonyms.yaml", "concepts:", f"concepts:{SYNONYMS.rstrip()}")
    (folder / "conversation.yaml").write_text(CONVERSATION, "utf-8")
    return folder


def talk(faq: Faq, messages: Iterable[str], pause: float = 5.0) -> list[Turn]:
    """One chat: each message comes some seconds after the one before."""
    context, turns = Context(), []
    for number, message in enumerate(messages):
        turn = converse(faq, message, context, number * pause)
        context = turn.context
        turns.append(turn)
    return turns


def asked_at_once(faq: Faq, questions: Iterable[str]) -> list[Reply]:
    """The replies to questions that many people ask at one time, which takes half as long."""
    with ThreadPoolExecutor(16) as people:
        return list(people.map(faq.ask, questions))
