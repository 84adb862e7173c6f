"""Albums: Telegram sends each photo of one as a message, and people see them as one."""

from collections import OrderedDict
from dataclasses import dataclass, field

from telegram import Message

REMEMBERED = 1_000
"""The most albums that are remembered, in memory only."""

Album = tuple[int, str]
"""A chat, and Telegram's name for an album in it."""


@dataclass(frozen=True, slots=True)
class Albums:
    """The newest albums that got a hint or an answer."""

    most: int = REMEMBERED
    _answered: OrderedDict[Album, bool] = field(default_factory=OrderedDict)
    """False for an album that had only a hint."""

    def begin(self, message: Message) -> bool:
        """False for a message that belongs to an album which has had its hint or answer."""
        album = album_of(message)
        if album in self._answered:
            return False
        self._keep(album, answered=False)
        return True

    def answer(self, message: Message) -> None:
        """The caption of this message gets an answer."""
        self._keep(album_of(message), answered=True)

    def was_answered(self, message: Message) -> bool:
        """True if the album has had its answer; an edited caption is a new question."""
        album = album_of(message)
        return message.edit_date is None and album is not None and self._answered.get(album, False)

    def _keep(self, album: Album | None, *, answered: bool) -> None:
        if album is None:
            return
        self._answered[album] = answered
        if len(self._answered) > self.most:
            self._answered.popitem(last=False)


def album_of(message: Message) -> Album | None:
    """The album of a message; None for a message that stands alone."""
    return (message.chat.id, message.media_group_id) if message.media_group_id else None
