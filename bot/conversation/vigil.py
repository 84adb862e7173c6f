"""The reply to a message while a danger may not be over."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.answering.cues import Said
from bot.answering.replies import Answer, Limited, RedFlag, Reply, SmallTalkReply, Suggestions
from bot.conversation.caution import Caution, gets_help
from bot.conversation.followups import FollowUp
from bot.knowledge.models import Flag, SmallTalk

_SENTENCES = re.compile(r"[.!?\n]+")
SETTLED = "settled"
"""The id of the small talk that answers somebody who says that a danger is over."""
CARED = "cared"
"""The id of the small talk that answers somebody who says that help is near."""


@dataclass(frozen=True, slots=True)
class Vigil:
    """A message after a red flag."""

    message: FollowUp
    question: str
    said: Said
    """The cues in all words of the message, its courtesies too."""
    caution: Caution

    def decide(self) -> tuple[Reply, Caution | None]:
        """The reply, and the danger as far as it goes on."""
        reply, said, caution = self.message.reply(), self.said, self.caution
        if isinstance(reply, RedFlag):
            return self._flagged(reply)
        talk = self.message.cues.conversation
        if caution.is_over(said, talk):
            return self._freed(reply), None
        if talk.danger.wish and gets_help(said, talk):
            return _talk(CARED, talk.danger.wish), caution
        if isinstance(reply, SmallTalkReply) and not self._leans(reply):
            return reply, caution
        under = reply if isinstance(reply, Answer | Limited) else None
        return RedFlag(self._flag(), under=under), caution.more(said)

    def _flag(self) -> Flag:
        flags = self.message.faq.knowledge.red_flags.flags
        return next(flag for flag in flags if flag.id == self.caution.flag)

    def _leans(self, reply: SmallTalkReply) -> bool:
        """True for small talk that is none while there is a danger."""
        talk = self.message.cues.conversation
        return reply.talk.id in {*talk.leaning, *talk.danger.leaning}

    def _flagged(self, reply: RedFlag) -> tuple[Reply, Caution | None]:
        caution, said = self.caution, self.said
        settled = reply.flag.id == caution.flag and caution.is_settled(said)
        if caution.is_over(said, self.message.cues.conversation) and (rest := self._rest()):
            return rest, None
        if (settled and caution.is_surely_settled(said)) or (
            reply.score < 1 and caution.is_settled(said)
        ):
            return self._relief(), None
        if reply.score < 1:
            # That it sounds dangerous comes of the danger before.
            return RedFlag(self._flag()), caution.more(said)
        return reply, caution.again(reply.flag.id, said)

    def _freed(self, reply: Reply) -> Reply:
        """The reply to a message that lets a danger go, as to what it asks beside that."""
        if isinstance(reply, Answer) or (
            isinstance(reply, SmallTalkReply) and not self._leans(reply)
        ):
            return reply
        later = (self.message.faq.ask(text) for text in self._endings())
        if found := next((each for each in later if isinstance(each, Answer)), None):
            return found
        said = self.said
        asks = bool(said.subjects or said.themes or said.has("ask"))
        return reply if asks or not self.caution.is_settled(said) else self._relief()

    def _rest(self) -> Reply | None:
        """The reply to what is asked beside a danger that is none any more."""
        faq, kept = self.message.faq, list[str]()
        for sentence in _SENTENCES.split(self.question):
            alone = faq.ask(sentence)
            if not isinstance(alone, RedFlag):
                kept.append(sentence)
            elif alone.flag.id != self.caution.flag and not self._is_told(sentence):
                return None  # It is a new danger.
        reply = faq.ask(". ".join(kept))
        return reply if isinstance(reply, Answer | Suggestions | Limited) else None

    def _is_told(self, sentence: str) -> bool:
        """True where a sentence says how the danger went."""
        said = self.message.cues.read(self.message.faq.index.hear(sentence))
        return self.caution.is_settled(said) or gets_help(said, self.message.cues.conversation)

    def _endings(self) -> Iterator[str]:
        """The message without its first sentence, without its first two, and so on."""
        sentences = _SENTENCES.split(self.question)
        return (". ".join(sentences[at:]) for at in range(1, len(sentences)))

    def _relief(self) -> SmallTalkReply:
        return _talk(SETTLED, self.message.cues.conversation.danger.answer)


def _talk(name: str, answer: str) -> SmallTalkReply:
    return SmallTalkReply(SmallTalk(id=name, answer=answer, phrasings=[]), 1.0)
