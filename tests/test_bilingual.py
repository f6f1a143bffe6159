"""Every note on an answer is there in both languages, wherever it is shown."""

from __future__ import annotations

import copy
import json
import pickle
import re
from datetime import date
from typing import Any

import pytest

from vanthu_classifier import DispatchClassifier, classify
from vanthu_classifier.bilingual import Bilingual, english
from vanthu_classifier.explain import explain
from vanthu_classifier.text import MAX_LENGTH

# Arguments of `classify`, and what the note says in English.
NOTES: list[tuple[dict[str, Any], str]] = [
    ({"trich_yeu": ""}, "There is no title."),
    ({"trich_yeu": "2019 - 2020"}, "has no letters"),
    ({"trich_yeu": "lương"}, "too short to tell the type"),
    ({"trich_yeu": "Invitation to the annual meeting of shareholders"}, "is not Vietnamese"),
    ({"trich_yeu": "Quy?t ??nh v? vi?c n?ng l??ng"}, "has lost letters"),
    ({"trich_yeu": "QuyÕt ®Þnh vÒ viÖc khen th­ëng"}, "old encoding TCVN3 (.VnTime); converted to Unicode: «Quyết định"),
    ({"trich_yeu": "Tờ trình " + "a" * MAX_LENGTH}, "too long"),
    ({"trich_yeu": "Quyêt định nâng lương"}, "«Quyêt định» was read as «Quyết định»."),
    ({"trich_yeu": "Tờ trình xin kinh phí", "so_ky_hieu": "không số"}, "«không số» could not be read"),
    (
        {"trich_yeu": "Tờ trình xin kinh phí", "so_ky_hieu": "15/QĐ-UBND"},
        "The title begins with «Tờ trình» (submission), but the symbol «15/QĐ-UBND» means «Quyết định» (decision); "
        "judged by the symbol «15/QĐ-UBND».",
    ),
    (
        {"trich_yeu": "xin kinh phí", "so_ky_hieu": "15/QĐ-UBND", "loai_van_ban": "TTr"},
        "The type is stated as «Tờ trình» (submission), but the symbol «15/QĐ-UBND» means «Quyết định» (decision)",
    ),
    ({"trich_yeu": "Kế hoạch năm", "loai_van_ban": "BC"}, "but the stated type means «Báo cáo» (report)"),
    ({"trich_yeu": "Công điện ứng phó bão (hỏa tốc)"}, "urgency does not change how"),
    ({"trich_yeu": "Tờ trình xin kinh phí", "noi_nhan": ["Sở Y tế", "Công ty TNHH A"]}, "not state bodies"),
    ({"trich_yeu": "Tờ trình xin kinh phí", "ngay_ban_hanh": "02/6/2022"}, "was in force until 09/04/2021"),
    ({"trich_yeu": "Tờ trình xin kinh phí", "so_ky_hieu": "15/2022/TTr-UBND"}, "Document of 2022:"),
    ({"trich_yeu": "Tờ trình xin kinh phí", "ngay_ban_hanh": "02/6/2017"}, "is in force only from"),
    (
        {"trich_yeu": "Quyết định về việc nâng lương", "ngay_ban_hanh": "04/02/2020"},
        "is in force as well: electronic only, «quyết định (cá biệt)»",
    ),
]
_VIETNAMESE = re.compile(r"[ăâđêôơưạ-ỹ]", re.IGNORECASE)


@pytest.mark.parametrize(("given", "said"), NOTES, ids=[said[:30] for _, said in NOTES])
def test_a_note_is_in_both_languages(given: dict[str, Any], said: str) -> None:
    decision = classify(**given)
    english_notes = [english(note) for note in decision.warnings]
    assert all(isinstance(note, Bilingual) for note in decision.warnings)
    assert sum(said in note for note in english_notes) == 1
    for note in english_notes:
        ours = re.sub(
            r"«[^»]*»|(?:Quyết định|Công văn) số \S+", "", note
        )  # quotations and names of acts stay as they are
        assert not _VIETNAMESE.search(ours)
    given_to_others = json.loads(json.dumps(decision.to_dict()))
    assert given_to_others["warnings"] == list(decision.warnings)
    assert given_to_others["warnings_en"] == english_notes
    assert said in explain(decision, "en")
    assert said not in explain(decision)


def test_a_day_without_a_pack() -> None:
    (note,) = DispatchClassifier(as_of=date(2017, 1, 2)).classify("Tờ trình xin kinh phí").warnings
    assert english(note).startswith("On 02/01/2017 no rule pack of this library is in force.")


def test_copies_and_other_processes_keep_both() -> None:
    note = classify("Quyêt định nâng lương").warnings[0]
    for other in (copy.copy(note), copy.deepcopy(note), pickle.loads(pickle.dumps(note))):
        assert (other, english(other)) == (note, "«Quyêt định» was read as «Quyết định».")
