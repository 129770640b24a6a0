"""Growth as a picture: for every page a small graph of its ratio to the floor against the number of bids."""

import math
from collections.abc import Mapping
from html import escape

WIDE, HIGH, ACROSS = 240, 130, 4
LEFT, RIGHT, TOP, BOTTOM = 34, 12, 38, 22
INK, LINE, BAD, FAINT = "#0b0c0c", "#1d70b8", "#d4351c", "#b1b4b6"


def svg(
    series: Mapping[str, Mapping[int, float]], limits: Mapping[str, float | None], verdicts: Mapping[str, str]
) -> str:
    """The whole picture."""
    rows = -(-len(series) // ACROSS)
    width, height = ACROSS * WIDE, rows * HIGH + 30
    graphs = "".join(
        f'<g transform="translate({number % ACROSS * WIDE} {number // ACROSS * HIGH + 30})">'
        f"{graph(name, points, limits.get(name), verdicts.get(name, ''))}</g>"
        for number, (name, points) in enumerate(series.items())
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="Arial, sans-serif" font-size="10" fill="{INK}">'
        f'<rect width="{width}" height="{height}" fill="#fff"/>'
        '<text x="8" y="18" font-size="13" font-weight="bold">'
        "Times the floor, against the number of bids; the dashed line is the limit</text>"
        f"{graphs}</svg>\n"
    )


def graph(name: str, points: Mapping[int, float], limit: float | None, verdict: str) -> str:
    """One page."""
    highest = max([*points.values(), limit or 0]) * 1.1
    places = {size: (_across(size, points), _up(value, highest)) for size, value in points.items()}
    colour = BAD if limit and max(points.values()) > limit else LINE
    parts = [
        f'<text x="8" y="14" font-weight="bold">{escape(name)}</text>',
        f'<text x="8" y="27" fill="#505a5f">{escape(verdict)}</text>',
        f'<path d="M{LEFT} {TOP}V{HIGH - BOTTOM}H{WIDE - RIGHT}" fill="none" stroke="{FAINT}"/>',
        f'<text x="{LEFT - 4}" y="{HIGH - BOTTOM}" text-anchor="end">0</text>',
        f'<text x="{LEFT - 4}" y="{TOP + 8}" text-anchor="end">{highest / 1.1:.3g}</text>',
    ]
    if limit:
        at = _up(limit, highest)
        parts.append(f'<path d="M{LEFT} {at:.1f}H{WIDE - RIGHT}" stroke="{INK}" stroke-dasharray="3 3" fill="none"/>')
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places.values())
    parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
    for size, (x, y) in places.items():
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>')
        parts.append(f'<text x="{x:.1f}" y="{HIGH - 8}" text-anchor="middle">{short(size)}</text>')
    return "".join(parts)


def _across(size: int, points: Mapping[int, float]) -> float:
    low, high = math.log10(min(points)), math.log10(max(points))
    part = (math.log10(size) - low) / (high - low) if high > low else 0.5
    return LEFT + 8 + part * (WIDE - LEFT - RIGHT - 16)


def _up(value: float, highest: float) -> float:
    return HIGH - BOTTOM - value / highest * (HIGH - BOTTOM - TOP)


def short(size: int) -> str:
    """1k, 1m."""
    for unit, name in ((1_000_000, "m"), (1000, "k")):
        if size >= unit:
            return f"{size / unit:g}{name}"
    return str(size)
