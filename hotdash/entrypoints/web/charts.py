"""Vega for the browser: one bundle, made offline from vl-convert, kept on disk by its version."""

import os
import tempfile
import threading
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

from hotdash.entrypoints.web.assets import Asset, brotli, gzipped

_ENDINGS = ("", ".gz", ".br")


class ChartBundle:
    """Making the bundle costs seconds of CPU, so it happens once per version and installation."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._asset: Asset | None = None
        self.name = f"vega.{version('vl-convert-python')}.js"
        self.url = f"/static/{self.name}"

    def asset(self) -> Asset:
        with self._lock:
            if self._asset is None:
                self._asset = self._from_disk() or self._made()
            return self._asset

    def warm(self) -> None:
        threading.Thread(target=self.asset, name="chart-bundle", daemon=True).start()

    def _from_disk(self) -> Asset | None:
        files = [self._folder / f"{self.name}{ending}" for ending in _ENDINGS]
        if not all(file.is_file() for file in files):
            return None
        plain, gzip_bytes, brotli_bytes = (file.read_bytes() for file in files)
        return Asset("text/javascript; charset=utf-8", plain, gzip_bytes, brotli_bytes)

    def _made(self) -> Asset:
        plain = _javascript().encode()
        asset = Asset("text/javascript; charset=utf-8", plain, gzipped(plain), brotli(plain))
        for ending, content in zip(_ENDINGS, (plain, asset.gzipped, asset.brotli), strict=True):
            _write_whole(self._folder / f"{self.name}{ending}", content)
        return asset


def _javascript() -> str:
    # It brings a JavaScript engine of 100 MB: only the process that makes the file pays for it.
    import vl_convert

    return cast(str, cast(Any, vl_convert).javascript_bundle())


def _write_whole(file: Path, content: bytes) -> None:
    """A reader never meets half a file: written beside, then renamed."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=file.parent)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
    os.replace(beside, file)
