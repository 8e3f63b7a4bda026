"""The files of the dashboard, at addresses that contain a hash of them, so that browsers keep them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

FOLDER = Path(__file__).parent / "static"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FILES = {path.name: path.read_bytes() for path in sorted(FOLDER.iterdir()) if path.suffix in TYPES}
# One of all of them: a module imports others by relative addresses.
HASH = hashlib.sha256(b"".join(name.encode() + content for name, content in FILES.items())).hexdigest()[:16]
_ONE_YEAR = "public, max-age=31536000, immutable"


async def static_file(request: Request) -> Response:
    """Return a file; one of another version must be loaded again."""
    name = request.path_params["name"]
    if name not in FILES:
        return PlainTextResponse("There is no such file.\n", 404)
    kept = _ONE_YEAR if request.path_params["hash"] == HASH else "no-store"
    media_type = TYPES[Path(name).suffix]
    return Response(FILES[name], headers={"cache-control": kept}, media_type=media_type)
