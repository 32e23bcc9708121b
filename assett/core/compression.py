"""Pages leave compressed (brotli or gzip), and so does what is told to a script, unless it is a few words."""

from __future__ import annotations

from flask import Flask
from flask_compress import Compress


def init_app(app: Flask) -> None:
    app.config.update(
        COMPRESS_MIMETYPES=["text/html", "text/css", "application/json", "image/svg+xml", "text/csv"],
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=4,
        COMPRESS_LEVEL=5,
        COMPRESS_MIN_SIZE=400,
    )
    Compress(app)
