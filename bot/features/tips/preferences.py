"""Handlers for subscribers, who see, change and end their tips."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

from telegram import Update

from bot.bot_api import sending
from bot.bot_api.sending import chat_of, query_of
from bot.bot_api.types import Context
from bot.features import texts
from bot.features.questions import keyboards as question_keyboards
from bot.features.questions import texts as question_texts
from bot.features.tips import keyboards as tip_keyboards
from bot.features.tips import texts as tip_texts
from bot.features.tips.keyboards import Pause, ReadMore, Shift, ToggleDay
from bot.features.tips.pending import PendingQuestions
from bot.features.tips.sender import Sender
from bot.storage.storage import Storage
from bot.subscriptions.subscriber import RUNNING, State, Subscriber

MIDNIGHT = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - only its clock counts
Change = Callable[[Subscriber], Subscriber]


@dataclass(frozen=True, slots=True)
class PreferenceHandlers:
    """The callbacks, with what they need."""

    storage: Storage
    sender: Sender
    pending: PendingQuestions
    now: Callable[[], dt.datetime]

    async def tip(self, update: Update, _: Context) -> None:
        """/tip: the next tip of a subscriber, any tip for somebody else."""
        tip = await self.sender.draw(chat_of(update).id)
        if tip is None:
            await sending.say(update, tip_texts.NO_TIPS, None)
            return
        known = await self.storage.subscriber(chat_of(update).id)
        running = known is not None and known.state in RUNNING
        keyboard = tip_keyboards.under_tip(tip, subscribed=running)
        await sending.say(update, tip_texts.tip(tip), keyboard)

    async def read_more(self, update: Update, _: Context) -> None:
        """Send the entry of a tip below it; the tip stays."""
        query = query_of(update)
        knowledge = self.sender.knowledge
        entry = knowledge.entries.get(ReadMore.pressed(update).entry)
        if entry is None:
            await sending.acknowledge(query, texts.OUTDATED_BUTTON)
        else:
            keyboard = question_keyboards.around(knowledge, [entry])
            await sending.follow(update, question_texts.entries(knowledge, [entry]), keyboard)

    async def settings(self, update: Update, _: Context) -> None:
        known = await self.storage.subscriber(chat_of(update).id)
        if known is None:
            await sending.say(update, tip_texts.NOT_SUBSCRIBED, None)
        else:
            now = self.now()
            await sending.say(
                update, tip_texts.settings(known, now), tip_keyboards.settings(known, now)
            )

    async def shift(self, update: Update, _: Context) -> None:
        minutes = Shift.pressed(update).minutes

        def later(known: Subscriber) -> Subscriber:
            at = MIDNIGHT.replace(hour=known.schedule.at.hour, minute=known.schedule.at.minute)
            moved = (at + dt.timedelta(minutes=minutes)).time()
            return known.rescheduled(replace(known.schedule, at=moved), self.now())

        await self._change(update, later)

    async def toggle_day(self, update: Update, _: Context) -> None:
        day = ToggleDay.pressed(update).day

        def toggled(known: Subscriber) -> Subscriber:
            days = known.schedule.days ^ {day}
            schedule = replace(known.schedule, days=days)
            return known.rescheduled(schedule, self.now()) if days else known

        known = await self.storage.subscriber(chat_of(update).id)
        if known and known.schedule.days == {day}:
            await sending.acknowledge(query_of(update), tip_texts.ONE_DAY)
        else:
            await self._change(update, toggled)

    async def pause(self, update: Update, _: Context) -> None:
        days = Pause.pressed(update).days
        until = self.now() + dt.timedelta(days=days) if days else None

        def paused(known: Subscriber) -> Subscriber:
            return known.paused(until) if known.state in RUNNING else known

        await self._change(update, paused)

    async def resume(self, update: Update, _: Context) -> None:
        await self._change(update, lambda known: known.resumed(self.now()))

    async def stop(self, update: Update, _: Context) -> None:
        await self._change(update, lambda known: known.ended(State.STOPPED))

    async def unsubscribe(self, update: Update, _: Context) -> None:
        """/unsubscribe, or the word: the tips end at once, and a button brings them back."""
        self.pending.done(update)
        known = await self.storage.subscriber(chat_of(update).id)
        if known is None or known.state is State.STOPPED:
            await sending.say(update, tip_texts.NOT_SUBSCRIBED, None)
        else:
            await self.storage.end(chat_of(update).id, State.STOPPED)
            self.sender.results.recorder.changed(known, None)
            await sending.say(update, tip_texts.UNSUBSCRIBED, tip_keyboards.again())

    async def _change(self, update: Update, how: Change) -> None:
        """Change the subscriber, and show the new settings."""
        query, now = query_of(update), self.now()
        watched = self.sender.results.recorder.watched(lambda known: how(known) if known else None)
        after = await self.storage.change(chat_of(update).id, watched)
        if after is None:
            await sending.acknowledge(query, tip_texts.OUTDATED_SETTING)
        else:
            text, keyboard = tip_texts.settings(after, now), tip_keyboards.settings(after, now)
            await sending.show(query, text, keyboard)
