"""A way to Telegram that takes its time."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from telegram.request import RequestData
from typing_extensions import override

from tests.fake_bot_api.telegram import FakeRequest, FakeTelegram, method_and_query

Times = Callable[[str, Mapping[str, Any]], float]
"""From the method and the parameters of a call, the factor on its seconds; often 0 or 1."""


class SlowRequest(FakeRequest):
    """Telegram hears of a call after `seconds`, and the answer is there `seconds_back` later."""

    def __init__(
        self,
        telegram: FakeTelegram,
        times: Times = lambda _method, _parameters: 1,
        seconds: float = 0.0,
        seconds_back: float = 0.0,
    ) -> None:
        super().__init__(telegram)
        self.seconds = seconds
        self.seconds_back = seconds_back
        self.open = False
        self._times = times
        self._begun: Counter[str] = Counter()
        self._news = asyncio.Event()

    async def until(self, method: str, count: int = 1) -> None:
        """Waits until so many calls have begun."""
        while self._begun[method] < count:
            self._news.clear()
            await self._news.wait()

    @override
    async def initialize(self) -> None:
        await super().initialize()
        self.open = True

    @override
    async def shutdown(self) -> None:
        await super().shutdown()
        self.open = False

    @override
    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        *_timeouts: object,
        **_named_timeouts: object,
    ) -> tuple[int, bytes]:
        name = method_and_query(url)[0]
        self._begun[name] += 1
        self._news.set()
        times = self._times(name, request_data.parameters if request_data else {})
        await asyncio.sleep(self.seconds * times)
        answer = await super().do_request(url, method, request_data)
        await asyncio.sleep(self.seconds_back * times)
        return answer
