"""What is sent to a subscriber: a tip, or the message of a broadcast."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from telegram.ext import ExtBot

from bot.bot_api.rate_limiter import PACED
from bot.features.tips import keyboards, texts
from bot.knowledge.base import Knowledge
from bot.knowledge.models import Tip
from bot.storage.storage import Storage
from bot.subscriptions.delivery import Broadcast, Delivery

NO_SOURCE = ("message to copy not found", "message can't be copied", "message_id_invalid")
"""What Telegram says of a message that is to be copied, in lower case; it is so for everybody."""

Send = Callable[[], Awaitable[object]]


def tip(bot: ExtBot[int], chat: int, shown: Tip) -> Send:
    return lambda: bot.send_message(
        chat,
        texts.tip(shown),
        reply_markup=keyboards.under_tip(shown),
        rate_limit_args=PACED,
    )


def broadcast(bot: ExtBot[int], chat: int, shown: Broadcast, paced: int | None = PACED) -> Send:
    """As the operator wrote it, with the preview of a link where Telegram makes one."""
    source, text = shown.message, shown.text or ""
    if source is None:
        return lambda: bot.send_message(
            chat, text, link_preview_options=None, rate_limit_args=paced
        )
    return lambda: bot.copy_message(
        chat, shown.chat, source, parse_mode=None, rate_limit_args=paced
    )


def has_no_source(why: str) -> bool:
    """Whether the message to be copied is what Telegram refused."""
    return any(reason in why.lower() for reason in NO_SOURCE)


@dataclass(frozen=True, slots=True)
class Messages:
    """What a delivery sends; None where there is nothing to send any more."""

    storage: Storage
    bot: ExtBot[int]
    _broadcasts: dict[int, Broadcast] = field(default_factory=dict)
    """What is sent for each that was begun, looked up once."""

    async def to_send(self, knowledge: Knowledge, delivery: Delivery) -> Send | None:
        number = delivery.broadcast
        if not number:
            chosen = knowledge.tips.get(delivery.tip)
            return tip(self.bot, delivery.chat, chosen) if chosen else None
        if number not in self._broadcasts:
            found = await self.storage.mailings.get(number)
            if found is None:
                return None
            self._broadcasts[number] = found
        return broadcast(self.bot, delivery.chat, self._broadcasts[number])
