"""The longer menu of commands that operators see in their private chat with the bot."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from telegram import Bot, BotCommandScopeChat
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.features import texts
from bot.storage.records import Records

MARK = "menus"
"""The name of the mark that keeps the numbers of those who were given the menu."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Menus:
    """Gives the menu to operators, and takes it from those who are none any more."""

    operators: frozenset[int]
    records: Records

    async def introduce(self, bot: Bot) -> None:
        """Bring the menus of all operators, past and present, up to date.

        Raises:
            TelegramError: Telegram cannot be reached; the next start tries again.
        """
        for person in sorted(self.operators):
            await self._give(bot, person)
        try:
            await self._take_from_former(bot)
        except TelegramError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever ails the database
            log.warning("former operators may keep their menu: %s", type(error).__name__)

    async def _take_from_former(self, bot: Bot) -> None:
        written = await self.records.mark(MARK) or ""
        given = frozenset(int(number) for number in written.split())
        for person in sorted(given - self.operators):
            await self._take(bot, person)
        if given != self.operators:
            await self.records.set_mark(MARK, _written(self.operators))

    async def _give(self, bot: Bot, person: int) -> None:
        commands = list((texts.COMMANDS | texts.OPERATOR_COMMANDS).items())
        try:
            await bot.set_my_commands(commands, scope=BotCommandScopeChat(person))
        except BadRequest as error:  # They have never written to this bot.
            log.warning("operator %s has no menu: %s", person, error)

    async def _take(self, bot: Bot, person: int) -> None:
        try:
            await bot.delete_my_commands(scope=BotCommandScopeChat(person))
        except (BadRequest, Forbidden) as error:  # Their chat is gone, and the menu with it.
            log.warning("the menu of a former operator stays: %s", error)


def _written(people: Iterable[int]) -> str:
    return " ".join(map(str, sorted(people)))
