"""`python -m vanthu_classifier.rulepack`: read every example of the shipped packs and note the hash under which they hold."""

from __future__ import annotations

import sys

from vanthu_classifier.errors import RulePackError
from vanthu_classifier.rulepack.load import STAMP, folder_of, load, names


def main() -> int:
    """Writes the stamps; the exit code is that of the first faulty pack."""
    for name in names():
        stamp = folder_of(name) / STAMP
        stamp.unlink(missing_ok=True)
        try:
            pack = load(name)
        except RulePackError as error:
            print(error, file=sys.stderr)
            return error.exit_code
        stamp.write_text(pack.sha256 + "\n", encoding="ascii")
        print(f"{name}: {len(pack.rules)} rules, {len(pack.cases)} cases hold; {pack.sha256[:12]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
