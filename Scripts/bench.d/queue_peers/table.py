"""The table: medians over the rounds, and in brackets the median of each round's ratio to the limit of that round."""
from __future__ import annotations

from statistics import median

#: (contender, part) → its figures by round.
Results = dict[tuple[str, str], dict[int, dict[str, float]]]

#: Title, part, figure, digits after the point, and the part of the limit that it is compared with.
COLUMNS = [
    ("enqueue, jobs/s", "enqueue", "jobs_per_s", 0, "enqueue"),
    ("drain, 1 worker, jobs/s", "drain1", "jobs_per_s", 0, "100x2"),
    ("drain, 2 workers, jobs/s", "drain2", "jobs_per_s", 0, "100x2"),
    ("pickup p50, ms", "latency", "p50_ms", 2, "latency"),
    ("pickup p99, ms", "latency", "p99_ms", 2, "latency"),
    ("commits/job", "drain2", "commits_per_job", 4, "100x2"),
    ("WAL bytes/job", "drain2", "wal_per_job", 0, "100x2"),
]
#: The limit's cases with one and with two clients stand where the others have one and two workers.
LIMIT_ROWS = [
    ("limit, 100 at a time", {"drain1": "100x1", "drain2": "100x2"}),
    ("limit, 500 at a time", {"enqueue": "", "drain1": "", "drain2": "500x2", "latency": ""}),
]


def cell(results: Results, name: str, part: str, figure: str, digits: int, base: str) -> str:
    runs = results.get((name, part))
    if not runs:
        return ""
    text = f"{median(run[figure] for run in runs.values()):,.{digits}f}"
    bases = results.get(("limit", base), {})
    ratios = [run[figure] / bases[number][figure] for number, run in runs.items() if number in bases and bases[number][figure]]
    return f"{text} ({brief(median(ratios))})" if ratios else text


def brief(ratio: float) -> str:
    return f"{ratio:,.{0 if ratio >= 100 else 1 if ratio >= 10 else 2 if ratio >= 0.1 else 3}f}"


def rows(results: Results, names: list[str]) -> list[str]:
    lines = ["| | " + " | ".join(column[0] for column in COLUMNS) + " |", "|---|" + "---:|" * len(COLUMNS)]
    for name in names:
        cells = [cell(results, name, part, figure, digits, base) for _, part, figure, digits, base in COLUMNS]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    for title, parts in LIMIT_ROWS:
        cells = [cell(results, "limit", parts.get(part, part), figure, digits, base) for _, part, figure, digits, base in COLUMNS]
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    return lines
