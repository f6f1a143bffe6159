"""vanthu_classifier."""
