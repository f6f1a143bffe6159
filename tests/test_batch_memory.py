"""What `vanthu batch` needs of memory, over all of its processes: little, and not more for a longer register."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")]

_TITLES = (
    "V/v rà soát hồ sơ số {0} của xã thứ {1}",
    "Báo cáo kết quả kiểm tra đợt {0} năm 2019 tại thôn {1}",
    "phê duyệt dự toán công trình {0}, gói {1}",
    "Kế hoạch số hóa {0} trang tài liệu của phông {1}",
)


def _register(path: Path, rows: int) -> Path:
    """Titles with ever new numbers, half of them with a symbol."""
    lines = ["Số, ký hiệu;Trích yếu;Nơi nhận\n"]
    for i in range(rows):
        symbol = f"{i}/QĐ-UBND" if i % 4 == 2 else ""
        lines.append(f"{symbol};{_TITLES[i % 4].format(7 * i, 13 * i)};Sở Tài chính (để biết)\n")
    path.write_text("".join(lines), "utf-8")
    return path


def _peak(register: Path, out: Path, jobs: int) -> float:
    """The most memory (MB) that the command and all of its children held at once."""
    command = [sys.executable, "-c", "from vanthu_classifier.cli import main; main()"]
    run = subprocess.Popen(
        [*command, "batch", str(register), "-o", str(out), "--jobs", str(jobs)], stderr=subprocess.DEVNULL
    )
    peak = 0
    while run.poll() is None:
        peak = max(peak, sum(map(_resident, _family(run.pid))))
        time.sleep(0.05)
    assert run.returncode == 0
    return peak * os.sysconf("SC_PAGE_SIZE") / 1e6


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0


def _family(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(process.name))
    family = [pid]
    for member in family:
        family += children.get(member, ())
    return family


def test_memory_grows_with_the_chunk_and_not_with_the_register(tmp_path: Path) -> None:
    """Written as .parquet, whose library is the largest."""
    few, many = (_register(tmp_path / f"{rows}.csv", rows) for rows in (4_000, 24_000))
    small, large = (_peak(path, tmp_path / f"{path.stem}.parquet", jobs=2) for path in (few, many))
    assert large < 620  # MB of 1,000,000 bytes; under 600 of 1,048,576
    assert large - small < 110  # what is kept of words and numbers seen, up to its bound
