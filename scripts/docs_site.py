"""Hooks of MkDocs: the navigation is docs/README.md, and files outside docs/ that a page links to are copied."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[1]
_LINK = re.compile(r"\]\(([^)#:\s]+)(#[^)\s]*)?\)")
_NAMED_LINK = re.compile(r"\[([^\]]+)\]\(([^)#\s]+\.md)\)")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Make the navigation of the index: a section for each of its headings, and the ADRs in a section of their own."""
    config.nav = [{"Overview": "README.md"}]
    index = (ROOT / "docs/README.md").read_text("utf-8")
    for part in index.split("\n## ")[1:]:
        title, _, text = part.partition("\n")
        pages = [
            {name[0].upper() + name[1:]: target}
            for name, target in _NAMED_LINK.findall(text)
            if not target.startswith("../")
        ]
        config.nav.append({title: list({str(page): page for page in pages}.values())})
    decisions = sorted(path.name for path in (ROOT / "docs/adr").glob("0*.md"))
    config.nav.append({"Decisions": ["adr/README.md", *(f"adr/{name}" for name in decisions)]})
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the files of the repository that pages link to."""
    pages = list(files.documentation_pages())
    while pages:
        page = pages.pop()
        for outside in _links_outside(page.src_uri, page.content_string).values():
            if files.get_file_from_path(f"repository/{outside}") is None:
                text = (ROOT / outside).read_text("utf-8")
                files.append(copy := File.generated(config, f"repository/{outside}", content=text))
                pages += [copy] if copy.is_documentation_page() else []
    return files


def on_page_markdown(markdown: str, page: object, config: MkDocsConfig, files: Files) -> str:
    """Let the links lead to the copies."""
    source = page.file.src_uri  # type: ignore[attr-defined]
    if source.startswith("repository/"):
        markdown = markdown.replace("](docs/", "](../")
    for link, outside in _links_outside(source, markdown).items():
        target = os.path.relpath(f"repository/{outside}", PurePosixPath(source).parent)
        markdown = markdown.replace(f"]({link}", f"]({target}")
    return markdown


def _links_outside(source: str, markdown: str) -> dict[str, str]:
    """Map the links that leave docs/ to the paths of the files in the repository."""
    folder = ROOT if source.startswith("repository/") else ROOT / "docs" / PurePosixPath(source).parent
    found = {}
    for link, _ in _LINK.findall(markdown):
        target = Path(os.path.normpath(folder / link))
        if target.is_file() and not target.is_relative_to(ROOT / "docs"):
            found[link] = str(target.relative_to(ROOT))
    return found
