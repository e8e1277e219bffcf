"""The ratios as a picture: bars from 1 on a logarithmic scale, whiskers from lowest to highest."""

import html
import math

WIDTH, LEFT, RIGHT, ROW, TOP = 820, 250, 60, 22, 46
ABOVE, BELOW = "#2f7d5b", "#b4492f"


def rows_of(data):
    chosen = [(name, value) for name, value in data["ratios"].items()
              if "_vs_" in name and not name.startswith("cpu_")]
    return sorted(chosen, key=lambda row: (row[0].partition("_vs_")[0], -row[1]))


def chart(data):
    rows = rows_of(data)
    spreads = [data["ratio_ranges"][name] for name, _ in rows]
    most = max([spread["max"] for spread in spreads] + [10])
    least = min([spread["min"] for spread in spreads if spread["min"] > 0] + [0.5])
    low, high = math.log10(least) - 0.05, math.log10(most) + 0.05

    def x(value):
        share = (math.log10(max(value, least)) - low) / (high - low)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    height = TOP + ROW * len(rows) + 24
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}"'
             f' height="{height}" font-family="sans-serif" font-size="12">',
             f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
             '<text x="12" y="22" font-size="15">Requests a second: Taama by the other</text>']
    for mark in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200):
        if least <= mark <= most:
            parts.append(f'<line x1="{x(mark):.1f}" x2="{x(mark):.1f}" y1="{TOP - 8}" y2="{height - 22}"'
                         f' stroke="{"#444" if mark == 1 else "#ddd"}"/>'
                         f'<text x="{x(mark):.1f}" y="{height - 8}" text-anchor="middle">{mark:g}</text>')
    for index, ((name, value), spread) in enumerate(zip(rows, spreads)):
        y = TOP + index * ROW
        start, end = sorted((x(1), x(value)))
        parts.append(
            f'<text x="{LEFT - 10}" y="{y + 12}" text-anchor="end">'
            f'{html.escape(name.replace("_vs_", " / ").replace("_", " "))}</text>'
            f'<rect x="{start:.1f}" y="{y + 2}" width="{max(1, end - start):.1f}" height="{ROW - 8}"'
            f' fill="{ABOVE if value >= 1 else BELOW}"/>'
            f'<line x1="{x(spread["min"]):.1f}" x2="{x(spread["max"]):.1f}" y1="{y + 9}" y2="{y + 9}"'
            ' stroke="#222"/>'
            f'<text x="{max(end, x(spread["max"])) + 6:.1f}" y="{y + 13}">{value:.3g}</text>')
    return "\n".join(parts) + "\n</svg>\n"
