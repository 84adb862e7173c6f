"""JSON Schemas of the knowledge base, so that editors complete and check its files.

`python -m bot.knowledge.json_schema` writes them beside the shipped knowledge base; the loader
never reads them.
"""

import json
from pathlib import Path

from bot.knowledge import base
from bot.knowledge.fields import Model
from bot.knowledge.files import FILES
from bot.knowledge.models import Topic
from bot.knowledge.parser import ADAPTERS

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FOLDER = "schema"


def schemas() -> dict[str, dict[str, object]]:
    """The schema of each kind of file, under the name of the file that it is stored in."""
    models: dict[str, type[Model]] = {"topic.yaml": Topic, **FILES}
    return {
        f"{Path(file).stem}.json": {"$schema": DIALECT, **ADAPTERS[model].json_schema()}
        for file, model in models.items()
    }


def write(folder: Path) -> None:
    """Store every schema in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in schemas().items():
        text = json.dumps(schema, ensure_ascii=False, indent=2)
        (folder / name).write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    write(base.shipped() / FOLDER)
