"""The buttons under a broadcast."""

from typing import ClassVar, Self

from msgspec import Struct

_NUMBER = r"\d{1,18}"


class SendBroadcast(Struct, frozen=True):
    """Sends a draft to everybody."""

    PATTERN: ClassVar[str] = rf"^broadcast:send:{_NUMBER}$"
    broadcast: int

    def pack(self) -> str:
        return f"broadcast:send:{self.broadcast}"

    @classmethod
    def unpack(cls, data: str) -> Self:
        return cls(int(data.removeprefix("broadcast:send:")))


class CancelBroadcast(Struct, frozen=True):
    """Throws a draft away, or sends no more of what is being sent."""

    PATTERN: ClassVar[str] = rf"^broadcast:cancel:{_NUMBER}$"
    broadcast: int

    def pack(self) -> str:
        return f"broadcast:cancel:{self.broadcast}"

    @classmethod
    def unpack(cls, data: str) -> Self:
        return cls(int(data.removeprefix("broadcast:cancel:")))
