"""Which model the command uses: the shipped one, or one of the office's own, and the way back.

`vanthu train` writes models where the office wants them; this module only remembers, for one user, which of them is in use. It is one small
file, `models.json`, in the user's data folder (`VANTHU_HOME` names another), and nothing else is ever written or deleted: models
stay where they are.

    {"format": 1,
     "in_use": ["/van_phong/mo_hinh_2024", "/van_phong/mo_hinh_2025"],     the last is in use; what stands before it, `rollback` brings back
     "known":  ["/van_phong/mo_hinh_2024", "/van_phong/mo_hinh_2025"]}     every model that was ever in use

Before the first stands the shipped model, "default". A model is loaded before it is taken into use, so that a damaged one never is. The file is written
whole, then put in place. It concerns the command alone: `DispatchClassifier()` in somebody's code means the shipped model on every machine.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from vanthu_classifier.errors import ModelError

__all__ = [
    "DEFAULT",
    "DamagedStateError",
    "Entry",
    "StateFileError",
    "current",
    "entries",
    "home",
    "rollback",
    "state_file",
    "use",
]

DEFAULT = "default"
"""The shipped model."""
_FORMAT = 1


class StateFileError(ModelError):
    """The file that remembers the model in use cannot be read or written."""


class DamagedStateError(ModelError):
    """The file that remembers the model in use is damaged, or of a newer version; it is left as it is."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A model that is known: "default" or its folder; `there` says whether the folder still holds a model."""

    model: str
    in_use: bool
    there: bool


@dataclass(frozen=True, slots=True)
class _State:
    in_use: tuple[str, ...] = ()
    known: tuple[str, ...] = ()


def home(environ: Mapping[str, str] | None = None, platform: str = sys.platform) -> Path:
    """The folder of the state file: `VANTHU_HOME`, else `vanthu` in the user's data folder of the platform.

    >>> home({"VANTHU_HOME": "/srv/vanthu"}).as_posix(), home({"XDG_DATA_HOME": "/home/an/data"}, "linux").as_posix()
    ('/srv/vanthu', '/home/an/data/vanthu')
    >>> home({"LOCALAPPDATA": "C:/Users/an/AppData/Local"}, "win32").as_posix()
    'C:/Users/an/AppData/Local/vanthu'
    """
    environ = os.environ if environ is None else environ
    if environ.get("VANTHU_HOME"):
        return Path(environ["VANTHU_HOME"])
    if platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "vanthu"
    if platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "vanthu"
    return Path(environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "vanthu"


def state_file() -> Path:
    """Where it is remembered which model is in use."""
    return home() / "models.json"


def current() -> str | Path:
    """The model in use: "default", or the folder of the office's own.

    Raises `DamagedStateError` where the state file is damaged, `ModelError` where the model in use is no longer in its folder.
    """
    state = _read()
    if not state.in_use:
        return DEFAULT
    model = state.in_use[-1]
    if not _there(model):
        raise ModelError(
            "Mô hình đang dùng không còn ở đây.",
            remedy="Đưa thư mục về chỗ cũ, hoặc quay về mô hình trước: vanthu models rollback.",
            path=model,
        )
    return DEFAULT if model == DEFAULT else Path(model)


def entries() -> tuple[Entry, ...]:
    """Every model that is known, the shipped one first, then in the order of their first use."""
    state = _read()
    now = state.in_use[-1] if state.in_use else DEFAULT
    models = dict.fromkeys((DEFAULT, *state.known))
    return tuple(Entry(model, model == now, _there(model)) for model in models)


def use(model: str | Path) -> str | Path:
    """Takes a model into use, "default" or a folder, and returns it as `current` will.

    Raises `ModelError` where it does not load, `DamagedStateError` and `StateFileError` where that cannot be remembered.
    """
    state = _read()
    name = DEFAULT if str(model) == DEFAULT else str(Path(model).resolve())
    _check(name)
    if name != (state.in_use[-1] if state.in_use else DEFAULT):
        _write(_State((*state.in_use, name), tuple(dict.fromkeys((*state.known, name)))))
    return DEFAULT if name == DEFAULT else Path(name)


def rollback() -> str | Path:
    """Takes the model into use that was in use before, and returns it. The newer one stays where it is.

    Raises `ModelError` where none was in use before, or where the one before does not load any more.
    """
    state = _read()
    if not state.in_use:
        raise ModelError(
            "Đang dùng mô hình kèm theo; không có mô hình nào trước đó.", remedy="Xem: vanthu models list."
        )
    name = state.in_use[-2] if len(state.in_use) > 1 else DEFAULT
    _check(name)
    _write(_State(state.in_use[:-1], state.known))
    return DEFAULT if name == DEFAULT else Path(name)


def _there(model: str) -> bool:
    return model == DEFAULT or (Path(model) / "manifest.json").is_file()


def _check(model: str) -> None:
    from vanthu_classifier.model import load

    try:
        load(model)
    except ModelError as error:
        if model == DEFAULT:
            raise
        raise ModelError(
            error.what,
            remedy="Chọn mô hình khác: vanthu models use THƯ_MỤC, hoặc vanthu models use default.",
            path=error.path,
        ) from error


# ------------------------------------------------------------------ the file


def _read() -> _State:
    path = state_file()
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return _State()
    except UnicodeDecodeError as error:
        raise _damaged(path) from error
    except OSError as error:
        raise StateFileError(
            "Không đọc được tệp ghi mô hình đang dùng.",
            remedy="Kiểm tra quyền đọc, hoặc đặt biến VANTHU_HOME.",
            path=path,
        ) from error
    try:
        found = json.loads(text)
        if isinstance(found["format"], int) and found["format"] > _FORMAT:
            raise DamagedStateError(
                "Tệp ghi mô hình đang dùng là của phiên bản mới hơn.",
                remedy="Nâng cấp: pip install -U vanthu-classifier",
                path=path,
            )
        in_use, known = found["in_use"], found["known"]
        sound = found["format"] == _FORMAT and isinstance(in_use, list) and isinstance(known, list)
        sound = sound and all(isinstance(model, str) and model for model in in_use + known)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _damaged(path) from error
    if not sound:
        raise _damaged(path)
    return _State(tuple(in_use), tuple(known))


def _damaged(path: Path) -> DamagedStateError:
    return DamagedStateError(
        "Tệp ghi mô hình đang dùng bị hỏng.",
        remedy="Đổi tên tệp này (mô hình kèm theo sẽ được dùng), rồi chọn lại: vanthu models use THƯ_MỤC.",
        path=path,
    )


def _write(state: _State) -> None:
    path = state_file()
    value = {"format": _FORMAT, "in_use": list(state.in_use), "known": list(state.known)}
    fresh: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, fresh = tempfile.mkstemp(prefix=".models-", suffix=".json", dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(json.dumps(value, ensure_ascii=False, indent=1) + "\n")
        Path(fresh).replace(path)
    except OSError as error:
        if fresh is not None:
            Path(fresh).unlink(missing_ok=True)
        raise StateFileError(
            "Không ghi được mô hình đang dùng.",
            remedy="Kiểm tra quyền ghi, hoặc đặt biến VANTHU_HOME là một thư mục ghi được.",
            path=path,
        ) from error
