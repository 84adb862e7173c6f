"""The picture of the README: a conversation with the shipped bot, drawn from its real replies.

    .venv/bin/python docs/draw_conversation.py

It writes conversation.svg into the folder .github.
"""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from bot.answering import loading
from bot.answering.faq import Faq
from bot.features.questions import keyboards, texts
from bot.knowledge import base
from bot.markup import plain

PICTURE = Path(__file__).resolve().parent.parent / ".github" / "conversation.svg"
CONVERSATION = (
    "does massage fade strech marks?",
    "my cheeks are dry and droopy",
    "can i massage a burn?",
)
WIDTH, MARGIN, LINE = 560, 16, 20
PADDING, BETWEEN = 5, 4
"""Pixels inside of a button and between two buttons."""
COLUMNS = 66
TITLE = "A conversation with the bot in Telegram"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message or button."""

    lines: tuple[str, ...]
    fill: str
    left: int
    width: int
    padding: int = 10
    gap: int = 14
    """Pixels above it."""
    centred: bool = False

    @property
    def height(self) -> int:
        return len(self.lines) * LINE + 2 * self.padding


def main() -> None:
    """Write the picture."""
    faq = loading.load(base.shipped())
    bubbles = [bubble for question in CONVERSATION for bubble in _exchange(faq, question)]
    PICTURE.write_text(_svg(bubbles), "utf-8")


def _exchange(faq: Faq, question: str) -> list[Bubble]:
    reply = faq.ask(question)
    text = plain(texts.of(faq.knowledge, reply))
    lines = tuple(
        line for part in text.split("\n") for line in textwrap.wrap(part, COLUMNS) or [""]
    )
    keyboard = keyboards.under(faq.knowledge, reply)
    rows = [[button.text for button in row] for row in keyboard.inline_keyboard] if keyboard else []
    width = len(question) * 8 + 20
    return [
        Bubble((question,), "#dcf8c6", WIDTH - MARGIN - width, width),
        Bubble(lines, "#ffffff", MARGIN, WIDTH - 4 * MARGIN),
        *(button for row in rows for button in _buttons(row)),
    ]


def _buttons(labels: Sequence[str]) -> Iterator[Bubble]:
    """Buttons beside each other."""
    width = (WIDTH - 4 * MARGIN - BETWEEN * (len(labels) - 1)) // len(labels)
    for number, label in enumerate(labels):
        left = MARGIN + number * (width + BETWEEN)
        # Up again by the height of the one before.
        gap = -(LINE + 2 * PADDING) if number else BETWEEN
        yield Bubble((label,), "#cfdfee", left, width, padding=PADDING, gap=gap, centred=True)


def _svg(bubbles: Sequence[Bubble]) -> str:
    parts, top = [], 0
    for bubble in bubbles:
        top += bubble.gap
        parts.append(_draw(bubble, top))
        top += bubble.height
    height = top + MARGIN
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
            f'font-family="{escape(FONT)}" font-size="14" role="img" aria-labelledby="title">',
            f'<title id="title">{TITLE}</title>',
            f'<rect width="{WIDTH}" height="{height}" rx="12" fill="#e6ebee"/>',
            *parts,
            "</svg>",
            "",
        ]
    )


def _draw(bubble: Bubble, top: int) -> str:
    box = (
        f'<rect x="{bubble.left}" y="{top}" width="{bubble.width}" height="{bubble.height}" '
        f'rx="10" fill="{bubble.fill}"/>'
    )
    first = top + bubble.padding + 15
    return "\n".join(
        [box, *(_text(bubble, first + LINE * i, line) for i, line in enumerate(bubble.lines))]
    )


def _text(bubble: Bubble, y: int, line: str) -> str:
    if bubble.centred:
        middle = bubble.left + bubble.width // 2
        return f'<text x="{middle}" y="{y}" text-anchor="middle">{escape(line)}</text>'
    return f'<text x="{bubble.left + bubble.padding}" y="{y}">{escape(line)}</text>'


if __name__ == "__main__":
    main()
