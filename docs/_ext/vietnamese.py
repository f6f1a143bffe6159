"""Vietnamese in the site: search that ignores diacritics, and the theme's own words in Vietnamese on Vietnamese pages."""

from __future__ import annotations

import gettext
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sphinx
from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish

VIETNAMESE = "huong-dan/"
"""Where the pages in Vietnamese stand."""

_THEME = {
    "Back to top": "Lên đầu trang",
    "Contents": "Mục lục",
    "Home": "Trang chủ",
    "Light mode": "Nền sáng",
    "Dark mode": "Nền tối",
    "Auto light/dark, in light mode": "Tự động, đang sáng",
    "Auto light/dark, in dark mode": "Tự động, đang tối",
    "Next": "Tiếp",
    "On this page": "Trong trang này",
    "Previous": "Trước",
    "Search": "Tìm",
}
"""Words of the theme that Sphinx's own Vietnamese catalogue lacks, or puts too long."""

_FOLD = """
const foldVietnamese = (text) => text.normalize("NFD").replace(/[\\u0300-\\u036f]/g, "").replace(/[đð]/g, "d");
var splitQuery = (query) =>
  query.normalize("NFC").split(/[^\\p{Letter}\\p{Number}_]+/gu).filter((term) => term);
class FoldingStemmer {
  constructor() { this.english = new EnglishStemmer(); }
  stemWord(word) { return this.english.stemWord(foldVietnamese(word)); }
}
window.Stemmer = FoldingStemmer;
"""


def fold(word: str) -> str:
    """Lower case without diacritics: «giấy» and «giay» are found alike."""
    bare = "".join(c for c in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(c))
    return bare.replace("đ", "d").replace("ð", "d")


class SearchVietnamese(SearchEnglish):
    """Both languages in one index: diacritics folded, then English endings cut; the page's script does the same.

    English stop words that are Vietnamese syllables too ("an", "do", "to", "in" …) have to stay, so only these few go.
    """

    lang = "vi"
    stopwords = frozenset({"the", "of", "is", "are", "and", "with", "that", "this", "for", "from", "was", "were"})
    js_splitter_code = _FOLD

    def stem(self, word: str) -> str:
        """The word as the index has it."""
        return super().stem(fold(word))


def _in_vietnamese(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object) -> None:
    """Pages for clerks declare their language and speak it in the frame around the text, too."""
    if not pagename.startswith(VIETNAMESE):
        return
    translate = _translator()
    context |= {"language": "vi", "gettext": translate, "_": translate}


def _translator() -> Callable[[str], str]:
    catalogue = Path(sphinx.package_dir) / "locale" / "vi" / "LC_MESSAGES" / "sphinx.mo"
    with catalogue.open("rb") as file:
        messages = gettext.GNUTranslations(file)
    return lambda text: _THEME.get(text) or messages.gettext(text)


def setup(app: Sphinx) -> dict[str, Any]:
    """Registers search and frame."""
    app.add_search_language(SearchVietnamese)
    app.connect("html-page-context", _in_vietnamese)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
