"""What a user could take instead: four ways from titles to types, each trained and asked in its own manner."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

__all__ = ["PEERS", "PLAIN", "Ask"]

Ask = Callable[[Sequence[str]], list[str]]
"""The types of titles."""


def plain_pipeline(titles: Sequence[str], codes: Sequence[str]) -> Ask:
    """underthesea's words, TF-IDF, logistic regression: the pipeline that its own documentation suggests."""
    from underthesea import word_tokenize

    return _scikit_learn(word_tokenize, titles, codes)


def pyvi(titles: Sequence[str], codes: Sequence[str]) -> Ask:
    """pyvi's words, the same way."""
    from pyvi import ViTokenizer

    return _scikit_learn(lambda title: ViTokenizer.tokenize(title).split(), titles, codes)


def _scikit_learn(words: Callable[[str], list[str]], titles: Sequence[str], codes: Sequence[str]) -> Ask:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    # saga, as our own model: lbfgs comes to the same and needs minutes.
    model = make_pipeline(
        TfidfVectorizer(tokenizer=words, token_pattern=None, ngram_range=(1, 2), min_df=2),
        LogisticRegression(C=5.0, solver="saga", tol=1e-3, max_iter=200, random_state=0),
    ).fit(list(titles), list(codes))
    return lambda asked: model.predict(list(asked)).tolist()


def rust(titles: Sequence[str], codes: Sequence[str]) -> Ask:
    """The TF-IDF and linear SVM inside underthesea_core; no words, syllables."""
    from underthesea_core import TextClassifier

    model = TextClassifier(max_features=60_000, ngram_range=(1, 2))
    model.fit([title.lower() for title in titles], list(codes))
    return lambda asked: list(model.predict_batch([title.lower() for title in asked]))


def fasttext(titles: Sequence[str], codes: Sequence[str]) -> Ask:
    """fastText, supervised, syllables 1-2."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import fasttext as library

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "train.txt"
        lines = [f"__label__{code} {_one_line(title)}" for title, code in zip(titles, codes, strict=True)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        model = library.train_supervised(
            str(path), wordNgrams=2, epoch=25, lr=0.5, dim=100, minCount=2, thread=1, verbose=0
        )

    def ask(asked: Sequence[str]) -> list[str]:
        # `model.predict` breaks on numpy 2; what it calls does not.
        found = [model.f.predict(_one_line(title) + "\n", 1, 0.0, "strict") for title in asked]
        return [labels[0][1].removeprefix("__label__") if labels else "" for labels in found]

    return ask


def _one_line(title: str) -> str:
    return " ".join(title.lower().split())


PLAIN = "plain pipeline: underthesea, TF-IDF, logistic regression"
PEERS: dict[str, Callable[[Sequence[str], Sequence[str]], Ask]] = {
    PLAIN: plain_pipeline,
    "pyvi, TF-IDF, logistic regression": pyvi,
    "underthesea_core, TF-IDF and SVM in Rust": rust,
    "fastText": fasttext,
}
