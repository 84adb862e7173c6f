import pytest

from bot.language.called import without_names


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("our spa is on Burns Road, is it any good", "our spa is on  , is it any good"),
        ("there is a parlour at Rash Behari Avenue", "there is a parlour at  "),
        ("i live on burn street with mum", "i live   with mum"),
        ("Dr. Payne says it helps", "  says it helps"),
        ("sister Mercy Agony sells butter", "  sells butter"),
        ("mrs burns next door", "  next door"),
        ("my dog is called Shingles", "my  "),
        ("my hamster Mole bites", "my   bites"),
        ("saw the band Fever Ray live", "saw the   live"),
        ("a band called open wounds played", "a   played"),
    ],
)
def test_a_name_that_its_neighbours_give_away_is_left_out(text: str, left: str) -> None:
    assert without_names(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "my aunt has a fever",
        "i have ms can i get a rub",
        "I have MS Does it help",
        "Burned Arms after the beach",
        "the dog bit my hand",
        "i have a thing called shingles",
        "my mole is bleeding",
        "the doctor burned it off",
        "fell on the road, open wound",
        "My Dog Bit My Hand And My Friend Cut His",
        "MY SISTER BURNED HER HAND",
    ],
)
def test_what_is_no_name_stays(text: str) -> None:
    assert without_names(text) == text
