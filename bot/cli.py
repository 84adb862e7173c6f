"""The command line."""

import argparse
import asyncio
import datetime as dt
import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from bot import logs
from bot.answering.faq import Faq
from bot.conversation.context import PAUSE, Context, Turn, chat, converse
from bot.errors import KnowledgeError, SkinbotError, StartError
from bot.features import texts
from bot.knowledge import base, files
from bot.markup import short
from bot.reload import cache
from bot.settings import DATABASE, Settings, environment

OK, PROBLEM = 0, 1
READY = (
    "Getting ready: reading the answers, and learning from the phrasings. "
    "The first time takes up to a minute …"
)
Command = Callable[[argparse.Namespace, Settings], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    parser = _parser()
    given = parser.parse_args(arguments)
    _take_any_text()
    if "command" not in given:
        parser.print_help()
        return OK
    try:
        settings = Settings.read(environment(os.environ, Path(".env")))
        code: int = given.command(given, settings)
        sys.stdout.flush()
    except KnowledgeError as error:
        print(error, file=sys.stderr)
        return PROBLEM
    except SkinbotError as error:
        print(f"skinbot: {error}", file=sys.stderr)
        return PROBLEM
    except BrokenPipeError:
        # The reader went away, as `head` does. Python would complain again when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PROBLEM
    except KeyboardInterrupt:
        return PROBLEM
    return code


def _take_any_text() -> None:
    """Replace bytes that are no UTF-8, and letters that this terminal lacks, without an error."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


class _Version(argparse.Action):
    """Looks the version up only when asked: that takes as long as reading a whole copy."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        print(f"skinbot {texts.version()}")
        parser.exit()


def _parser() -> argparse.ArgumentParser:
    about = "Answers questions from a knowledge base."
    parser = argparse.ArgumentParser("skinbot", description=about)
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    commands = parser.add_subparsers(metavar="command")

    def add(run: Command, name: str, what: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=what)
        added.set_defaults(command=run)
        return added

    add(_run, "run", "run the bot on Telegram; needs BOT_TOKEN")
    _add_time(add(_chat, "chat", "talk to the bot in this terminal; needs nothing"))
    _add_question(add(_ask, "ask", "ask one question, or many with --json -"))
    check = add(_check, "check", "find every problem of a knowledge base")
    which = "default: KNOWLEDGE_DIR or the shipped one"
    check.add_argument("folder", nargs="?", type=Path, help=which)
    evaluate = add(
        _evaluate, "evaluate", "measure the answers on a file of questions, dangers or dialogs"
    )
    evaluate.add_argument("file", type=Path, help="tab-separated, its first line names the columns")
    fit = "measure from which confidence on a knowledge base should answer, and keep that"
    calibrate = add(_calibrate, "calibrate", fit)
    calibrate.add_argument("folder", type=Path, help="where thresholds.yaml is written")
    export = add(_export, "export", "what operators taught, as YAML")
    where = "such as knowledge/learned.yaml; default: print it"
    export.add_argument("file", nargs="?", type=Path, help=where)
    return parser


def _add_time(chat: argparse.ArgumentParser) -> None:
    what = "start the clock there, such as 2026-03-29T08:59:50+01:00, and watch tips come"
    chat.add_argument("--now", type=_moment, metavar="TIME", help=what)


def _add_question(ask: argparse.ArgumentParser) -> None:
    what = "the question; - reads one from each line of standard input"
    ask.add_argument("words", nargs="+", metavar="question", help=what)
    ask.add_argument("--json", action="store_true", help="print one JSON object for each question")
    what = "the lines are one chat, each read with those before; an empty line begins another"
    ask.add_argument("--dialog", action="store_true", help=what)


def _faq(settings: Settings) -> Faq:
    return cache.load(files.look(settings.knowledge or base.shipped()))


def _run(_: argparse.Namespace, settings: Settings) -> int:
    # The first check, before anything slow.
    if settings.token is None:
        raise StartError("BOT_TOKEN is not set; put the token from @BotFather there or into .env")
    # Other commands start faster without these modules.
    from bot import app

    logs.set_up(sys.stderr, settings.level, settings.format, settings.token)
    asyncio.run(app.run(settings, settings.token))
    return OK


def _chat(given: argparse.Namespace, settings: Settings) -> int:
    try:
        if sys.stdout.isatty():
            print(READY, flush=True)
        from bot.terminal import console

        logs.set_up(sys.stderr, "ERROR", settings.format, settings.token)
        asyncio.run(console.run(settings, sys.stdin, sys.stdout, given.now))
    except KeyboardInterrupt:
        # Whoever ends a chat so has made no mistake, and `make` is to say nothing of one.
        print()
    return OK


def _moment(written: str) -> dt.datetime:
    expected = f"{written!r}, expected a time such as 2026-03-29T08:59:50+01:00"
    try:
        moment = dt.datetime.fromisoformat(written)
    except ValueError:
        raise argparse.ArgumentTypeError(expected) from None
    if not 1970 < moment.year < 9999:  # Calendars end there, and tips look a week ahead.
        raise argparse.ArgumentTypeError(expected)
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _ask(given: argparse.Namespace, settings: Settings) -> int:
    from bot.terminal import answers

    faq = _faq(settings)
    questions = _questions(" ".join(given.words))
    for question, turn in (_talk if given.dialog else _alone)(faq, questions):
        shown = answers.line(faq, question, turn) if given.json else answers.text(faq, turn)
        # Some programs wait for each answer before they ask on.
        print(shown, flush=True)
    return OK


def _alone(faq: Faq, questions: Iterable[str]) -> Iterator[tuple[str, Turn]]:
    return ((question, Turn(faq.ask(question), Context())) for question in questions)


def _talk(faq: Faq, questions: Iterable[str]) -> Iterator[tuple[str, Turn]]:
    """Each message with its reply, read with the messages before it since an empty one."""
    context = Context()
    for number, question in enumerate(questions):
        if not question.strip():
            context = Context()
            continue
        turn = converse(faq, question, context, number * PAUSE)
        context = turn.context
        yield question, turn


def _questions(given: str) -> Iterable[str]:
    if given != "-":
        return [given]
    return (line.rstrip("\r\n") for line in sys.stdin)


def _check(given: argparse.Namespace, settings: Settings) -> int:
    from bot.answering import calibration, loading

    folder = given.folder or settings.knowledge or base.shipped()
    faq, warnings = loading.check(folder)
    for warning in warnings:
        print(f"warning: {warning}")
    print(calibration.expectation(faq))
    print(f"{folder}: no problems")
    return OK


def _evaluate(given: argparse.Namespace, settings: Settings) -> int:
    from bot.answering import trials

    faq = _faq(settings)
    print(trials.report(given.file, faq.ask, partial(chat, faq)))
    return OK


def _calibrate(given: argparse.Namespace, _: Settings) -> int:
    from bot.answering import calibration
    from bot.reload import export as exporting

    found = calibration.calibrate(cache.load(files.look(given.folder)))
    file = given.folder / calibration.FILE
    exporting.write(found.yaml(), file)
    print(found.report())
    print(f"{file} is written: the bot answers from a confidence of {found.thresholds.answer} on")
    return OK


def _export(given: argparse.Namespace, settings: Settings) -> int:
    from bot.reload import export as exporting

    taught = asyncio.run(exporting.lessons(settings.database or DATABASE))
    export = exporting.export(settings.knowledge or base.shipped(), taught)
    for lesson in export.left_out:
        why = "an expected question would go astray"
        print(f"left out: '{short(lesson.phrasing)}' for {lesson.target}: {why}", file=sys.stderr)
    if not export.yaml:
        print("nothing to export: nothing was taught that is not there already", file=sys.stderr)
        return OK
    if given.file:
        exporting.write(export.yaml, given.file)
        return OK
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Files of a knowledge base are in UTF-8, even where the terminal is not.
        sys.stdout.reconfigure(encoding="utf-8")
    print(export.yaml, end="")
    return OK
