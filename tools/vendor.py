"""Files that others made: what the manifest says of them, whether it still holds, and how to get them again."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MANIFEST: Final = "app/static/vendor/MANIFEST.json"
FOLDERS: Final = ("app/static/vendor", "app/static/fonts", "app/static/icons", "tests/vendor")


@dataclass(frozen=True)
class Vendored:
    """One file: where it stands here, and where it came from."""

    path: str
    sha256: str
    licence_file: str
    package: str
    version: str
    member: str

    @property
    def as_published(self) -> bool:
        """Whether the package holds this very file; a sprite is put together from many."""
        return "*" not in self.member


def vendored(root: Path) -> list[Vendored]:
    """Every file of the manifest."""
    manifest = json.loads((root / MANIFEST).read_text(encoding="utf-8"))
    wanted = ("path", "sha256", "licence_file", "package", "version", "member")
    return [Vendored(**{key: facts[key] for key in wanted}) for facts in manifest["files"]]


def drift(root: Path) -> list[str]:
    """The files that are missing, have lost their licence, or are not what the manifest says."""
    found = []
    for entry in vendored(root):
        file = root / entry.path
        if not file.is_file():
            found.append(f"{entry.path}: missing")
        elif _sha256(file.read_bytes()) != entry.sha256:
            found.append(f"{entry.path}: differs from the manifest")
        if not (root / entry.licence_file).is_file():
            found.append(f"{entry.licence_file}: missing")
    return found


def unlisted(root: Path) -> list[str]:
    """Files in the folders for other people's work that the manifest does not know."""
    entries = vendored(root)
    known = {MANIFEST} | {entry.path for entry in entries} | {entry.licence_file for entry in entries}
    files = (file for folder in FOLDERS for file in sorted((root / folder).rglob("*")) if file.is_file())
    return [name for name in (file.relative_to(root).as_posix() for file in files) if name not in known]


def main() -> int:
    """Fetch every package of the manifest and put its files in place, when they are what it says."""
    if shutil.which("npm") is None:
        print("make vendor needs npm; nothing else does. On Debian: apt-get install npm", file=sys.stderr)
        return 1
    root = Path.cwd()
    packages = sorted({(entry.package, entry.version) for entry in vendored(root) if entry.as_published})
    found = [fault for package, version in packages for fault in _refresh(root, package, version)]
    found += drift(root) + [f"{name}: not in the manifest" for name in unlisted(root)]
    print("\n".join(found) or "Every file from elsewhere is what the manifest says.")
    return 1 if found else 0


def _refresh(root: Path, package: str, version: str) -> list[str]:
    found = []
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", f"{package}@{version}"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        [archive] = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as tar:
            for entry in vendored(root):
                if (entry.package, entry.version) != (package, version) or not entry.as_published:
                    continue
                member = tar.extractfile(f"package/{entry.member}")
                content = member.read() if member else b""
                if _sha256(content) == entry.sha256:
                    (root / entry.path).write_bytes(content)
                else:
                    found.append(f"{entry.path}: the package holds sha256 {_sha256(content)}; not written")
    return found


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
