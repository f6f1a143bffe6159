"""Vietnamese text that knows its English."""

from __future__ import annotations

__all__ = ["Bilingual", "english"]


class Bilingual(str):
    """A text in Vietnamese, and in `en` the same in English.

    >>> note = Bilingual("Trích yếu không có chữ.", "The title has no letters.")
    >>> note, note.en
    ('Trích yếu không có chữ.', 'The title has no letters.')
    """

    __slots__ = ("en",)
    en: str

    def __new__(cls, vi: str, en: str) -> Bilingual:
        """The text `vi`, whose English is `en`."""
        text = super().__new__(cls, vi)
        text.en = en
        return text

    def __reduce__(self) -> tuple[type[Bilingual], tuple[str, str]]:
        """What a copy, or one in another process, is made with."""
        return Bilingual, (str(self), self.en)


def english(text: str) -> str:
    """The text in English, or as it is where it knows none.

    >>> english(Bilingual("Chưa có trích yếu.", "There is no title.")), english("Ghi chú.")
    ('There is no title.', 'Ghi chú.')
    """
    return text.en if isinstance(text, Bilingual) else text
