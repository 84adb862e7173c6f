"""A person's chat with the bot, driven through the real Application."""

from dataclasses import dataclass

from telegram import Update

from bot.bot_api.types import App
from tests.fake_bot_api.parameters import Json
from tests.fake_bot_api.people import Person
from tests.fake_bot_api.telegram import FakeTelegram
from tests.fake_bot_api.world import BOT, keyboard


@dataclass(frozen=True, slots=True)
class Chat:
    """A person and the bot: the bot handles at once all that the person does."""

    app: App
    telegram: FakeTelegram
    person: Person

    async def gets(self, update: Json) -> None:
        """The bot handles one update."""
        await self.app.process_update(Update.de_json(update, self.app.bot))

    async def write(self, text: str, reply_to: Json | None = None) -> Json:
        """Returns the person's message."""
        update = self.person.writes(text, reply_to)
        await self.gets(update)
        return dict(update["message"])

    async def edit(self, message: Json, text: str) -> None:
        await self.gets(self.person.edits(message, text))

    async def press(self, button: str, on: Json | None = None) -> None:
        await self.gets(self.person.presses(button, on))

    @property
    def said(self) -> list[Json]:
        """The bot's messages that stand in the chat, oldest first."""
        return [each for each in self.person.chat.messages.values() if each["from"] == BOT]

    @property
    def texts(self) -> list[str]:
        return [each["text"] for each in self.said]

    @property
    def text(self) -> str:
        """The text of the bot's newest message."""
        return self.texts[-1]

    @property
    def buttons(self) -> list[str]:
        """The labels of the buttons under the bot's newest message."""
        return [button["text"] for button in keyboard(self.said[-1])]

    @property
    def alerts(self) -> list[str | None]:
        """The text that popped up after each pressed button."""
        return [each.get("text") for each in self.telegram.sent("answerCallbackQuery")]
