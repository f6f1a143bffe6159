"""A model as a folder of files that cannot run code.

    manifest.json     format, id, classes, what it was made with and from, figures, a probe, hash and size of the two others, and a seal: the
                      hash of everything else in the manifest
    vocabulary.json   names of the features, in the order of the rows of the arrays
    arrays.npz        idf (float32), weights (int16, in steps of `GRAIN`; features × classes), bias (float32); read with pickle forbidden

Loading looks first and constructs afterwards: the manifest, its format, its seal, the hashes, the shapes, and the probe: titles whose features
must come out here as they did where the model was made. A different underthesea, or a change in how features are made, shows there. Each
refusal is a `ModelError` of its own name that says what was found, what was wanted, and the command that mends it; no file is touched.

    MissingModelError       no folder, or no manifest in it; or one of the two other files is not there
    ForeignModelError       a manifest of something else
    NewerModelError         written by a later version of this library
    OlderModelError         written by an earlier one, in a format that is no longer read
    CutModelError           a file is shorter than it was: copied halfway, a full disk
    TamperedModelError      a file, or the manifest, is not what was written
    DamagedModelError       anything else that does not fit together
    IncompatibleModelError  sound, but words are cut otherwise here than where it was made

The seal and the hashes find accidents and careless edits. They are no signature: who rewrites all of them together is not found out,
and still cannot make a model file run code.

To change the format: raise `FORMAT`, keep reading the old one in `load`, keep a tiny bundle of the old format in the tests.
The same predictor gives the same bytes: nothing of time or place is written.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from vanthu_classifier.errors import ModelError
from vanthu_classifier.model.features import names
from vanthu_classifier.model.predictor import GRAIN, Predictor

__all__ = [
    "FORMAT",
    "CutModelError",
    "DamagedModelError",
    "Description",
    "ForeignModelError",
    "IncompatibleModelError",
    "MissingModelError",
    "NewerModelError",
    "OlderModelError",
    "TamperedModelError",
    "default_folder",
    "describe",
    "fingerprint",
    "load",
    "save",
]

FORMAT = 2
"""2: as described above. 1, which no release wrote, had no seal and is not read."""

_MANIFEST, _VOCABULARY, _ARRAYS = "manifest.json", "vocabulary.json", "arrays.npz"
_LARGEST = 200_000_000  # bytes of one file; a model has one or two million
_PROBES = (
    "V/v góp ý dự thảo Kế hoạch số 12/KH-UBND ngày 14/5/2021 về phòng, chống thiên tai năm 2022",
    "PHÊ DUYỆT KẾT QUẢ LỰA CHỌN NHÀ THẦU GÓI THẦU SỐ 02",
    "bao cao ket qua thuc hien cong tac cai cach hanh chinh quy III",
)
_TRAIN_AGAIN = "Huấn luyện lại: vanthu train SỔ_VĂN_BẢN -o THƯ_MỤC"
_REINSTALL = "Cài lại thư viện (pip install --force-reinstall vanthu-classifier) hoặc tạo lại: python -m vanthu_classifier.training.build"
_OTHER_MODEL = "Dùng thư mục do «vanthu train» ghi ra, hoặc mô hình kèm theo: vanthu models use default"


class MissingModelError(ModelError):
    """There is no model in the folder, or one of its files is not there or cannot be read."""


class ForeignModelError(ModelError):
    """The folder holds something else than a model of this library."""


class NewerModelError(ModelError):
    """The model was written by a later version of this library."""


class OlderModelError(ModelError):
    """The model was written by an earlier version, in a format that is no longer read."""


class CutModelError(ModelError):
    """A file of the model is shorter than it was when it was written."""


class TamperedModelError(ModelError):
    """A file of the model, or its manifest, is not what was written."""


class DamagedModelError(ModelError):
    """The files of the model do not fit together."""


class IncompatibleModelError(ModelError):
    """Words are cut otherwise here than where the model was made."""


@dataclass(frozen=True, slots=True)
class Description:
    """What a model says of itself: its id, its folder, what it was made from (`about`), and the figures measured when it was made."""

    id: str
    folder: Path
    about: Mapping[str, Any]
    figures: Mapping[str, Any]


def default_folder() -> Path:
    """Where the shipped model is: inside the installed package, else `models/default` of the source tree."""
    installed = Path(str(files("vanthu_classifier"))) / "data" / "model"
    if installed.is_dir():
        return installed
    return Path(__file__).resolve().parents[3] / "models" / "default"


def save(predictor: Predictor, folder: str | Path, *, about: Mapping[str, Any] | None = None) -> Predictor:
    """Writes the model to `folder`, which is replaced whole or left as it was; returns it with the id that it got.

    `about` goes into the manifest as it is: seed, hash of the data, parameters. The id is made of the folder's name and the
    hash of the files.
    """
    folder = Path(folder)
    payload = {_VOCABULARY: _json(list(predictor.vocabulary)), _ARRAYS: _arrays(predictor)}
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in payload.items()}
    digest = _together(hashes)
    model_id = f"{folder.name}-{digest[:8]}"
    manifest = {
        "format": FORMAT,
        "id": model_id,
        "classes": [str(code) for code in predictor.classes_],
        "features": len(predictor.vocabulary),
        "made_with": {name: _version(name) for name in ("vanthu-classifier", "underthesea", "scikit-learn", "numpy")},
        "about": dict(about or {}),
        "figures": dict(predictor.figures),
        "probe": _probe(),
        "files": {name: {"sha256": hashes[name], "bytes": len(data)} for name, data in payload.items()},
    }
    _put_in_place(folder, payload | {_MANIFEST: _json(manifest | {"seal": _seal(manifest)})})
    return Predictor(
        predictor.classes_,
        predictor.vocabulary,
        predictor.idf,
        predictor.weights,
        predictor.bias,
        model_id,
        predictor.figures,
        digest,
    )


def load(model: str | Path = "default") -> Predictor:
    """The predictor in a folder written by `save`; "default" is the shipped one.

    Raises one of the errors of this module, each a `ModelError`.
    """
    folder, mend = _place(model)
    manifest = _manifest(folder, mend)
    try:
        data = {name: _checked(folder / name, manifest["files"][name], mend) for name in (_VOCABULARY, _ARRAYS)}
        predictor = _predictor(manifest, json.loads(data[_VOCABULARY]), data[_ARRAYS])
        probe = manifest["probe"]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DamagedModelError(f"Mô hình bị hỏng ({error}).", remedy=mend, path=folder) from error
    if probe != _probe():
        made_with = manifest.get("made_with", {}).get("underthesea")
        here = _version("underthesea")
        if made_with != here:
            mend = f"Cài đặt: pip install underthesea=={made_with}. {mend}"
        raise IncompatibleModelError(
            f"Mô hình được tạo với cách tách từ khác (underthesea {made_with}, ở đây là {here}; hoặc phiên bản khác của thư viện này).",
            remedy=mend,
            path=folder,
        )
    return predictor


def describe(model: str | Path = "default") -> Description:
    """What the model in a folder says of itself, read from its manifest alone.

    Raises the errors of this module that concern the manifest.

    >>> describe().id.startswith("default-"), describe().figures["held_back_families"]["titles"] > 1000
    (True, True)
    """
    folder, mend = _place(model)
    manifest = _manifest(folder, mend)
    return Description(str(manifest.get("id")), folder, manifest.get("about") or {}, manifest.get("figures") or {})


def _place(model: str | Path) -> tuple[Path, str]:
    """The folder of a model, and the command that mends it."""
    return (default_folder(), _REINSTALL) if str(model) == "default" else (Path(model), _TRAIN_AGAIN)


def fingerprint(model: str | Path = "default") -> str:
    """A hash that another model has otherwise, without loading it: that of the manifest, which has the hashes of the files.

    Raises `MissingModelError` where there is no manifest.

    >>> len(fingerprint())
    64
    """
    folder, mend = _place(model)
    try:
        return hashlib.sha256((folder / _MANIFEST).read_bytes()).hexdigest()
    except OSError as error:
        raise MissingModelError(
            "Không có mô hình ở đây, hoặc không đọc được.", remedy=mend, path=folder / _MANIFEST
        ) from error


def _manifest(folder: Path, mend: str) -> dict[str, Any]:
    path = folder / _MANIFEST
    try:
        text = path.read_text(encoding="utf-8")
        manifest = json.loads(text)
    except OSError as error:
        raise MissingModelError("Không có mô hình ở đây, hoặc không đọc được.", remedy=mend, path=path) from error
    except (ValueError, RecursionError) as error:
        raise DamagedModelError("Tệp mô tả của mô hình bị hỏng.", remedy=mend, path=path) from error
    found = manifest.get("format") if isinstance(manifest, dict) else None
    if not isinstance(found, int) or "classes" not in manifest:
        raise ForeignModelError(
            "Thư mục này không chứa mô hình của thư viện này.",
            remedy=mend if mend is _REINSTALL else _OTHER_MODEL,
            path=path,
        )
    if found > FORMAT:
        raise NewerModelError(
            f"Mô hình do phiên bản mới hơn ghi (định dạng {found}, ở đây đọc được định dạng {FORMAT}).",
            remedy="Nâng cấp: pip install -U vanthu-classifier",
            path=path,
        )
    if found < FORMAT:
        raise OlderModelError(
            f"Mô hình do phiên bản cũ ghi (định dạng {found}, ở đây đọc được định dạng {FORMAT}).",
            remedy=mend,
            path=path,
        )
    if manifest.get("seal") != _seal(manifest):
        raise TamperedModelError("Tệp mô tả của mô hình đã bị thay đổi.", remedy=mend, path=path)
    return manifest  # type: ignore[no-any-return]


def _seal(manifest: Mapping[str, Any]) -> str:
    return hashlib.sha256(_json({name: value for name, value in manifest.items() if name != "seal"})).hexdigest()


def _checked(path: Path, entry: Mapping[str, Any], mend: str) -> bytes:
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= _LARGEST else b""
    except OSError as error:
        raise MissingModelError("Thiếu một tệp của mô hình.", remedy=mend, path=path) from error
    if size < entry["bytes"]:
        raise CutModelError(
            f"Tệp của mô hình bị cắt cụt: còn {size} byte, phải là {entry['bytes']} byte.", remedy=mend, path=path
        )
    found = hashlib.sha256(data).hexdigest()
    if found != entry["sha256"]:
        raise TamperedModelError(
            f"Tệp của mô hình đã bị thay đổi: mã băm là {found[:12]}…, phải là {str(entry['sha256'])[:12]}….",
            remedy=mend,
            path=path,
        )
    return data


def _predictor(manifest: Mapping[str, Any], vocabulary: list[str], arrays: bytes) -> Predictor:
    classes = np.array(manifest["classes"], dtype=np.str_)
    with np.load(io.BytesIO(arrays), allow_pickle=False) as stored:
        idf, weights, bias = stored["idf"], stored["weights"].astype(np.float32) * np.float32(GRAIN), stored["bias"]
    shapes = (idf.shape, weights.shape, bias.shape)
    wanted = ((len(vocabulary),), (len(vocabulary), len(classes)), (len(classes),))
    if shapes != wanted or list(classes) != sorted(set(classes)) or len(set(vocabulary)) != len(vocabulary):
        raise ValueError(f"{shapes}, {wanted}")
    index = {name: row for row, name in enumerate(vocabulary)}
    digest = _together({name: entry["sha256"] for name, entry in manifest["files"].items()})
    return Predictor(classes, index, idf, weights, bias, str(manifest["id"]), manifest["figures"], digest)


def _together(hashes: Mapping[str, str]) -> str:
    """One hash for the model: over those of its files, which `_checked` has compared with the files."""
    return hashlib.sha256("".join(hashes[name] for name in (_VOCABULARY, _ARRAYS)).encode()).hexdigest()


def _arrays(predictor: Predictor) -> bytes:
    out = io.BytesIO()
    steps = np.round(predictor.weights / GRAIN).astype(np.int16)
    np.savez_compressed(out, idf=predictor.idf, weights=steps, bias=predictor.bias)
    return out.getvalue()


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _probe() -> str:
    return hashlib.sha256("\n".join(name for title in _PROBES for name in names(title)).encode()).hexdigest()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _put_in_place(folder: Path, payload: Mapping[str, bytes]) -> None:
    """Writes beside the folder, then changes the names: a reader sees the old files or the new ones.

    A folder that holds something else than a model is refused; what stands beside a model (a card, notes) stays with it.
    """
    others = [path for path in folder.iterdir() if path.name not in payload] if folder.is_dir() else []
    if others and not (folder / _MANIFEST).is_file():
        raise ModelError("Thư mục này đang chứa tệp khác.", remedy="Chọn một thư mục mới hoặc trống.", path=folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, data in payload.items():
            (fresh / name).write_bytes(data)
        for path in others:
            (shutil.copytree if path.is_dir() else shutil.copy2)(path, fresh / path.name)
        fresh.chmod(0o755)
        old = fresh.with_name(fresh.name + "-old")
        if folder.exists():
            folder.replace(old)
        fresh.replace(folder)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
