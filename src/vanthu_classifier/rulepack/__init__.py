"""The law as data: rule packs, and what they say of a document."""

from vanthu_classifier.rulepack.load import DEFAULT, in_force, load, names
from vanthu_classifier.rulepack.resolve import RecipientRuling, Ruling, resolve, rule_document, rule_types
from vanthu_classifier.rulepack.schema import Case, Example, Pack, Rule, Situation, Standing, situation

__all__ = [
    "DEFAULT",
    "Case",
    "Example",
    "Pack",
    "RecipientRuling",
    "Rule",
    "Ruling",
    "Situation",
    "Standing",
    "in_force",
    "load",
    "names",
    "resolve",
    "rule_document",
    "rule_types",
    "situation",
]
