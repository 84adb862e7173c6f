"""Looking up where somebody is, without holding up the answers to others."""

import asyncio
import datetime as dt
import re
from dataclasses import dataclass, field

from bot.answering.faq import Live
from bot.answering.replies import RedFlag
from bot.places import lookup
from bot.places.zones import Place

FEW_WORDS = 3
"""A text of fewer words is only a place, even if it sounds like an injury: Bled."""

Places = tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Looks places up in one thread at a time: many threads would hold up every answer."""

    live: Live
    _one_by_one: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def find(self, text: str) -> Places:
        async with self._one_by_one:
            return await asyncio.to_thread(lookup.find, text)

    async def by_clock(self, clock: dt.time, now: dt.datetime) -> Places:
        """Places whose clocks show this time now."""
        async with self._one_by_one:
            return await asyncio.to_thread(lookup.at_local_time, clock, now)

    async def told_in(self, text: str) -> Places:
        """Places that a text names; none if the text tells of something for a doctor."""
        found = await self.find(text)
        if not found or len(text.split()) < FEW_WORDS:
            return found
        # The name of a city may sound like an injury, so only the words around it count.
        city = found[0].name.partition(",")[0]
        around = re.sub(re.escape(city), " ", text, flags=re.IGNORECASE)
        return () if isinstance(self.live.faq.ask(around), RedFlag) else found
