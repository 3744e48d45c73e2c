"""Korean particles, whose form depends on how the word before them ends: 나비야를, LSTM을, 3이."""

PAIRS = (("은", "는"), ("이", "가"), ("을", "를"), ("과", "와"), ("으로", "로"), ("이라", "라"))
"""After a final consonant, and after a vowel."""
PARTICLES = {form: pair for pair in PAIRS for form in pair}
"""Either form -> both."""

_READ = dict(
    zip(
        "0123456789abcdefghijklmnopqrstuvwxyz%",
        "영일이삼사오육칠팔구이비시디이프지치이이이엘엠엔오피큐알스티유이유스이지트",
        strict=True,
    )
)
"""A digit or a Latin letter -> the last syllable of its Korean name. 10, 100 and 1,000 end with a
consonant, as 0 does.
"""
_FINALS = 28  # of a syllable: none, and 27 consonants
_RIEUL = 8  # after which 로 follows as after a vowel


def particle(word: str, form: str) -> str:
    """The form of a particle that follows ``word``, as it is read aloud; ``form`` is either of its
    forms.
    """
    after_consonant, after_vowel = PARTICLES[form]
    final = _final(word)
    closed = final and not (final == _RIEUL and after_vowel == "로")
    return after_consonant if closed else after_vowel


def _final(word: str) -> int:
    """The number of the final consonant with which ``word`` ends, 0 where it is a vowel. What
    stands around it, such as a bracket or a quotation mark, is not read.
    """
    letter = next((each for each in reversed(word) if each.isalnum() or each == "%"), "")
    letter = _READ.get(letter.lower(), letter)
    place = ord(letter) - ord("가") if letter else -1
    return place % _FINALS if 0 <= place <= ord("힣") - ord("가") else 0
