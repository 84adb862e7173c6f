"""PTB's types, with what this bot puts into their places for data: nothing."""

from collections.abc import Callable, Coroutine
from typing import Any

from telegram import Update
from telegram.ext import Application, CallbackContext, ExtBot, JobQueue

Nothing = dict[Any, Any]
"""PTB's places for data, which stay empty here."""
Context = CallbackContext[ExtBot[None], Nothing, Nothing, Nothing]
App = Application[ExtBot[int], Context, Nothing, Nothing, Nothing, JobQueue[Context]]
Callback = Callable[[Update, Context], Coroutine[Any, Any, None]]
