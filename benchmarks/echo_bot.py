"""The usual bot to compare with: it sends back each text, as python-telegram-bot's manual does.

    python benchmarks/echo_bot.py [concurrent]

Reads BOT_TOKEN and TELEGRAM_API_URL from the environment, as skinbot does.
"""

import os
import sys

from telegram import Update
from telegram.ext import ApplicationBuilder, ContextTypes, MessageHandler, filters


async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    if update.message is not None and update.message.text is not None:
        await update.message.reply_text(update.message.text)


def main(arguments: list[str]) -> None:
    """Run with PTB's defaults, or with all updates side by side."""
    builder = ApplicationBuilder().token(os.environ["BOT_TOKEN"])
    builder = builder.base_url(f"{os.environ['TELEGRAM_API_URL']}/bot")
    if arguments == ["concurrent"]:
        builder = builder.concurrent_updates(True)
    app = builder.build()
    app.add_handler(MessageHandler(filters.TEXT, echo))
    app.run_polling()


if __name__ == "__main__":
    main(sys.argv[1:])
