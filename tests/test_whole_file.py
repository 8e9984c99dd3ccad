"""A file is written whole or not at all, and a private one is never anybody else's."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from kadar.whole_file import replacing, write_whole

posix = pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def test_text_is_written_as_it_is(tmp_path: Path) -> None:
    write_whole(tmp_path / "a.toml", "目标 = 1\r\nb = 2\n")
    assert (tmp_path / "a.toml").read_bytes() == "目标 = 1\r\nb = 2\n".encode()
    write_whole(tmp_path / "a.toml", b"\x00\xff")
    assert (tmp_path / "a.toml").read_bytes() == b"\x00\xff"
    assert names(tmp_path) == ["a.toml"]


def test_what_fails_half_way_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text("before")

    def fail(error: type[BaseException]) -> None:
        with replacing(file) as beside:
            beside.write_text("half of wh")
            raise error

    for error in (RuntimeError, KeyboardInterrupt):
        with pytest.raises(error):
            fail(error)
    assert file.read_text() == "before"
    assert names(tmp_path) == ["a"]


def test_a_missing_folder_is_an_error_and_stays_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "none" / "a", "text")
    assert names(tmp_path) == []


@posix
def test_a_private_file_is_private_from_its_first_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "secrets.toml"
    file.write_text("")
    file.chmod(0o644)
    seen: list[int] = []
    really = os.open

    def watched(path: str, flags: int, mode: int = 0o777) -> int:
        made = really(path, flags, mode)
        seen.append(stat.S_IMODE(os.fstat(made).st_mode))
        return made

    before = os.umask(0)
    try:
        monkeypatch.setattr(os, "open", watched)
        write_whole(file, "key = 1", private=True)
    finally:
        os.umask(before)
    assert seen == [0o600]
    assert mode(file) == 0o600


@posix
def test_another_keeps_its_mode_and_a_new_one_has_the_usual(tmp_path: Path) -> None:
    file = tmp_path / "kadar.toml"
    before = os.umask(0o027)
    try:
        write_whole(file, "a")
        assert mode(file) == 0o640
        file.chmod(0o664)
        write_whole(file, "b")
    finally:
        os.umask(before)
    assert mode(file) == 0o664


@posix
def test_nothing_is_written_through_a_link_that_lies_in_wait(tmp_path: Path) -> None:
    target = tmp_path / "of somebody else"
    target.write_text("untouched")
    place = tmp_path / f"a.{os.getpid()}.{threading.get_ident()}.part"
    place.symlink_to(target)
    write_whole(tmp_path / "a", "secret", private=True)
    assert target.read_text() == "untouched"
    assert (tmp_path / "a").read_text() == "secret"


def test_a_reader_never_sees_half_of_it(tmp_path: Path) -> None:
    file = tmp_path / "a"
    texts = {letter * 100_000 for letter in "abc"}
    write_whole(file, min(texts))
    threads = [
        threading.Thread(target=lambda text=text: [write_whole(file, text) for _ in range(40)])
        for text in texts
    ]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert file.read_text() in texts
    assert names(tmp_path) == ["a"]
