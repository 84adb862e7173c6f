"""Messages in another language than English, by their script and by their commonest words."""

import re
import unicodedata

from bot.language.english import english

_WORD = re.compile(r"[^\W\d_]+")
LEAST = 2
"""Foreign words that make a message foreign, where no English one is among them."""

# Articles, prepositions, pronouns and verbs that no English sentence and no usual typo has.
_SPANISH = """el los las una unos del al que qué como cómo para por pero muy mi mis mí tengo
 tiene está estoy esta este eso esto puede puedo es más cuando donde dónde
 porque ayuda sirve sobre sin ya quiero hacer años verdad funciona y cuál si sí
 se te lo cuánto hay ser son"""
_FRENCH = """le les une des du au aux est et je tu il elle nous vous mon ma mes ai avec
 pour pas sur dans qui que quoi comment pourquoi mais très ça ce cette c'est
 suis peut j ou où sont votre vos puis plus fait contre aide"""
_GERMAN = """helfen machen sie einfach man gibt wenn wo wer wann der das ein eine einen
 einem einer ich du er wir ihr und oder aber nicht kein keine ist sind mein
 meine meinen meiner gegen für mit auf bei wie warum kann hilft habe hat sehr
 auch wirklich wird von zu zum zur über nach dem des dass noch schon bringt"""
_ITALIAN = """il lo gli una uno della dello delle dei del di che chi come perché per con non
 sono ho hai ha mia mio miei mie è e questo questa molto anche può posso fa
 serve alla nel nella sulla più quanto aiuta"""
_PORTUGUESE = """os um uma uns da das dos na nos não para com meu minha meus minhas é são eu
 você tenho tem pode posso muito mais também isso esta está como que por ajuda
 à faz quando"""
_DUTCH = """het een ik jij wij zijn mijn niet geen maar voor naar ook kan heb heeft wordt
 bij dit deze wat waarom hoe helpt tegen van zou veel"""
_POLISH = """nie jest czy jak się na mam moja moje mój dla ale co to bardzo pomaga można
 przy dlaczego mnie jestem i przez"""
_TURKISH = """bir ve için mi mı mu çok ama benim nasıl var yok ile bu ne kadar iyi gelir
 değil daha"""
_SCANDINAVIAN = """och det är inte jag har min mitt mina på för att som med hur kan jeg ikke er
 og til av hjälper hjelper hjælper mot meg mig en ett"""
_RUSSIAN = """ya moya menya eto kak chto mne ochen dlya ili pomogaet ot pri mozhno u nye net"""
_HINDI = """hai mein meri mera mere kya ke ki ka ko se bhi bahut nahi karne hoti hota jati
 jata hain aur liye raha rahi ho gaya gayi wali"""
_INDONESIAN = """yang dan untuk saya tidak apakah dengan ini itu bisa ada karena membantu dari
 bagaimana"""
_ROMANIAN = """și este nu mea pentru cum ajută care sunt din mai foarte ce dacă"""

# Words that people of several languages have in common with English, or with each other's names.
_SHARED = """on a i me no do so an as is in at to man die war hat also bin den hot am he ha
 un la de es en y si te lo come e u var mi ho ki se du il des er ot pri plus
 most ma mu ne ve ya can are was co ce per con non pas sin son sons fait care
 sur dei di al ai j ka ke net nye bad kan min mina of los las del el com nos
 das mes na mere hai os ja nu este mine mot mig pot som sont le les ko wat ou
 tu ali mai mia dan ist"""

_FOREIGN = frozenset(
    word
    for language in (
        _SPANISH,
        _FRENCH,
        _GERMAN,
        _ITALIAN,
        _PORTUGUESE,
        _DUTCH,
        _POLISH,
        _TURKISH,
        _SCANDINAVIAN,
        _RUSSIAN,
        _HINDI,
        _INDONESIAN,
        _ROMANIAN,
    )
    for word in language.split()
)
_STRONG = _FOREIGN - frozenset(_SHARED.split())
# None of them is a word of one of those languages, too.
_ENGLISH = """the is are were does did my your his her it its this that these those and or
 but of for with what how why when which who can could would should have had
 you she they we not if get got any some there from about help helps please be
 been"""

_ENGLISH_WORDS = frozenset(_ENGLISH.split())

SHORT = 3
"""Words of a message in which a single word of another language is enough."""


def is_foreign(text: str) -> bool:
    """True for a message in another script, or with the small words of another language."""
    found = _WORD.findall(unicodedata.normalize("NFC", text).lower())
    if not found:
        return False
    strange = sum(not any(map(_is_latin, word)) for word in found)
    if 2 * strange > len(found):
        return True
    known = sum(word in _FOREIGN for word in {*found})
    strong = sum(word in _STRONG or (known > 0 and not word.isascii()) for word in {*found})
    native = sum(word in _ENGLISH_WORDS for word in {*found})
    if native:
        return strong >= LEAST + 1 and strong > 2 * native
    sure = any(word in _STRONG and word not in english() for word in found)
    short = 1 < len(found) <= SHORT and sure
    return short or strong >= LEAST or (strong > 0 and known > LEAST)


def _is_latin(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(("LATIN", "FULLWIDTH LATIN", "MATHEMATICAL"))
