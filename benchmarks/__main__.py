"""How fast, how light, how right: everything is measured, told as a table, and held against what was measured before.

    python -m benchmarks [--quick] [--check | --write]

`--quick` asks less and leaves out the peers and the large tables (a minute or two; all of it takes about a quarter of an hour). `--check` exits
with 1 where a ratio is worse by more than a fifth than the kept one. `--write` keeps the ratios in benchmarks/figures.json and, without `--quick`, puts
table and plot into docs/performance.md and docs/images/performance.png.
"""

from __future__ import annotations

import argparse
import os
import sys

# Before anything loads a library of linear algebra: one core, one thread.
os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))

from benchmarks import processes, report, speed

_SIZES = (1_000, 10_000, 100_000, 1_000_000)


def measured(quick: bool) -> report.Report:
    """All figures; with `quick`, fewer."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    _tell("ways in, stages, peers")
    lines = speed.measure(rounds=4, most=8_000, peers=False) if quick else speed.measure()
    _tell("starting")
    starts = processes.cold_start(5 if quick else 9)
    sizes = _SIZES[:2] if quick else _SIZES
    _tell("tables that grow")
    tables = processes.grown(sizes)
    os.sched_setaffinity(0, cores)
    _tell("registers that grow")
    registers = processes.streamed(sizes)
    _tell("two cores")
    two = None if quick or len(cores) < 2 else processes.two_cores(100_000, rounds=3)
    return report.Report(lines, starts, tables, registers, two)


def _tell(what: str) -> None:
    print(f"measuring: {what} …", file=sys.stderr, flush=True)


def main() -> int:
    """Measures and tells; 1 where `--check` finds a ratio that is worse."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true")
    what.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    found = measured(asked.quick)
    print(report.markdown(found))
    kind = "quick" if asked.quick else "full"
    if asked.write:
        report.keep(kind, found.ratios())
        if not asked.quick:
            report.write_page(found)
    if asked.check:
        worse = report.worse(report.kept(kind), found.ratios())
        print(*worse or ["No ratio is worse by more than a fifth."], sep="\n")
        return int(bool(worse))
    return 0


if __name__ == "__main__":
    sys.exit(main())
