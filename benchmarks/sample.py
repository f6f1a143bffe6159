"""What the benchmark asks: titles we wrote, of families that no model in it has seen, most of them without a type word."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vanthu_classifier.loai_van_ban import head_type
from vanthu_classifier.text import clean
from vanthu_classifier.training.titles import Title, read

__all__ = ["ROOT", "Sample", "draw", "symbol"]

ROOT = Path(__file__).resolve().parent.parent
_HELD_OUT = 0.3
"""Share of the families that is asked about."""
_SPEAKING = 0.15
"""Share of the titles asked about that begin with a type word; in the training titles it is twice as much."""
_OFFICES = ("UBND", "SNV", "STC", "PGDĐT", "HĐND", "BQLDA")


@dataclass(frozen=True, slots=True)
class Sample:
    """Titles to train on, and titles of other families to ask about, with the symbol each would have."""

    train: list[Title]
    asked: list[Title]
    silent: list[bool]
    symbols: list[str]

    def round(self, number: int) -> tuple[list[str], list[str]]:
        """Titles and symbols of a round: each title with an end that it had in no other, so that no cache knows it."""
        return [f"{title.text} (lần {number + 1})" for title in self.asked], self.symbols


def draw(most: int | None = None, seed: int = 7) -> Sample:
    """The sample; with `most`, about so many titles to train on and a tenth as many to ask about."""
    chance = random.Random(seed)
    titles = read(ROOT / "training_data" / "titles")
    families = sorted({title.family for title in titles})
    held_out = set(chance.sample(families, round(_HELD_OUT * len(families))))
    train = [title for title in titles if title.family not in held_out]
    speaking, silent = [], []
    for title in titles:
        if title.family in held_out:
            (speaking if head_type(clean(title.text).text) else silent).append(title)
    if most is not None:
        train, silent = chance.sample(train, most), chance.sample(silent, most // 10)
    speaking = chance.sample(speaking, min(len(speaking), round(len(silent) * _SPEAKING / (1 - _SPEAKING))))
    rows = [(title, True) for title in silent] + [(title, False) for title in speaking]
    chance.shuffle(rows)
    asked = [title for title, _ in rows]
    return Sample(train, asked, [is_silent for _, is_silent in rows], _symbols(asked, chance))


def _symbols(titles: Sequence[Title], chance: random.Random) -> list[str]:
    return [symbol(title.code, chance.randrange(1, 6000), chance.choice(_OFFICES)) for title in titles]


def symbol(code: str, number: int, office: str) -> str:
    """Number and symbol as an office writes them."""
    return f"{number:02d}/{office}-VX" if code == "CV" else f"{number:02d}/{code}-{office}"
