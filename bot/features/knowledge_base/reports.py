"""Reports to operators about a change of the knowledge base."""

import logging
from collections.abc import Callable, Coroutine
from typing import Any

from bot.errors import KnowledgeError, ReloadError
from bot.features.knowledge_base import texts
from bot.features.operators.notices import Notice
from bot.reload.diff import Changes

Work = Coroutine[Any, Any, Changes]

log = logging.getLogger(__name__)


async def report(work: Work, told: Callable[[Changes], str]) -> Notice:
    """Do the work, and report its result. Bad input raises no error: the report tells of it."""
    try:
        changes = await work
    except KnowledgeError as error:
        log.warning("not reloaded:\n%s", error)
        return problems(error)
    except ReloadError as error:
        log.warning("not reloaded: %s", error)
        return Notice(texts.failed(str(error)), good=False)
    log.info("the knowledge base was reloaded; %d kinds of things differ", len(changes.sections))
    return Notice(told(changes), quiet=not changes)


def problems(error: KnowledgeError) -> Notice:
    file = str(error).encode("utf-8", "replace") if texts.is_cut(error) else None
    return Notice(texts.problems(error), file, good=False)
