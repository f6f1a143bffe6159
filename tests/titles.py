"""Titles as a register has them, made from parts: for tests and benchmarks of many rows. None is a real one, and no family of training titles is used."""

from __future__ import annotations

import random
from collections.abc import Iterator

__all__ = ["register"]

_PLACES = (
    "xã Tân Lập",
    "xã Phú Thượng",
    "thị trấn Bình An",
    "phường Hòa Minh",
    "huyện Đông Sơn",
    "thành phố Trà Giang",
)
_WORKS = (
    "đường liên thôn {n}", "trường mầm non {place}", "trạm bơm số {n}", "nhà văn hóa thôn {n}", "hệ thống cấp nước sạch {place}",
    "kè chống sạt lở bờ sông đoạn qua {place}", "trụ sở làm việc Công an {place}", "chợ trung tâm {place}",
)  # fmt: skip
_MATTERS = (
    "phòng, chống dịch bệnh trên đàn gia súc, gia cầm năm {year}", "chuyển đổi số giai đoạn {year}-2030",
    "bảo đảm an toàn giao thông dịp lễ {n}/9", "rà soát hộ nghèo, hộ cận nghèo năm {year}",
    "thực hiện dân chủ ở cơ sở quý {q} năm {year}", "công tác cải cách hành chính {n} tháng đầu năm {year}",
    "quản lý, sử dụng tài sản công tại {place}", "tuyển sinh lớp 10 năm học {year}-{next}",
    "bảo vệ rừng và phòng cháy, chữa cháy rừng mùa khô {year}", "giải phóng mặt bằng công trình {work}",
)  # fmt: skip
_HEADS = (
    ("QĐ", "phê duyệt dự toán chi phí sửa chữa {work}"), ("QĐ", "Về việc thành lập Tổ công tác {matter}"),
    ("QĐ", "phê duyệt kết quả lựa chọn nhà thầu gói thầu số {n}: xây lắp {work}"), ("QĐ", "Về việc thu hồi đất để xây dựng {work}"),
    ("QĐ", "ban hành Quy chế phối hợp {matter}"), ("QĐ", "Về việc cử công chức đi học lớp bồi dưỡng nghiệp vụ khóa {n}"),
    ("CV", "V/v đôn đốc báo cáo {matter}"), ("CV", "V/v góp ý dự thảo Kế hoạch {matter}"),
    ("CV", "V/v cung cấp hồ sơ {work} phục vụ kiểm tra"), ("CV", "V/v tăng cường {matter}"),
    ("CV", "V/v đề nghị thẩm định hồ sơ {work}"), ("CV", "V/v triển khai Quyết định số {m}/QĐ-UBND ngày {n}/5/{year} về {matter}"),
    ("KH", "triển khai {matter}"), ("KH", "Kế hoạch {matter}"), ("KH", "kiểm tra {matter}"),
    ("TB", "kết luận của Chủ tịch UBND huyện tại cuộc họp về {work}"), ("TB", "niêm yết công khai danh sách {matter}"),
    ("TTr", "đề nghị phê duyệt chủ trương đầu tư {work}"), ("TTr", "Tờ trình xin bổ sung kinh phí {work}"),
    ("BC", "kết quả {matter}"), ("BC", "Báo cáo tình hình thi công {work}"), ("GM", "họp bàn về {work} (14h00 ngày {n}/6/{year})"),
    ("CT", "về {matter}"), ("NQ", "về chủ trương đầu tư {work}"), ("QĐ", "QUY ĐỊNH VỀ {matter}"),
)  # fmt: skip
_OFFICES = ("UBND", "UBND", "UBND", "SNV", "STC", "PGDĐT", "BQLDA", "HĐND", "VP", "PTCKH")


def register(rows: int, seed: int = 1) -> Iterator[tuple[str, str]]:
    """Title, and number and symbol, of so many rows; the same ones for the same seed, hardly any two alike."""
    chance = random.Random(seed)
    for _ in range(rows):
        code, head = chance.choice(_HEADS)
        year = chance.randrange(2016, 2021)
        values = {
            "n": chance.randrange(1, 31), "m": chance.randrange(10, 4000), "year": year, "next": year + 1,
            "q": chance.choice(("I", "II", "III", "IV")), "place": chance.choice(_PLACES),
        }  # fmt: skip
        values["work"] = chance.choice(_WORKS).format(**values)
        title = head.format(matter=chance.choice(_MATTERS).format(**values), **values)
        if chance.random() < 0.5:
            title += f" trên địa bàn {chance.choice(_PLACES)}"
        if head.isupper() or chance.random() < 0.1:
            title = title.upper()
        number, office = chance.randrange(1, 6000), chance.choice(_OFFICES)
        yield title, f"{number:02d}/{office}-VX" if code == "CV" else f"{number:02d}/{code}-{office}"
