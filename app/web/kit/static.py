"""Static files: hashed names, compressed once at start-up, kept for a year by browsers."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

ROOT: Final = Path(__file__).parent.parent.parent / "static"
FOREVER: Final = "public, max-age=31536000, immutable"
COMPRESSIBLE: Final = {".css", ".js", ".svg", ".json", ".txt", ".webmanifest"}
TYPES: Final = {
    ".woff2": "font/woff2",
    ".webp": "image/webp",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
CSS_URL: Final = re.compile(rb'url\("?\.\./([^")]+)"?\)')
IMPORTED: Final = re.compile(rb'^((?:import|export) .*?from )"\./([a-z-]+\.js)"', re.MULTILINE)
"""How our own scripts name a module beside them, on one line; none imports in a circle."""


@dataclass(frozen=True)
class Asset:
    """One file as it goes over the wire."""

    media_type: str
    body: bytes
    zipped: bytes | None
    etag: str


@dataclass
class StaticFiles:
    """All files under app/static, read once.

    CSS refers to fonts and pictures by their hashed names too, and so does a script to the modules that it imports.
    """

    assets: dict[str, Asset] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, root: Path = ROOT) -> StaticFiles:
        files = cls()
        paths = [path for path in sorted(root.rglob("*")) if path.is_file() and path.suffix != ".py"]
        for path in sorted(paths, key=lambda path: path.suffix == ".css"):  # CSS last: it names the others
            files._load(path, root)
        return files

    def url(self, name: str) -> str:
        """The address of a file. Raises: KeyError for a file that is not there."""
        return f"/static/{self.names[name]}"

    async def answer(self, request: Request) -> Response:
        asset = self.assets.get(request.path_params["name"])
        if asset is None:
            return Response(status_code=404)
        headers = {"Cache-Control": FOREVER, "ETag": asset.etag, "Vary": "Accept-Encoding"}
        if request.headers.get("if-none-match") == asset.etag:
            return Response(status_code=304, headers=headers)
        body = asset.body
        if asset.zipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
            body, headers["Content-Encoding"] = asset.zipped, "gzip"
        return Response(body, media_type=asset.media_type, headers=headers)

    def _load(self, path: Path, root: Path) -> None:
        """Read one file, after those that it names: their names hold what is in them."""
        name = path.relative_to(root).as_posix()
        if name in self.names:
            return
        body = path.read_bytes()
        if path.suffix == ".css":
            body = CSS_URL.sub(self._hashed_url, body)
        elif path.suffix == ".js":
            for imported in IMPORTED.finditer(body):
                self._load(path.parent / imported[2].decode(), root)
            body = IMPORTED.sub(partial(self._hashed_import, name.rpartition("/")[0]), body)
        self._add(name, path.suffix, body)

    def _hashed_import(self, folder: str, found: re.Match[bytes]) -> bytes:
        return found[1] + f'"{self.url(f"{folder}/{found[2].decode()}")}"'.encode()

    def _add(self, name: str, suffix: str, body: bytes) -> None:
        fingerprint = hashlib.sha256(body).hexdigest()[:12]
        hashed = f"{name.removesuffix(suffix)}.{fingerprint}{suffix}"
        media_type = TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        zipped = gzip.compress(body, 9, mtime=0) if suffix in COMPRESSIBLE else None
        self.assets[hashed] = Asset(media_type, body, zipped, f'"{fingerprint}"')
        self.names[name] = hashed

    def _hashed_url(self, found: re.Match[bytes]) -> bytes:
        return f'url("{self.url(found[1].decode())}")'.encode()


@cache
def shipped() -> StaticFiles:
    """The files that this program brings along."""
    return StaticFiles.load()
