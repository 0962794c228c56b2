"""The quizzes are sound, and what is made of them says the same as their sources."""

import html
import re
from pathlib import Path

import pytest

from tools import Stop, quiz, site
from tools.notebook import find_notebooks

ROOT = Path(__file__).parents[1]
QUIZZES = quiz.read_quizzes(ROOT)
EVERY = pytest.mark.parametrize("one", QUIZZES, ids=lambda one: one.name)


def choices(one):
    return [choice for question in one.questions for choice in question.choices]


def words(text):
    """Count words; a formula is one."""
    return len(re.sub(r"\$[^$]*\$", "x", text).split())


def test_every_lesson_has_a_quiz():
    assert [one.lesson for one in QUIZZES] == [path.name for path in find_notebooks(ROOT / "notebooks", [])]


@EVERY
def test_a_quiz_has_five_questions_of_three_or_four_choices_one_of_them_right(one):
    assert len(one.questions) == 5
    for question in one.questions:
        assert len(question.choices) in (3, 4)
        assert sum(choice.right for choice in question.choices) == 1


@EVERY
def test_texts_are_short_and_a_reason_does_not_repeat_the_verdict(one):
    for question in one.questions:
        assert words(question.text) <= 40
    for choice in choices(one):
        assert words(choice.text) <= 25
        assert words(choice.reason) <= 40
        assert not re.match(r"(Right|No|But|Yes)\b", choice.reason)


@EVERY
def test_the_right_choice_is_not_known_by_its_place(one):
    places = [[choice.right for choice in question.choices].index(True) for question in one.questions]
    assert len(set(places)) > 2


def test_the_right_choice_is_not_known_by_its_length():
    longest = [
        max(question.choices, key=lambda choice: len(choice.text)) for one in QUIZZES for question in one.questions
    ]
    assert sum(choice.right for choice in longest) < len(longest) / 2


@EVERY
def test_the_page_has_one_title_ordered_headings_and_a_fold_for_each_choice(one):
    text = quiz.page(one)
    headings = re.findall(r"^(#+) (.*)$", text, flags=re.MULTILINE)
    assert headings == [("#", f"Quiz: {one.title}"), *(("##", f"Question {n}") for n in range(1, 6))]
    folds = re.findall(r"<details><summary>(.+)</summary>\n\n(.+)\n\n</details>", text)
    assert len(folds) == text.count("<details>") == len(choices(one))
    for choice, (summary, shown) in zip(choices(one), folds, strict=True):
        assert "$" not in summary
        assert shown == ("**Right.** " if choice.right else "**No.** ") + choice.reason
    assert (ROOT / "notebooks" / re.search(r"\]\(\.\./notebooks/(.+?)\)", text).group(1)).exists()
    assert f"<{quiz.gift_name(one)}>`" in text.splitlines()[-1]


# A reader of the part of GIFT that we write. Anything else is an error.

MEANING = r"\~=#{}:"
PLAIN = "([^~=#{}:\n]+)"


def read_gift(text):
    """Return the category and the questions, as names, texts and (text, reason, right), still in HTML."""
    assert text.endswith("\n")
    assert "\n\n\n" not in text
    hidden = re.sub(r"\\(.)", hide, text)
    category, *blocks = hidden.removesuffix("\n").split("\n\n")
    questions = []
    for block in blocks:
        name, stem, answers = re.fullmatch(rf"::{PLAIN}::\[html\]{PLAIN} {{\n(.*)\n}}", block, re.DOTALL).groups()
        rows = [re.fullmatch(f"([=~]){PLAIN}#{PLAIN}", line).groups() for line in answers.split("\n")]
        questions.append((name, shown(stem), [(shown(row[1]), shown(row[2]), row[0] == "=") for row in rows]))
    return re.fullmatch(r"\$CATEGORY: (.+)", category).group(1), questions


def hide(escape):
    assert escape[1] in MEANING, escape[0]
    return chr(0xE000 + ord(escape[1]))


def shown(text):
    return re.sub("[\ue000-\ue0ff]", lambda hidden: chr(ord(hidden[0]) - 0xE000), text)


def to_markdown(text):
    for theirs, ours in {r"\(": "$", r"\)": "$", "<code>": "`", "</code>": "`", "<em>": "*", "</em>": "*"}.items():
        text = text.replace(theirs, ours)
    assert not re.search("<[a-z/]", text)
    return html.unescape(text)


def same(one):
    category, questions = read_gift(quiz.gift(one))
    assert category == f"{quiz.CATEGORY}/{one.name} {one.title}"
    for number, (question, (name, stem, answers)) in enumerate(zip(one.questions, questions, strict=True), 1):
        assert name == f"Quiz {one.name}, question {number}"
        assert to_markdown(stem) == question.text
        read = [(to_markdown(text), to_markdown(reason), right) for text, reason, right in answers]
        assert read == [(choice.text, choice.reason, choice.right) for choice in question.choices]


@EVERY
def test_the_gift_file_says_what_the_source_says(one):
    same(one)


def test_characters_that_mean_something_to_gift_or_html_come_through():
    texts = [r"$\nabla f = \{x : a < b\} \# 1$ & so on", "`{'a': \"b\"} # ~x` -> //", "*no* :: = #### ~%50% <b>"]
    answers = [quiz.Choice(text, text, right) for text, right in zip(texts, [False, True, False], strict=True)]
    same(quiz.Quiz("01", "A: b", "01-a.ipynb", [quiz.Question(text, answers) for text in texts]))


def test_stray_specials_are_noticed_by_the_reader():
    for bad in ("a = b", r"\n", "{", "x\n\n\ny"):
        with pytest.raises((AssertionError, AttributeError, ValueError)):
            read_gift(f"$CATEGORY: x\n\n::n::[html]{bad} {{\n=a#b\n~c#d\n}}\n")


# What a source may not be.

GOOD = """
[[question]]
text = "Q"
[[question.choice]]
text = "A"
reason = "a"
right = true
[[question.choice]]
text = "B"
reason = "b"
[[question.choice]]
text = "C"
reason = "c"
"""


def read(tmp_path, text, name="01"):
    path = tmp_path / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return quiz.read_quiz(path, ROOT / "notebooks")


def test_a_sound_source_is_read(tmp_path):
    (question,) = read(tmp_path, GOOD).questions
    assert question == quiz.Question("Q", [quiz.Choice(c, c.lower(), c == "A") for c in "ABC"])


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("right = true\n", "", ", question 1 has no right choice: mark one with right = true."),
        ('"b"', '"b"\nright = true', ", question 1 has 2 right choices: mark one with right = true."),
        ("right = true", "right = 1", ", question 1, choice 1 has right = 1: write true, or leave the line out."),
        ('reason = "c"\n', "", ", question 1, choice 3 has no reason."),
        ('"c"', '" "', ", question 1, choice 3 has no reason."),
        ('text = "Q"\n', "", ", question 1 has no text."),
        ('"C"', "3", ", question 1, choice 3 has no text."),
        (GOOD[GOOD.rindex("[[") :], "", ", question 1 has fewer than three choices."),
        ('"C"', '"A"', ", question 1 has the same choice twice."),
        ('"b"', '"b"\nwhy = "x"', ", question 1, choice 2 has an unknown key, 'why': known are reason, right, text."),
        ('"Q"', '"Q"\nhint = "x"', ", question 1 has an unknown key, 'hint': known are choice, text."),
        ("\n[[question]]", "a = 1\n[[question]]", " has an unknown key, 'a': known are question."),
        (GOOD, "", " has no questions: each begins with [[question]]."),
        (GOOD[GOOD.index("[[question.") :], "", ", question 1 has no choices: each begins with [[question.choice]]."),
        ('"Q"', '"a $ b"', ", question 1 has a $ without its partner: a $ b"),
        (
            '"C"',
            '"$-3$"',
            ", question 1, choice 3 is a formula alone, which has no name when it is read aloud: add a word.",
        ),
    ],
)
def test_a_source_that_is_not_sound_is_refused_in_a_sentence(tmp_path, old, new, sentence):
    assert old in GOOD
    with pytest.raises(Stop) as stop:
        read(tmp_path, GOOD.replace(old, new, 1))
    assert str(stop.value) == f"01.toml{sentence}"


def test_a_formula_that_cannot_be_shown_is_refused(tmp_path):
    with pytest.raises(Stop, match=r"^01\.toml, question 1 has a formula that cannot be shown \(.*\): \$\{\$$"):
        read(tmp_path, GOOD.replace('"Q"', '"${$"'))


def test_a_file_that_is_no_toml_is_named(tmp_path):
    with pytest.raises(Stop, match=r"^01\.toml is not a TOML file: "):
        read(tmp_path, "[[question")


def test_a_quiz_without_a_lesson_is_refused(tmp_path):
    with pytest.raises(Stop, match=r"No notebook's name begins with '07-'"):
        read(tmp_path, GOOD, "07")


def test_the_site_has_the_quizzes_after_the_lessons(tmp_path):
    pages = site._write_sources(ROOT, tmp_path)
    lessons = [name for name in pages if name.startswith("notebooks/")]
    ours = [name for name in pages if name.startswith("quizzes/")]
    assert ours == [f"quizzes/{one.name}.md" for one in QUIZZES]
    assert pages[: len(lessons) + len(ours)] == lessons + ours
    for one in QUIZZES:
        assert (tmp_path / "quizzes" / quiz.gift_name(one)).read_text(encoding="utf-8") == quiz.gift(one)
    captions = re.findall(":caption: (.*)", (tmp_path / "index.md").read_text(encoding="utf-8"))
    assert captions[:2] == ["The lessons", "Quizzes"]
