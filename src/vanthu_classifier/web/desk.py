"""What page and REST share: asking, recording, deciding again, correcting.

One desk serves every request; the classifier is shared between threads and keeps no state. An answer that cannot be recorded is given all the
same, with the error beside it; a correction that cannot be recorded is an error.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from vanthu_classifier import __version__
from vanthu_classifier.classifier import DispatchClassifier
from vanthu_classifier.corrections import Judged, judge, sort
from vanthu_classifier.decide import Decision
from vanthu_classifier.journal import Answered, Asked, Correction, Journal, JournalError, Verdict
from vanthu_classifier.loai_van_ban import normalize
from vanthu_classifier.rulepack import Pack

__all__ = ["Again", "AnswerChangedError", "Change", "Desk", "Reply"]

_log = logging.getLogger("vanthu.serve")


class AnswerChangedError(Exception):
    """The answer that a person judged is not what the desk answers now; `reply` is."""

    def __init__(self, reply: Reply) -> None:
        super().__init__("the answer has changed")
        self.reply = reply


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it was given. `record` is its id in the history, None where none is kept; `not_recorded` says why it could not be kept."""

    given: Answered
    record: int | None = None
    not_recorded: str = ""

    @property
    def answer(self) -> Mapping[str, Any]:
        """`Decision.to_dict()`."""
        return self.given.answer


@dataclass(frozen=True, slots=True)
class Change:
    """A member of the answer, or something the answer depends on, as it was and as it is."""

    name: str
    before: Any
    now: Any


@dataclass(frozen=True, slots=True)
class Again:
    """A record, decided again: what changed in the answer, and what changed in what it depends on. Without the latter there is none of the former."""

    now: Reply
    changes: tuple[Change, ...]
    causes: tuple[Change, ...]

    @property
    def same(self) -> bool:
        """Whether the answer is the same."""
        return not self.changes


_PARTICULARS = frozenset({"rule_pack", "rule_pack_sha256", "model", "model_sha256", "review", "version", "warnings_en"})
"""Members of a decision that say what made it, not what it says; and the notes in English, which say what the notes say."""


class Desk:
    """The classifier and the journal, as the server uses them. `journal` keeps corrections always, and history where `history` says so."""

    def __init__(self, classifier: DispatchClassifier, journal: Journal, *, history: bool = True) -> None:
        self.classifier = classifier
        self.journal = journal
        self.history = history
        self._judged: tuple[int, tuple[Judged, ...]] = (0, ())

    @property
    def pack(self) -> Pack:
        """The rule pack in use."""
        return self.classifier.pack

    @cached_property
    def model_id(self) -> str | None:
        """Id of the model that is asked where nothing states the type; None without one. Loads it; `ModelError` where it does not load."""
        model: str | None = self.decide({"trich_yeu": "Tăng cường công tác văn thư"}).answer["model"]
        return model

    def decide(self, args: Mapping[str, Any]) -> Reply:
        """The answer to one question, recorded nowhere. Raises what `classify` raises."""
        return Reply(self._given(args, self.classifier.classify(**args)))

    def ask(self, args: Mapping[str, Any], *, source: str) -> Reply:
        """The answer to one question, recorded in the history."""
        return self.record([self.decide(args)], source=source)[0]

    def record(self, replies: Sequence[Reply], *, source: str) -> list[Reply]:
        """The replies, with their ids in the history where one is kept."""
        if not self.history or not replies:
            return list(replies)
        try:
            ids = self.journal.ask_many([reply.given for reply in replies], source=source)
        except JournalError as error:
            _log.error("%s", error)
            return [Reply(reply.given, None, str(error)) for reply in replies]
        return [Reply(reply.given, id) for reply, id in zip(replies, ids, strict=True)]

    def again(self, record: Asked) -> Again:
        """The record's question asked again, and what is different."""
        now = self.decide(record.given.args)
        before = record.given
        changes = [
            Change(name, value, now.answer[name])
            for name, value in before.answer.items()
            if name in now.answer and name not in _PARTICULARS and now.answer[name] != value
        ]
        causes = [
            Change(name, getattr(before, name), getattr(now.given, name))
            for name in ("pack_sha256", "model", "version", "review")
            if getattr(before, name) != getattr(now.given, name)
        ]
        return Again(now, tuple(changes), tuple(causes))

    def correct(
        self,
        args: Mapping[str, Any],
        *,
        verdict: Verdict,
        dispatch: str | None,
        loai_van_ban: str | None,
        reason: str,
        who: str,
        source: str,
        key: str | None,
        answered: str | None = None,
    ) -> Judged:
        """Records a person's word on the answer to these arguments, and says what it is good for.

        The answer is decided here, not taken from the sender; `answered` is the dispatch that the person saw, and `AnswerChangedError` comes where it
        is another by now. `ArgumentValueError` names a field that is wrong.
        """
        code = normalize(loai_van_ban) if loai_van_ban and loai_van_ban.strip() else None
        reply = self.decide(args)
        if answered and answered != reply.answer["dispatch"]:
            raise AnswerChangedError(reply)
        said = self.journal.correct(
            reply.given,
            verdict=verdict,
            dispatch=dispatch,
            loai_van_ban=code,
            reason=reason,
            who=who,
            source=source,
            key=key,
        )
        return self.judged(said)

    def judged(self, correction: Correction) -> Judged:
        """What one correction is good for under the pack in use."""
        return judge(correction, self.pack)

    def corrections(self) -> tuple[Judged, ...]:
        """Every correction with its bearing, the oldest first; worked out again only when a new one has come."""
        latest = self.journal.corrections(limit=1)
        last = latest[0].id if latest else 0
        known, judged = self._judged
        if known != last:
            judged = sort(self.journal.corrections(), self.pack)
            self._judged = (last, judged)
        return judged

    def _given(self, args: Mapping[str, Any], decision: Decision) -> Answered:
        return Answered(
            args=dict(args),
            answer=decision.to_dict(),
            pack_sha256=decision.rule_pack_sha256,
            model=decision.model,
            review=decision.review,
            version=__version__,
        )
