"""What `vanthu batch` needs of memory, over all of its processes: little, and not more for a longer register."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from benchmarks.processes import peak_memory

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
    command = [sys.executable, "-c", "from vanthu_classifier.cli import main; main()"]
    return peak_memory([*command, "batch", str(register), "-o", str(out), "--jobs", str(jobs)])


def test_memory_grows_with_the_chunk_and_not_with_the_register(tmp_path: Path) -> None:
    """Written as .parquet, whose library is the largest."""
    few, many = (_register(tmp_path / f"{rows}.csv", rows) for rows in (4_000, 24_000))
    small, large = (_peak(path, tmp_path / f"{path.stem}.parquet", jobs=2) for path in (few, many))
    assert large < 620  # MB of 1,000,000 bytes; under 600 of 1,048,576
    assert large - small < 110  # what is kept of words and numbers seen, up to its bound
