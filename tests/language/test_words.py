"""From typed text to the words that are compared, and from Telegram HTML to plain text."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import markup as text
from bot.language.words import MAX_QUESTION, MAX_WORD, MOST_FOLDED, stem, stems, words
from tests.fake_bot_api.html import parse_html, utf16_length

FRAGMENTS = (
    "<b>", "</b>", "<i>", "</i>", "<b/>", "<b", "</b", "</b >", "<B>", "<br>", "<!-- x -->", "</x>",
    "<a>", '<a href="https://a.b/?c=d&amp;e=f">', "<a href='a.b'>", '<a href="">', "</a>",
    "<span>", '<span class="tg-spoiler">', "</span>", "<tg-emoji>", '<tg-emoji emoji-id="1">',
    "</tg-emoji>", "<blockquote>", "<blockquote expandable>", "</blockquote>", "<pre>", "</pre>",
    '<code class="language-x">', "<code>", "</code>", "&", "&amp;", "&amp", "&lt;", "&#65;",
    "&#x41;", "&nbsp;", "&copy", "<", ">", '"', "'", " ", "\n", "word", "🧴",
)  # fmt: skip


@pytest.mark.parametrize("apostrophe", ["'", "’", "‘", "ʼ", "′", "`", "´", "＇"])
def test_every_keyboards_apostrophe_opens_a_contraction(apostrophe: str) -> None:
    assert words(f"I can{apostrophe}t") == ("i", "can", "not")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("it doesn't", "it does not"),
        ("it doesnt", "it does not"),
        ("cannot", "can not"),
        ("I'm, we're, they've, she'll, he'd", "i am we are they have she will he would"),
        ("shouldn't've", "should not have"),
        ("whats this", "what this"),
        ("u r gr8 tho", "you are gr8 though"),
        ("y does it, idk w my skin", "why does it idk with my skin"),
    ],
)
def test_what_people_leave_out_on_a_phone_is_put_back(typed: str, meant: str) -> None:
    assert words(typed) == tuple(meant.split())


@pytest.mark.parametrize("word", ["ill", "id", "well", "were", "shed", "wed"])
def test_words_that_look_like_a_contraction_stay_themselves(word: str) -> None:
    assert words(word) == (word,)


@pytest.mark.parametrize("typed", ["crow's feet", "crows' feet", "crow’s  feet", "'crow' 'feet'"])
def test_possessives_and_quotes_leave_the_word(typed: str) -> None:
    assert stems(typed) == stems("crow feet")


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("colour", "color"),
        ("moisturise", "moisturize"),
        ("moisturising", "moisturizing"),
        ("grey", "gray"),
        ("coloured", "colored"),
    ],
)
def test_british_and_american_spelling_are_one(british: str, american: str) -> None:
    assert words(british) == words(american)


@pytest.mark.parametrize("word", ["our", "four", "hour", "rise", "wise", "noise", "island"])
def test_short_words_are_spelled_one_way_everywhere(word: str) -> None:
    assert words(word) == (word,)


def test_letters_held_down_count_twice() -> None:
    assert words("sooooo goooood") == ("soo", "good")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("CAFÉ", "cafe"),
        ("cafe\u0301", "cafe"),
        ("ＡＢＣ", "abc"),
        ("ﬁne", "fine"),
        ("Straße", "strasse"),
        ("İstanbul", "istanbul"),
        ("mas\u00adsage", "massage"),
        ("mas\u200dsage\ufeff", "massage"),
        ("snake_case", "snake case"),
        ("x²", "x2"),
        ("a\x00b", "a b"),
        ("🧴skin🧴care", "skin care"),
    ],
)
def test_the_same_letters_in_another_dress_are_the_same_word(typed: str, meant: str) -> None:
    assert words(typed) == tuple(meant.split())


@pytest.mark.parametrize("typed", ["", " ", "?!", "👋🏽", "\ud83d", "\u200b", "'", "_", "\u0301"])
def test_what_holds_no_letter_holds_no_word(typed: str) -> None:
    assert words(typed) == ()


@pytest.mark.parametrize("script", ["日本語", "العَرَبِيَّة", "עִבְרִית", "กินน้ำ", "हिन्दी", "한국어"])
def test_every_script_has_words(script: str) -> None:
    assert words(script)


def test_only_the_beginning_of_a_long_text_is_read() -> None:
    assert words("ab " * MAX_QUESTION) == ("ab",) * (MAX_QUESTION // 3) + ("a",)


def test_only_the_beginning_of_a_long_word_is_read() -> None:
    assert words("ab" * MAX_QUESTION) == ("ab" * (MAX_WORD // 2),)


@settings(deadline=None, max_examples=150)
@given(st.text(st.characters(), max_size=50))
def test_words_are_letters_and_digits_whatever_was_typed(typed: str) -> None:
    assert all(word.isalnum() and len(word) <= MAX_WORD for word in words(typed))


def test_inflections_share_a_stem() -> None:
    assert len({stem(word) for word in words("massage massages massaged massaging")}) == 1


def test_stems_are_the_same_in_many_threads() -> None:
    """A reload builds an index in a thread while questions are answered."""
    typed = [f"{word}{i}ing" for word in ("massag", "glow", "sagg") for i in range(1_000)]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(stem, typed))
    stem.cache_clear()
    assert found == list(map(stem, typed))


def test_plain_text_is_what_a_person_reads() -> None:
    assert text.plain("<b>Slip</b> &amp; <i>grab</i> &lt;3") == "Slip & grab <3"


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("salt & pepper", "a lone & breaks Telegram HTML; write &amp;"),
        ("1 < 2", "a lone < breaks Telegram HTML; write &lt;"),
        ("<b></b>", "only tags, nothing to read; write some text"),
        ("<br>x", "<br> is no tag that Telegram knows; use b, i, u, s, a or write &lt;"),
        ("x</b>", "</b> closes nothing; every tag needs its pair, the inner one first"),
        ("<b><i>x</b>", "</b> closes nothing; every tag needs its pair, the inner one first"),
        ("<b>x <b>y</b></b>", "<b> stands inside another <b>; close the first one"),
        ("<b>x", "<b> is never closed; add </b>"),
        (
            "<span>x</span>",
            '<span> is not how this tag begins; write <span class="tg-spoiler">',
        ),
    ],
)
def test_broken_html_is_explained(source: str, problem: str) -> None:
    assert text.html_problem(source) == problem


@settings(deadline=None, max_examples=150)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=6).map("".join))
def test_what_passes_as_html_is_read_by_telegram_in_the_same_way(source: str) -> None:
    if text.html_problem(source) is None:
        assert parse_html(source).text == text.plain(source).strip()


def test_telegrams_own_tags_all_pass() -> None:
    source = (
        "<b>a</b><strong>b</strong><i>c</i><em>d</em><u>e</u><ins>f</ins><s>g</s><strike>h</strike>"
        '<del>i</del><code>j</code><pre><code class="language-python">k</code></pre>'
        '<a href="https://example.org/?a=b&amp;c=d">l</a><span class="tg-spoiler">m</span>'
        "<tg-spoiler>n</tg-spoiler><blockquote>o</blockquote><blockquote expandable>p</blockquote>"
        '<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>&lt;&gt;&amp;&quot;&#39;&#x27;'
    )
    assert text.html_problem(source) is None
    assert parse_html(source).text == "abcdefghijklmnop👍<>&\"''" == text.plain(source)


@settings(deadline=None, max_examples=100)
@given(st.text(st.characters(exclude_characters="\x00"), max_size=60))
def test_what_people_type_shows_as_typed_once_escaped(typed: str) -> None:
    assert parse_html(text.escape(typed)).text == typed.strip()
    assert text.plain(text.escape(typed)) == typed


@settings(deadline=None, max_examples=100)
@given(st.text(st.characters(), max_size=20))
def test_length_is_counted_as_telegram_counts(typed: str) -> None:
    assert text.units(typed) == utf16_length(typed)


def test_letters_that_fold_into_many_are_not_all_read() -> None:
    assert sum(map(len, words("\ufdfa" * MAX_QUESTION))) <= MOST_FOLDED
