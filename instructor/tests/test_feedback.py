"""The page that a student gets."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from qta_grade.checks import PASSED_ALONE
from qta_grade.editions import Edition
from qta_grade.feedback import renderer, write_pages
from qta_grade.report import Row
from qta_grade.tables import Override

SPECIFICATION = SimpleNamespace(
    title="Linear regression <by hand>",
    questions=[
        SimpleNamespace(id="q1", title="Loss & gradient", by_hand=False, optional=False),
        SimpleNamespace(id="q2", title="", by_hand=False, optional=False),
    ],
    checks=[SimpleNamespace(question="q1", points=3.0), SimpleNamespace(question="q2", points=2.0)],
)


def check(name, points, possible, kind="hidden", message=""):
    return {"id": name, "question": name[:2], "kind": kind, "possible": possible, "points": points, "message": message}


def result(**changes):
    checks = [
        check("q1.check_shape", 1, 1, "public", "passed"),
        check("q1.check_path", 0, 2, "hidden", "does not follow the gradient's path"),
        check("q2.check_rate", 1, 2, "hidden", "some rates are too large"),
    ]
    return {"checks": checks, "notes": [], "limits": [], "flags": [], **changes}


def row(**changes):
    given = {"points": {"q1": 1.0, "q2": 1.0}, "edition": Edition(SPECIFICATION, "d1"), "result": result()}
    return Row(**{"student": "s1", "name": "Ann Lee", **given, **changes})


def page(**changes):
    return renderer()(row(**changes))


class Outline(HTMLParser):
    """Collects the tags with their attributes, and checks that they nest."""

    VOID = frozenset({"meta", "link", "br", "img", "hr"})

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.texts = [], [], []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    def all(self, name):
        return [attributes for tag, attributes in self.tags if tag == name]


def words(**changes):
    """Give what a reader sees, with single spaces."""
    return " ".join(re.sub(r"<style>.*</style>|<[^>]+>", " ", page(**changes), flags=re.DOTALL).split())


def test_the_student_s_code_stands_beside_the_checks():
    code = "def loss(x):\n    return x  # </code><script>alert(1)</script>"
    text = page(result=result(answers={"q1": code}))
    assert "Your code of q1" in text
    assert "return x  # &lt;/code&gt;&lt;script&gt;" in text
    assert "Your code" not in page()  # a result of an earlier version has none


def test_the_same_sentence_stands_once():
    checks = [check(f"q1.check_{name}", 0, 1, "hidden", "Not there: f is not defined.") for name in "abc"]
    seen = words(result=result(checks=checks))
    assert (seen.count("Not there: f is not defined."), seen.count("As above.")) == (1, 2)


def test_page_is_accessible_html():
    outline = Outline(page())
    assert outline.all("html") == [{"lang": "en"}]
    assert [len(outline.all(tag)) for tag in ("h1", "main", "title", "table", "caption")] == [1, 1, 1, 3, 3]
    assert all(cell["scope"] in ("row", "col") for cell in outline.all("th"))
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in outline.all("meta")


def test_page_runs_and_loads_nothing():
    text = page()
    outline = Outline(text)
    assert {tag for tag, _ in outline.tags}.isdisjoint({"script", "link", "img", "iframe", "a", "form", "object"})
    assert not re.search(r"https?:|url\(|@import|\bon\w+=|\bstyle=", text)
    policy = next(meta["content"] for meta in outline.all("meta") if "http-equiv" in meta)
    style = re.search(r"<style>(.*)</style>", text, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_points_and_checks_in_words():
    seen = words()
    assert "Feedback for Ann Lee (s1)" in seen
    assert "Score: 2 of 5 points" in seen
    assert "check_shape in your notebook passed 1 of 1" in seen
    assert "check_path hidden does not follow the gradient&#39;s path not passed 0 of 2" in seen
    assert "check_rate hidden some rates are too large in part 1 of 2" in seen


def test_a_public_check_that_does_not_count_is_no_failure():
    seen = words(result=result(checks=[check("q1.check_shape", 0, 1, "public", PASSED_ALONE)]))
    assert f"check_shape in your notebook {PASSED_ALONE} passed alone 0 of 1" in seen


def test_notes_limits_and_override():
    override = Override("s1", "q2", 2, "A fair reading of the question.")
    seen = words(
        notes=["2 notebooks were handed in; the latest counts (b.ipynb)."],
        result=result(notes=["Cell 4, line 2: NameError: x"], limits=["Cell 7 waited for longer than it may."]),
        overrides={"q2": override},
        points={"q1": 1.0, "q2": 2.0},
    )
    for sentence in [
        "2 notebooks were handed in",
        "Cell 4, line 2: NameError: x",
        "A limit stopped some of your code",
        "Cell 7 waited",
        "Your instructor set the points of this question to 2 of 2. A fair reading of the question.",
        "Score: 3 of 5 points",
    ]:
        assert sentence in seen


def test_flags_are_for_the_instructor_alone():
    assert "lstsq" not in page(result=result(flags=["Cell 2 uses lstsq."]))


def test_without_a_submission():
    seen = words(result=None, notes=["No submission."], points={"q1": 0.0, "q2": 0.0})
    assert "No submission." in seen
    assert "Score: 0 of 5 points" in seen
    assert "Result" not in seen


def test_failure_of_the_grader_shows_no_score():
    seen = words(result=None, graded=False, notes=["The grader itself failed here (OSError: /home/prof/x)."])
    assert "not graded yet" in seen
    assert "Score" not in seen
    assert "/home/prof" not in seen


@pytest.mark.parametrize("text", ["</style><script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}"])
def test_what_a_student_writes_is_text(text):
    override = Override("s1", "q1", 1, text)
    made = page(
        student=text,
        name=text,
        notes=[text],
        result=result(notes=[text], limits=[text], checks=[check("q1.check_a", 0, 1, "public", text)]),
        overrides={"q1": override},
    )
    outline = Outline(made)
    assert {"script", "img"}.isdisjoint(tag for tag, _ in outline.tags)
    assert sum(text in piece for piece in outline.texts) >= 6
    assert "49" not in made or text != "{{ 7*7 }}"


def test_names_of_pages_are_safe(tmp_path):
    folder = tmp_path / "feedback"
    write_pages(folder, [row(student="../../x"), row(student="s1")])
    assert sorted(path.name for path in folder.iterdir()) == ["%2E%2E%2F%2E%2E%2Fx.html", "s1.html"]
