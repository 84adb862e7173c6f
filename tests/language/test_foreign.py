"""Messages in other languages, told from English ones."""

import pytest

from bot.language.foreign import is_foreign


@pytest.mark.parametrize(
    "message",
    [
        "¿cómo puedo cambiar la rueda de mi bicicleta?",
        "wie kann ich die kette wechseln",
        "pourquoi ma roue fait du bruit",
        "perché la mia catena fa rumore",
        "minha bicicleta não anda bem",
        "waarom kan ik niet fietsen",
        "jak mam to zrobić",
        "велосипед скрипит",
        "自転車のチェーン",
        "मेरी साइकिल",
        "não entendo nada",
        "meri cycle bahut kharab ho jati hai",
    ],
)
def test_a_foreign_sentence_is_foreign(message: str) -> None:
    assert is_foreign(message)


@pytest.mark.parametrize(
    "message",
    [
        "",
        "👍",
        "does teh chian slip",
        "can i go to los angeles or to las vegas",
        "the del and the und are not in my dictionary",
        "danke",
        "en route",
        "van gogh",
        "hay fever",
        "je ne sais quoi is what it has",
        "abeg how e dey work",
    ],
)
def test_an_english_sentence_or_a_single_word_is_not(message: str) -> None:
    assert not is_foreign(message)
