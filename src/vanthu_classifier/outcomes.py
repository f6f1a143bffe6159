"""The words that everyone shares: the four answers, and what an answer rests on."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Basis", "Dispatch"]


class Dispatch(StrEnum):
    """How a document is sent.

    >>> Dispatch.ELECTRONIC_ONLY == "electronic_only", str(Dispatch.NEEDS_REVIEW)
    (True, 'needs_review')
    """

    ELECTRONIC_ONLY = "electronic_only"
    """First list of the Decision: through the document system alone."""
    ELECTRONIC_AND_PAPER = "electronic_and_paper"
    """Second list: through the document system, and the paper as well."""
    NEEDS_REVIEW = "needs_review"
    """A person has to look; `Decision.lean` says which way it leans, if it leans."""
    NOT_BY_NETWORK = "not_by_network"
    """A secret document: the secrecy law decides, not the Decision."""

    @property
    def label_vi(self) -> str:
        """The answer as a clerk reads it."""
        return _LABELS[self][0]

    @property
    def label_en(self) -> str:
        """The answer in English."""
        return _LABELS[self][1]

    @property
    def mark(self) -> str:
        """A shape for the answer, for whoever does not see colours."""
        return _MARKS[self]


_LABELS = {
    Dispatch.ELECTRONIC_ONLY: ("Chỉ gửi bản điện tử", "Electronic only"),
    Dispatch.ELECTRONIC_AND_PAPER: ("Gửi bản điện tử kèm bản giấy", "Electronic plus paper"),
    Dispatch.NEEDS_REVIEW: ("Cần xem xét", "Needs review"),
    Dispatch.NOT_BY_NETWORK: ("Không gửi qua mạng thông thường", "Not by the ordinary network"),
}

_MARKS = {
    Dispatch.ELECTRONIC_ONLY: "●",
    Dispatch.ELECTRONIC_AND_PAPER: "■",
    Dispatch.NEEDS_REVIEW: "?",
    Dispatch.NOT_BY_NETWORK: "✕",
}


class Basis(StrEnum):
    """What an answer rests on."""

    RULE = "rule"
    """Facts that were read, and the rule pack."""
    MODEL = "model"
    """A type that the model estimated, and the rule pack."""
    RULE_AND_MODEL = "rule+model"
    """An estimated type together with a purpose, period or form that was read."""
    NONE = "none"
    """Nothing to go by."""

    @property
    def label_vi(self) -> str:
        """The basis as a clerk reads it.

        >>> Basis.RULE_AND_MODEL.label_vi
        'theo quy tắc và mô hình'
        """
        return _BASES[self]


_BASES = {
    Basis.RULE: "theo quy tắc",
    Basis.MODEL: "theo mô hình",
    Basis.RULE_AND_MODEL: "theo quy tắc và mô hình",
    Basis.NONE: "chưa có căn cứ",
}
