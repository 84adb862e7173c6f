"""Chooses the next tip: each comes once a round, in an order for each subscriber."""

from collections.abc import Collection
from hashlib import sha256


def choose(tips: Collection[str], seen: Collection[str], chat: int, turn: int) -> str | None:
    """The next tip that was not seen in this round; None when all were.

    The order depends on nothing else. So tips may come and go, and the others keep their order.
    """
    unseen = set(tips) - set(seen)
    return min(unseen, key=lambda tip: _place(tip, chat, turn), default=None)


def _place(tip: str, chat: int, turn: int) -> bytes:
    return sha256(f"{chat} {turn} {tip}".encode()).digest()
