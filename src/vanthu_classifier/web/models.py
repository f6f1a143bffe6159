"""The shapes of what programs send and get. What is sent is checked against them; answers are only documented by them (and checked in the tests)."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

__all__ = ["Corrected", "Correction", "Document", "Documents", "DecisionOut", "Decisions", "ProblemOut", "RowsOut"]  # noqa: RUF022

Sent = Literal["electronic_only", "electronic_and_paper", "not_by_network"]
Answer = Literal["electronic_only", "electronic_and_paper", "needs_review", "not_by_network"]


def _unicode(value: Any) -> Any:
    """JSON can spell half a surrogate pair, which is no letter."""
    for text in value if isinstance(value, list) else [value]:
        if isinstance(text, str):
            try:
                text.encode()
            except UnicodeEncodeError as error:
                raise ValueError("not valid Unicode: half a surrogate pair") from error
    return value


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    _letters = field_validator("*")(_unicode)


class Document(_In):
    """The arguments of `classify`."""

    trich_yeu: str = Field(description="The title (trích yếu), as typed.")
    so_ky_hieu: str | None = Field(None, description="Number and symbol, e.g. 15/TTr-UBND.")
    loai_van_ban: str | None = Field(
        None, description="Type, as abbreviation or name, with or without diacritics: TTr, tờ trình."
    )
    co_quan_ban_hanh: str | None = Field(None, description="Issuing body.")
    ngay_ban_hanh: str | None = Field(None, description="Date: ISO or dd/mm/yyyy.")
    noi_nhan: str | list[str] | None = Field(
        None, description="Lines of the recipients block, a «Kính gửi: …» line allowed among them."
    )
    hinh_thuc_sao: str | None = Field(None, description="Form of a copy: sao y, sao lục, trích sao.")
    do_mat: str | None = Field(None, description="Secrecy mark: Mật, Tối mật, Tuyệt mật.")
    noi_bo: bool = Field(False, description="Whether the document stays inside the agency.")

    def args(self) -> dict[str, Any]:
        """The arguments that were given."""
        return {name: value for name, value in self.model_dump().items() if value is not None and value is not False}


class Documents(_In):
    """Documents to be decided together, in order."""

    items: list[Document]


class Correction(_In):
    """A person's word on an answer."""

    document: Document
    verdict: Literal["right", "wrong"]
    dispatch: Sent | None = Field(None, description="How the document is sent; needed where the answer is wrong.")
    loai_van_ban: str | None = Field(None, description="Its type, where the person states it.")
    reason: str = Field("", max_length=4_000, description="Why; needed where the answer is wrong.")
    who: str = Field("", max_length=200, description="Who says so.")
    key: str | None = Field(
        None,
        min_length=1,
        max_length=200,
        description="A key of your choice: sent again with the same key, it is the same correction.",
    )
    answered: Answer | None = Field(
        None, description="The dispatch that the person saw; 409 where the answer is another by now."
    )


# ------------------------------------------------------------------ answers, for the description


class Reason(BaseModel):
    """One sentence of why, with the places in the title that it speaks of (start and end, counted in Unicode code points from 0)."""

    kind: str
    text: str
    text_en: str
    rule: str | None
    spans: list[list[int]]


class Recipient(BaseModel):
    """One recipient; `dispatch` is null where nothing is sent (the file copy)."""

    name: str
    role: str
    dispatch: Answer | None
    reason: str


class DecisionOut(BaseModel):
    """A decision, as `Decision.to_dict()` gives it."""

    dispatch: Answer
    lean: Literal["electronic_only", "electronic_and_paper"] | None
    confidence: float | None = Field(description="How likely the answer, or the lean, is right: 0 to 1.")
    p_paper: float | None = Field(description="Probability that paper is wanted: 0 to 1.")
    basis: Literal["rule", "model", "rule+model", "none"]
    loai_van_ban: str | None
    normative: bool | None
    category: str | None = Field(description="Item of the Decision: E01 … E33, E90, B01 … B06.")
    quote: str = Field(description="The clause; empty where none is cited.")
    reasons: list[Reason]
    recipients: list[Recipient]
    warnings: list[str]
    warnings_en: list[str]
    rule_pack: str
    model: str | None
    rule: str | None
    types: list[list[str | float]]
    rule_pack_sha256: str = Field(description="Hash of the pack's files.")
    model_sha256: str | None = Field(description="Hash of the model; null where none was asked.")
    review: Literal["ask", "strict", "lean"]
    version: str


class Decisions(BaseModel):
    """Decisions in the order of the documents."""

    items: list[DecisionOut]


class Row(BaseModel):
    """A row of a report, as `vanthu batch` writes it to .jsonl."""

    path: str
    row: int | None
    so_ky_hieu: str | None
    ngay_ban_hanh: str | None
    loai_van_ban: str | None
    trich_yeu: str | None
    co_quan_ban_hanh: str | None
    noi_nhan: list[str] | None
    dispatch: Answer | None
    lean: str | None
    confidence: float | None
    basis: str | None
    category: str | None
    quote: str | None
    reason: str | None
    recipients: list[Recipient] | None
    warnings: list[str] | None
    error: str | None = Field(description="Why nothing could be read; the other members are then empty.")


class RowsOut(BaseModel):
    """The rows of the file: one of a document, one a line of a register."""

    rows: list[Row]


class Corrected(BaseModel):
    """The correction as it was recorded, and what it is good for."""

    id: int
    at: str
    verdict: Literal["right", "wrong"]
    dispatch: Answer
    loai_van_ban: str | None
    bearing: Literal["learn", "rule", "settled", "confirmed", "untyped", "disputed", "replaced"]
    rule: str | None
    note: str


class Health(BaseModel):
    """The server answers."""

    status: Literal["ok"]
    service: Literal["vanthu"]


class PackOut(BaseModel):
    """A rule pack: which, its hash, and the days it was in force."""

    id: str
    title: str
    sha256: str
    in_force_from: str | None
    in_force_to: str | None


class Version(BaseModel):
    """What answers here."""

    version: str
    rule_pack: PackOut
    model: str | None
    review: Literal["ask", "strict", "lean"]


class RuleOut(BaseModel):
    """A rule of the pack."""

    id: str
    category: str | None
    outcome: Answer
    lean: str | None
    standing: Literal["text", "reading", "silence", "open"]
    quote: str
    reading: str
    reading_en: str
    note: str
    examples: list[dict[str, Any]]
    near_misses: list[dict[str, Any]]
    overrides: list[str]


class Rules(BaseModel):
    """The pack with its rules, in its order."""

    rule_pack: PackOut
    source: str
    rules: list[RuleOut]


class FieldError(BaseModel):
    """A field that is wrong, and what is wrong about it."""

    field: str
    message: str


class ProblemOut(BaseModel):
    """A refusal (RFC 9457, application/problem+json)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] | None = None
