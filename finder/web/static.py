"""Static files: named after their content, kept by browsers for ever, compressed once, sent by WhiteNoise."""

import atexit
import gzip
import re
import shutil
import tempfile
from functools import cache
from hashlib import blake2b
from pathlib import Path

import brotli  # type: ignore[import-untyped]
from flask import Flask
from whitenoise import WhiteNoise  # type: ignore[import-untyped]

PREFIX = "static/"
COMPRESSED = {".css", ".js", ".mjs", ".svg", ".txt", ".json"}
PACKED = ".br"
HASH = re.compile(r"\.[0-9a-f]{10}(?=\.\w+$)")
REFERENCE = re.compile(r"url\(([\w./-]+)\)")


class Files:
    """The folder's files under names with a hash, in a folder of their own that lives as long as the process."""

    def __init__(self, source: Path) -> None:
        self.names: dict[str, str] = {}
        self.folder = Path(tempfile.mkdtemp(prefix="finder-static-"))
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)
        # Style sheets last: they name other files.
        for path in sorted((p for p in source.rglob("*") if p.is_file()), key=lambda p: (p.suffix == ".css", p)):
            if path.suffix == PACKED:
                continue
            packed = path.with_name(path.name + PACKED)
            self._add(path.relative_to(source).as_posix(), path.read_bytes(), packed)

    def _add(self, name: str, content: bytes, packed: Path) -> None:
        """`packed` is its compressed form, where it is carried: large files take seconds to compress."""
        path = Path(name)
        if path.suffix == ".css":
            content = REFERENCE.sub(lambda match: f"url({self.names[match[1]]})", content.decode()).encode()
        digest = blake2b(content, digest_size=5).hexdigest()
        hashed = path.with_name(f"{path.stem}.{digest}{path.suffix}").as_posix()
        self.names[name] = hashed
        target = self.folder / hashed
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        if path.suffix in COMPRESSED:
            _beside(target, ".br").write_bytes(packed.read_bytes() if packed.exists() else brotli.compress(content))
            _beside(target, ".gz").write_bytes(gzip.compress(content, mtime=0))


def _beside(path: Path, ending: str) -> Path:
    """Where WhiteNoise looks for the packed form."""
    return path.with_name(path.name + ending)


@cache
def files(source: Path) -> Files:
    return Files(source)


def hashed(path: str, url: str) -> bool:
    return bool(HASH.search(url))


def unhashed(url: str) -> str:
    """The address that it would have without its hash."""
    return HASH.sub("", url)


def init_app(app: Flask) -> None:
    built = files(Path(app.root_path) / "static")

    def static_url(name: str) -> str:
        """Raises KeyError for a file that is not there: a template never links to nothing."""
        return f"/{PREFIX}{built.names[name]}"

    app.jinja_env.globals["static_url"] = static_url
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=built.folder,
        prefix=PREFIX,
        immutable_file_test=hashed,
        max_age=86400,
        allow_all_origins=False,
    )
