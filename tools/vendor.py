"""Files that others made: what stands in vendor.toml, whether it is still that, and how to get it again."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MANIFEST: Final = "vendor.toml"
FOLDERS: Final = ("app/static/vendor", "app/static/fonts", "app/static/icons", "tests/vendor")


@dataclass(frozen=True)
class Vendored:
    """One file: where it stands here, and where it came from (empty when we made it from the package)."""

    path: str
    source: str
    sha256: str
    package: str
    version: str


def vendored(root: Path) -> list[Vendored]:
    """Every file of the manifest."""
    manifest = tomllib.loads((root / MANIFEST).read_text(encoding="utf-8"))
    return [
        Vendored(path, facts.get("from", ""), facts["sha256"], package["name"], package["version"])
        for package in manifest["package"]
        for path, facts in package["files"].items()
    ]


def drift(root: Path) -> list[str]:
    """The files that are missing, or are not what the manifest says."""
    found = []
    for entry in vendored(root):
        file = root / entry.path
        if not file.is_file():
            found.append(f"{entry.path}: missing")
        elif _sha256(file.read_bytes()) != entry.sha256:
            found.append(f"{entry.path}: differs from the manifest")
    return found


def unlisted(root: Path) -> list[str]:
    """Files in the folders for other people's work that the manifest does not know."""
    listed = {entry.path for entry in vendored(root)}
    files = (file for folder in FOLDERS for file in sorted((root / folder).rglob("*")) if file.is_file())
    return [name for name in (file.relative_to(root).as_posix() for file in files) if name not in listed]


def main() -> int:
    """Fetch every package of the manifest and put its files in place, when they are what it says."""
    if shutil.which("npm") is None:
        print("make vendor needs npm; nothing else does. On Debian: apt-get install npm", file=sys.stderr)
        return 1
    root = Path.cwd()
    packages = sorted({(entry.package, entry.version) for entry in vendored(root) if entry.source})
    found = [fault for package, version in packages for fault in _refresh(root, package, version)]
    found += [f"{name}: not in {MANIFEST}" for name in unlisted(root)]
    print("\n".join(found) or "Every file from elsewhere is what the manifest says.")
    return 1 if found else 0


def _refresh(root: Path, package: str, version: str) -> list[str]:
    found = []
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["npm", "pack", "--silent", f"{package}@{version}"], cwd=folder, check=True, capture_output=True
        )
        [archive] = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as tar:
            for entry in vendored(root):
                if entry.package != package or not entry.source:
                    continue
                member = tar.extractfile(f"package/{entry.source}")
                content = member.read() if member else b""
                if _sha256(content) != entry.sha256:
                    found.append(
                        f"{entry.path}: the package holds sha256 {_sha256(content)}; nothing written"
                    )
                else:
                    target = root / entry.path
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(content)
    return found


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
