"""Telegram HTML: turned into plain text, checked, escaped and cut."""

import html
import re
from collections.abc import Iterator

TELEGRAM_TEXT = 4_096
"""Characters (UTF-16 code units, after parsing) that Telegram takes in one message."""
_PLAIN_TAGS = ("b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "pre", "tg-spoiler")
_TAGS = {
    **{tag: (re.compile(f"<{tag}>"), f"<{tag}>") for tag in _PLAIN_TAGS},
    "a": (re.compile(r'<a\s+href="[^"\s]+">'), '<a href="https://example.org">'),
    "blockquote": (re.compile(r"<blockquote(?:\s+expandable)?>"), "<blockquote>"),
    "code": (re.compile(r'<code(?:\s+class="language-[\w+#-]+")?>'), "<code>"),
    "span": (re.compile(r'<span\s+class="tg-spoiler">'), '<span class="tg-spoiler">'),
    "tg-emoji": (re.compile(r'<tg-emoji\s+emoji-id="\d+">'), '<tg-emoji emoji-id="5368324170671">'),
}
"""Telegram's tags: how each begins, and an example."""
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z-]*)[^<>]*>")
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#\d{1,6}|#x[0-9a-fA-F]{1,5});")


def plain(source: str) -> str:
    """The text of Telegram HTML, as a person reads it."""
    return html.unescape(_TAG.sub("", source))


def html_problem(source: str) -> str | None:
    """The reason why Telegram would refuse this HTML, and the remedy; None for good HTML."""
    if "&" in _ENTITY.sub("", source):
        return "a lone & breaks Telegram HTML; write &amp;"
    if "<" in _TAG.sub("", source):
        return "a lone < breaks Telegram HTML; write &lt;"
    if not plain(source).strip():
        return "only tags, nothing to read; write some text"
    return _tag_problem(_TAG.finditer(source))


def _tag_problem(tags: Iterator[re.Match[str]]) -> str | None:
    opened: list[str] = []
    for found in tags:
        closing, tag = found.groups()
        written = short(found[0])
        if tag not in _TAGS:
            return f"{written} is no tag that Telegram knows; use b, i, u, s, a or write &lt;"
        begins, example = _TAGS[tag]
        if closing:
            if found[0] != f"</{tag}>" or not opened or opened.pop() != tag:
                return f"{written} closes nothing; every tag needs its pair, the inner one first"
        elif not begins.fullmatch(found[0]):
            return f"{written} is not how this tag begins; write {example}"
        elif tag in opened:
            return f"<{tag}> stands inside another <{tag}>; close the first one"
        else:
            opened.append(tag)
    return f"<{opened[-1]}> is never closed; add </{opened[-1]}>" if opened else None


def escape(typed: str) -> str:
    """A text that a person typed, made safe for Telegram HTML."""
    return html.escape(typed, quote=False)


def units(text: str) -> int:
    """Length as Telegram counts it: UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def pages(text: str, most: int = 4_000) -> list[str]:
    """A long text, cut between its lines into parts that fit into a message each."""
    parts: list[str] = []
    for line in text.split("\n"):
        if parts and units(parts[-1]) + units(line) < most:
            parts[-1] += f"\n{line}"
        else:
            parts.append(line)
    return parts


def short(written: str, most: int = 60) -> str:
    """Some text from a file, made short enough for the one line of a problem."""
    line = " ".join("".join(c if c.isprintable() else " " for c in written).split())
    return line if len(line) <= most else f"{line[:most]}…"


def quoted(typed: str, most: int = 60) -> str:
    """Something that a person typed, on one line, as Telegram HTML."""
    return f"“{escape(short(typed, most))}”"
