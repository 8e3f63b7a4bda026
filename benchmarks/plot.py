"""Draws docs/images/write-overhead.svg from the results of `bench_write_overhead --full`."""

from __future__ import annotations

import json
import statistics
from pathlib import Path

from benchmarks.stand import RESULTS
from benchmarks.variants import ASLEEP, BARE_INSERT, BUSY, NOTIFY_EACH, PEERS, Variant

PICTURE = Path(__file__).parent.parent / "docs" / "images" / "write-overhead.svg"
CLIENTS = (1, 4, 16, 64)
LINES: tuple[tuple[Variant, str, str], ...] = (
    (BARE_INSERT, "#7a7a7a", "6 4"),
    (BUSY, "#0b6e4f", ""),
    (ASLEEP, "#0b6e4f", "2 4"),
    (NOTIFY_EACH, "#b3541e", ""),
    (PEERS[0], "#3b5b92", ""),
    (PEERS[1], "#8a4f7d", ""),
)
WIDTH, HEIGHT, LEFT, TOP, PLOT_WIDTH, PLOT_HEIGHT = 760, 380, 56, 44, 440, 280


def x_of(number: int) -> float:
    """Return where the load with this number of clients stands."""
    return LEFT + PLOT_WIDTH * number / (len(CLIENTS) - 1)


def y_of(share: float) -> float:
    """Return where a share of the transactions without trigger stands."""
    return TOP + PLOT_HEIGHT * (1 - share)


def shares(variant: Variant) -> list[float]:
    """Return the median share of a variant for each number of clients."""
    found = []
    for clients in CLIENTS:
        name = f"write_overhead completion, {clients} client{'s' if clients > 1 else ''}, synchronous_commit on"
        result = json.loads((RESULTS / f"{name}.json").read_text("utf-8"))
        found.append(statistics.median(result["shares"][variant.name]))
    return found


def grid() -> list[str]:
    """Return the axes and what they say."""
    parts = []
    for tenth in range(0, 11, 2):
        y = y_of(tenth / 10)
        parts.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{LEFT + PLOT_WIDTH}" y2="{y:.1f}" stroke="#8884"/>')
        parts.append(f'<text x="{LEFT - 10}" y="{y + 4:.1f}" text-anchor="end">{tenth / 10:.1f}</text>')
    for number, clients in enumerate(CLIENTS):
        parts.append(f'<text x="{x_of(number):.1f}" y="{TOP + PLOT_HEIGHT + 22}" text-anchor="middle">{clients}</text>')
    middle = LEFT + PLOT_WIDTH / 2
    parts.append(f'<text x="{middle}" y="{TOP + PLOT_HEIGHT + 44}" text-anchor="middle">clients that complete</text>')
    return parts


def main() -> None:
    """Draw."""
    title = "Completions a second, as a share of those without a trigger"
    parts = [f'<text x="{LEFT}" y="22" font-weight="600">{title}</text>', *grid()]
    ends = sorted(((-shares(v)[-1], v, colour, dash) for v, colour, dash in LINES), key=lambda end: end[0])
    below = float(TOP)
    for end, variant, colour, dash in ends:
        points = " ".join(f"{x_of(n):.1f},{y_of(share):.1f}" for n, share in enumerate(shares(variant)))
        stroke = f'fill="none" stroke="{colour}" stroke-width="2.5" stroke-dasharray="{dash}"'
        parts.append(f'<polyline points="{points}" {stroke}/>')
        below = max(below + 20, y_of(-end) + 4)
        where = f'x="{LEFT + PLOT_WIDTH + 12}" y="{below:.1f}" fill="{colour}"'
        parts.append(f"<text {where}>{-end:.2f} {variant.name}</text>")
    body = "\n".join(parts)
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}" '
        f'font-family="system-ui, sans-serif" font-size="13" fill="#444">\n'
        f'<rect width="100%" height="100%" fill="#fff"/>\n{body}\n</svg>\n',
        "utf-8",
    )
    print(f"wrote {PICTURE}")


if __name__ == "__main__":
    main()
