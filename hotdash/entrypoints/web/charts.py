"""Vega for the browser: one bundle, made offline from vl-convert, kept on disk by its version."""

import os
import subprocess
import sys
import tempfile
import threading
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

from hotdash.base.errors import UnavailableError
from hotdash.entrypoints.web.assets import Asset, brotli, gzipped

_ENDINGS = ("", ".gz", ".br")
_MEDIA_TYPE = "text/javascript; charset=utf-8"


class ChartBundle:
    """Made once per version and installation, by a process of its own.

    The JavaScript engine behind it holds 100 MB and some seconds of CPU, which the server keeps
    for its visitors.
    """

    def __init__(self, folder: Path) -> None:
        self.name = f"vega.{version('vl-convert-python')}.js"
        self.url = f"/static/{self.name}"
        self._file = folder / self.name
        self._lock = threading.Lock()
        self._asset: Asset | None = None
        self._maker: subprocess.Popen[bytes] | None = None

    def asset(self) -> Asset:
        with self._lock:
            if self._asset is None:
                self._asset = self._from_disk() or self._made()
            return self._asset

    def warm(self) -> None:
        threading.Thread(target=self._warm, name="chart-bundle", daemon=True).start()

    def stop(self) -> None:
        if self._maker is not None:
            self._maker.terminate()

    def _warm(self) -> None:
        try:
            self.asset()
        except UnavailableError:
            return  # Whoever asks for it next is told.

    def _from_disk(self) -> Asset | None:
        files = [Path(f"{self._file}{ending}") for ending in _ENDINGS]
        if not all(file.is_file() for file in files):
            return None
        return Asset(_MEDIA_TYPE, *(file.read_bytes() for file in files))

    def _made(self) -> Asset:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", __name__, str(self._file)]
        self._maker = subprocess.Popen(command, stderr=subprocess.PIPE)
        _, said = self._maker.communicate()
        asset = self._from_disk()
        if asset is None:
            raise UnavailableError(
                "The chart library could not be made.",
                hint="Charts stay as the server draws them; check that the home folder can be "
                f"written. {said.decode(errors='replace').strip()[-200:]}",
            )
        return asset


def make(file: Path) -> None:
    import vl_convert

    plain = cast(str, cast(Any, vl_convert).javascript_bundle()).encode()
    for ending, content in zip(_ENDINGS, (plain, gzipped(plain), brotli(plain)), strict=True):
        _write_whole(Path(f"{file}{ending}"), content)


def _write_whole(file: Path, content: bytes) -> None:
    """A reader never meets half a file: written beside, then renamed."""
    handle, beside = tempfile.mkstemp(dir=file.parent)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
    os.replace(beside, file)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
