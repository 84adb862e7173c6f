"""Subscribing: people name a time and a place, and the bot says how it understood them."""

import asyncio
import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

from telegram import Chat, ReplyKeyboardRemove, Update

from bot.answering.replies import Limited, Suggestions, Unknown
from bot.bot_api import sending
from bot.bot_api.sending import chat_of, message_of, query_of, topic_of
from bot.bot_api.types import Context
from bot.features import texts
from bot.features.questions.handlers import QuestionHandlers
from bot.features.tips import keyboards
from bot.features.tips import texts as tip_texts
from bot.features.tips.enrolment import Enrolment
from bot.features.tips.keyboards import PickPlace, PickTime, ShareLocation, TellClock
from bot.features.tips.pending import NEVER_MIND, Asked, PendingQuestions, Want
from bot.features.tips.sender import Sender
from bot.features.tips.whereabouts import Whereabouts
from bot.places import clock_times, lookup
from bot.places.zones import Place, is_zone, name_of
from bot.storage.storage import Storage
from bot.subscriptions.subscriber import RUNNING

_OFFSET = re.compile(r"(?:(?:utc|gmt)\s*+)?[+\-−]\s*+\d[\d:.,]*+", re.IGNORECASE)
"""An offset from UTC: no other number may stand beside the name of a place."""


@dataclass(frozen=True, slots=True)
class SubscribeHandlers:
    """The callbacks, with what they need."""

    questions: QuestionHandlers
    storage: Storage
    sender: Sender
    pending: PendingQuestions
    now: Callable[[], dt.datetime]
    enrolment: Enrolment
    whereabouts: Whereabouts

    async def start(self, update: Update, context: Context) -> None:
        """/start; with the link `tips` it begins a subscription."""
        if context.args == ["tips"]:
            self.questions.conversations.end(update)
            await self._begin(update)
        else:
            await self.questions.start(update, context)

    async def subscribe(self, update: Update, context: Context) -> None:
        """/subscribe, with a time, a place, both or nothing."""
        if not self.sender.knowledge.tips:
            await sending.say(update, tip_texts.NO_TIPS, None)
        elif context.args:
            await self._understand(update, " ".join(context.args))
        else:
            await self._begin(update)

    async def open_settings(self, update: Update, _: Context) -> None:
        """The button under a tip."""
        await sending.acknowledge(query_of(update))
        await self._begin(update)

    async def timezone(self, update: Update, context: Context) -> None:
        """/timezone, with a place or nothing."""
        written = " ".join(context.args or [])
        if not written:
            await self._ask_where(update, None, _asking(update, tip_texts.WHERE))
        elif found := await self.whereabouts.find(written):
            await self._choose(update, found, None)
        else:
            await self._ask_where(update, None, tip_texts.no_place(written))

    async def typed(self, update: Update, context: Context) -> None:
        """A text after a question of the bot: the answer, or a question of the person."""
        message, asked = message_of(update), self.pending.asked(update)
        text = message.text or ""
        if NEVER_MIND.fullmatch(text):
            await self.cancel(update, context)
            return
        match asked and asked.want:
            case Want.TIME if clock_times.read(text)[0]:
                self.pending.done(update)
                await self._understand(update, text)
            case Want.CLOCK if asked and (clock := clock_times.parse(text)):
                found = await self.whereabouts.by_clock(clock, self.now())
                said = tip_texts.WHICH_BY_CLOCK if found else tip_texts.NO_CLOCK
                await sending.say(update, said, keyboards.places(asked.at, found))
            case Want.PLACE | Want.CLOCK if asked:
                at, place = clock_times.read(text)
                if found := await self.whereabouts.told_in(place):
                    await self._choose(update, found, at or asked.at)
                else:
                    await self._something_else(update, context, asked)
            case _:
                await self._something_else(update, context, asked)

    async def cancel(self, update: Update, _: Context) -> None:
        """/cancel: the bot's question is dropped."""
        self.pending.done(update)
        await sending.say(update, tip_texts.AS_IT_WAS, None)

    async def located(self, update: Update, _: Context) -> None:
        """A shared location: it is looked up and not kept."""
        message, asked = message_of(update), self.pending.asked(update)
        spot = message.location
        place = await asyncio.to_thread(lookup.at, spot.latitude, spot.longitude) if spot else None
        if place is None:
            await sending.say(update, tip_texts.NO_LOCATION, ReplyKeyboardRemove())
            return
        self.pending.done(update)
        await self._settle(update, asked.at if asked else None, place, ReplyKeyboardRemove())

    async def pick_time(self, update: Update, _: Context) -> None:
        if at := PickTime.pressed(update).at:
            await sending.acknowledge(query_of(update))
            await self._with_time(update, at)
        else:
            self.pending.ask(update, Want.TIME, None)
            await sending.follow(update, _asking(update, tip_texts.WRITE_TIME), None)

    async def pick_place(self, update: Update, _: Context) -> None:
        query = query_of(update)
        picked = PickPlace.pressed(update)
        if not is_zone(picked.zone):
            await sending.acknowledge(query, texts.OUTDATED_BUTTON)
            return
        self.pending.done(update)
        place = Place(sending.label(query) or name_of(picked.zone), picked.zone)
        topic = topic_of(update)
        text = await self.enrolment.settle(chat_of(update).id, picked.at, place, topic)
        await sending.show(query, text, None)
        self.sender.wake(chat_of(update).id)

    async def ask_place(self, update: Update, _: Context) -> None:
        await sending.acknowledge(query_of(update))
        await self._ask_where(update, None, _asking(update, tip_texts.WHERE))

    async def share_location(self, update: Update, _: Context) -> None:
        self.pending.ask(update, Want.PLACE, ShareLocation.pressed(update).at)
        await sending.follow(update, tip_texts.LOCATION, keyboards.location())

    async def tell_clock(self, update: Update, _: Context) -> None:
        self.pending.ask(update, Want.CLOCK, TellClock.pressed(update).at)
        await sending.follow(update, _asking(update, tip_texts.CLOCK), None)

    async def membership(self, update: Update, _: Context) -> None:
        """Somebody blocked or unblocked the bot, or a group removed or added it."""
        change = update.my_chat_member
        if change is None:
            return
        left = change.new_chat_member.status in {"kicked", "left"}
        await (self.enrolment.left if left else self.enrolment.came_back)(change.chat.id)
        if left:
            self.sender.results.heard.lost(change.chat.id)

    async def moved(self, update: Update, _: Context) -> None:
        """A group that became a supergroup has a new id."""
        message = message_of(update)
        if message.migrate_to_chat_id:
            await self.storage.follow(message.chat.id, message.migrate_to_chat_id)
            await self.enrolment.came_back(message.migrate_to_chat_id)

    async def _begin(self, update: Update) -> None:
        """Show a subscriber the settings; ask anybody else for a time."""
        known = await self.storage.subscriber(chat_of(update).id)
        if known and known.state in RUNNING:
            now = self.now()
            await sending.say(
                update, tip_texts.settings(known, now), keyboards.settings(known, now)
            )
        elif self.sender.knowledge.tips:
            self.pending.ask(update, Want.TIME, None)
            await sending.say(update, _asking(update, tip_texts.WHEN), keyboards.times())
        else:
            await sending.say(update, tip_texts.NO_TIPS, None)

    async def _understand(self, update: Update, written: str) -> None:
        at, place = clock_times.read(written)
        if at and not place:
            await self._with_time(update, at)
        elif at is None and re.search(r"\d", _OFFSET.sub("", place)):
            await sending.say(update, tip_texts.subscribe_how(written), None)
        elif found := await self.whereabouts.find(place):
            known = await self.storage.subscriber(chat_of(update).id)
            usual = known.schedule if known else self.enrolment.default
            await self._choose(update, found, at or usual.at)
        elif at:
            await self._ask_where(update, at, tip_texts.no_place(place))
        else:
            self.pending.ask(update, Want.TIME, None)
            await sending.say(update, tip_texts.subscribe_how(written), None)

    async def _choose(self, update: Update, found: tuple[Place, ...], at: dt.time | None) -> None:
        if len(found) > 1:
            self.pending.ask(update, Want.PLACE, at)
            await sending.say(update, tip_texts.WHICH, keyboards.places(at, found))
            return
        self.pending.done(update)
        # The phone may still show its button for the location.
        private = chat_of(update).type == Chat.PRIVATE
        await self._settle(update, at, found[0], ReplyKeyboardRemove() if private else None)

    async def _with_time(self, update: Update, at: dt.time) -> None:
        """Subscribe at a time if the zone is known, else ask for the zone."""
        if known := await self.storage.subscriber(chat_of(update).id):
            zone = known.schedule.zone
            await self._settle(update, at, Place(name_of(zone), zone), None)
        else:
            await self._ask_where(update, at, _asking(update, tip_texts.WHERE))

    async def _settle(
        self, update: Update, at: dt.time | None, place: Place, keyboard: sending.Keyboard
    ) -> None:
        chat = chat_of(update).id
        text = await self.enrolment.settle(chat, at, place, topic_of(update))
        await sending.say(update, text, keyboard)
        self.sender.wake(chat)

    async def _ask_where(self, update: Update, at: dt.time | None, text: str) -> None:
        """Ask for the place of a tip at this time; None keeps the present time."""
        self.pending.ask(update, Want.PLACE, at)
        zone, private = self.enrolment.default.zone, chat_of(update).type == Chat.PRIVATE
        ways = keyboards.where(at, Place(name_of(zone), zone), private=private)
        await sending.say(update, text, ways)

    async def _something_else(self, update: Update, context: Context, asked: Asked | None) -> None:
        """Answer a text without a place or time: a question, or words that cannot be read."""
        message = message_of(update)
        reply = self.questions.live.faq.ask(message.text or "")
        if asked is None or not isinstance(reply, Unknown | Suggestions | Limited):
            await self.questions.question(update, context)
        elif asked.want is Want.PLACE:
            await self._ask_where(update, asked.at, tip_texts.no_place(message.text or ""))
        else:
            await sending.say(update, tip_texts.NO_TIME, None)


def _asking(update: Update, text: str) -> str:
    """Ask for a reply in a group: bots see no other messages there."""
    return text if chat_of(update).type == Chat.PRIVATE else f"{text}{tip_texts.IN_GROUP}"
