"""Names of files that only nearly are those of a knowledge base."""

import re
from collections.abc import Collection
from pathlib import PurePath

TOPIC = re.compile(r"[a-z][a-z0-9_]*\.yaml")
"""The name of a topic's file."""
_MORE = re.compile(
    r"^(?:copy of|copy_of_|kopie von)\s*+"
    r"|(?<![\s_-])[\s_-]*+\b(?:copy|kopie)(?:[\s_]*+\d++)?$"
    r"|(?<!\s)\s*+\(\d++\)$",
    re.IGNORECASE,
)
"""Put before or behind the name of a copy by file managers and browsers."""
_ENDING = re.compile(
    r"[.,](?:ya?ml|txt|text|json|te?mp|part|crdownload|download|new)\s*+$", re.IGNORECASE
)


def meant(name: str) -> str | None:
    """The right name for one such as `Copy of limits.yaml.txt`; None for any other file."""
    name = name.strip()
    stem = _ENDING.sub("", name)
    if stem == name and not re.search(r"\.ya?ml\b", name, re.IGNORECASE):
        return None
    while (bare := _MORE.sub("", _ENDING.sub("", stem)).strip()) != stem:
        stem = bare
    right = re.sub(r"[\s-]+", "_", stem.lower()) + ".yaml"
    return right if right != name and TOPIC.fullmatch(right) else None


def misnamed(folder: Collection[str], known: Collection[str] | None = None) -> dict[str, str]:
    """Files that would be read under the right name, with that name.

    `folder` holds the names in a folder, and `known` those that can be right; None for any. A file
    whose right name is taken is a copy that somebody keeps, and none of these.
    """
    found = {name: right for name in sorted(folder) if (right := _yaml(name))}
    return {
        name: right
        for name, right in found.items()
        if right not in folder and (known is None or right in known)
    }


def _yaml(name: str) -> str | None:
    """The right name of a file that speaks of YAML, or that a browser or an editor renamed."""
    if name.startswith(".") or PurePath(name).suffix in {".old", ".md", ".bak"}:
        return None
    return meant(name) if re.search(r"[.,]ya?ml", name, re.IGNORECASE) else None


def advice(right: str) -> str:
    return f"this file is not read because of its name; rename it to {right}"
