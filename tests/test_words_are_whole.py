"""What nobody sees inside a word neither tears it apart nor makes another word of it."""

import re

import pandas as pd
import pytest

from qta_keras import features

WHOLE = {
    "soft hyphens": ("gov\u00adern\u00adment", ["government"]),
    "zero-width space": ("gov\u200bernment", ["government"]),
    "byte-order mark": ("\ufeffgov\ufeffernment", ["government"]),
    "word joiner": ("gov\u2060ernment", ["government"]),
    "mark of direction": ("gov\u200eernment", ["government"]),
    "non-joiner against a ligature": ("Auf\u200clage", ["auflage"]),
    "accent apart": ("scho\u0308n", ["schön"]),
    "divided at the end of a line": ("govern-\nment", ["government"]),
    "divided, Windows": ("govern- \r\n  ment", ["government"]),
    "divided by a soft hyphen": ("govern\u00ad\nment", ["government"]),
    "divided by another hyphen": ("govern\u2010\nment", ["government"]),
    "a compound": ("well-known", ["known", "well"]),
    "a name": ("Franco-\nGerman", ["franco", "german"]),
    "a hyphen for a word left out": ("pre-\nand post-war", ["and", "post", "pre", "war"]),
    "a list": ("we\n- go\n- stay", ["go", "stay", "we"]),
    "Persian": ("می\u200cخواهم", ["می\u200cخواهم"]),
    "Persian, a stray joiner": ("کتاب\u200c ", ["کتاب"]),
    "Malayalam, a joiner at the end": ("അവന്\u200d", ["അവന്\u200d"]),
    "Malayalam, a non-joiner": ("ക്\u200cഷ", ["ക്\u200cഷ"]),
    "Malayalam, a letter with a vowel sign": ("നീ", ["നീ"]),
    "Hindi, a letter with a vowel sign": ("का में", ["का", "में"]),
    "Thai, words parted by zero-width spaces": ("ภาษา\u200bไทย", ["ภาษา", "ไทย"]),
    "English": ("Don't, don’t - a I b2b x_y 12 Ends", ["don't", "don’t", "ends"]),
}


@pytest.mark.parametrize(("text", "words"), WHOLE.values(), ids=WHOLE)
def test_words_are_whole(text, words):
    assert list(features.count_words([text])[1]) == sorted(words)
    vectoriser = features.fit_vectoriser([text], min_docfreq=1)
    assert sorted(vectoriser.get_feature_names_out()) == sorted(words)
    assert vectoriser.transform([text]).nnz == len(words)


def test_a_tokeniser_of_ones_own_gets_the_text_in_the_same_way():
    assert list(features.count_words(["Gov\u00adernment"], tokeniser=str.split)[1]) == ["government"]


def test_words_of_one_letter_and_both_apostrophes_are_counted_as_the_documentation_says():
    texts = pd.Series(["I don’t", "a war, don't"])
    assert list(features.count_words(texts)[1]) == ["don't", "don’t", "war"]
    assert list(features.count_words(texts.str.replace("’", "'"))[1]) == ["don't", "war"]
    assert list(features.count_words(["I saw a war"], tokeniser=re.compile(r"[^\W\d_]+").findall)[1]) == [
        "a",
        "i",
        "saw",
        "war",
    ]
