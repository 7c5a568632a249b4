"""The page of the diagnoses tells of every word what a report tells."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ipclab.exercises.diagnoses import DIAGNOSES

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "diagnoses"
PAGE = (FOLDER / "README.md").read_text()


@pytest.mark.parametrize("word", DIAGNOSES)
def test_each_word_has_its_paragraph(word: str) -> None:
    meaning, reference = DIAGNOSES[word]
    _, _, section = PAGE.partition(f"\n## {word}\n")
    assert section.lstrip().startswith(f"{meaning} *{reference}*")


def test_the_words_stand_in_order_and_no_other_does() -> None:
    assert re.findall(r"^## (.*)$", PAGE, re.MULTILINE) == list(DIAGNOSES)


def test_every_picture_is_there_and_says_in_words_what_it_shows() -> None:
    pictures = re.findall(r"^!\[(.*)\]\((.*)\)$", PAGE, re.MULTILINE)
    assert {name for _, name in pictures} == {
        path.name for path in FOLDER.iterdir() if path.suffix in (".png", ".svg")
    }
    assert all(len(alt) > 20 for alt, _ in pictures)
