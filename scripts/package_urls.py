"""The package's URLs: those of the repository that it is built from, so that a fork's package points to the fork.

A hook of hatchling. The address is that of git's remote `origin`, or AUTOPOST_REPOSITORY_URL where the build has no git
(CI systems know it: "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY", "$CI_PROJECT_URL"). Without either the package has no
URLs: an invented address could belong to somebody else. The labels are those of
https://packaging.python.org/en/latest/specifications/well-known-project-urls/.
"""

from __future__ import annotations

import os
import re
import subprocess
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

# https://host/owner/name(.git), ssh://git@host/owner/name(.git) or git@host:owner/name(.git); users are left out.
_REMOTE = re.compile(
    r"(?:https://|ssh://|(?=[^/\s]+:))(?:[^@/\s]+@)?([\w.-]+\.[a-z]+)(?::\d+/|[:/])([\w./~-]+?)(?:\.git)?/?", re.ASCII
)


class PackageUrls(MetadataHookInterface):
    """Adds the URLs to the package's metadata."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set `urls`."""
        metadata["urls"] = urls(os.environ.get("AUTOPOST_REPOSITORY_URL") or _origin(self.root))


def urls(remote: str) -> dict[str, str]:
    """Return the package's URLs by label; none if the remote is no address on the web."""
    found = _REMOTE.fullmatch(remote.strip())
    if found is None:
        return {}
    source = f"https://{found[1]}/{found[2]}"
    return {
        "Source": source,
        "Documentation": f"{source}/tree/main/docs",
        "Changelog": f"{source}/blob/main/CHANGELOG.md",
        "Issues": f"{source}/issues",
    }


def _origin(root: str) -> str:
    command = ("git", "-C", root, "remote", "get-url", "origin")
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return ""
