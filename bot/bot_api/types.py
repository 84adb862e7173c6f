"""PTB's types. This bot leaves PTB's places for data empty."""

from collections.abc import Callable, Coroutine
from typing import Any

from telegram import Update
from telegram.ext import Application, CallbackContext, ExtBot, JobQueue

Nothing = dict[Any, Any]
"""PTB's places for data about the bot, its chats and its users."""
Context = CallbackContext[ExtBot[None], Nothing, Nothing, Nothing]
App = Application[ExtBot[int], Context, Nothing, Nothing, Nothing, JobQueue[Context]]
Callback = Callable[[Update, Context], Coroutine[Any, Any, None]]
