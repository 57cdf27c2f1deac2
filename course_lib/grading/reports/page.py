"""The class page: one self-contained HTML file. Who, which checks, and which misconceptions how often."""

import html
from collections import Counter, defaultdict

from course_lib.grading.results import NOT_GRADED, Report

STYLE = """
:root{color-scheme:light dark;--ink:#1d2129;--soft:#5a6270;--line:#d8dce3;--paper:#fff;--good:#1b7f4d;--half:#9a6700;--bad:#b3261e;--bar:#c7d7f2}
@media(prefers-color-scheme:dark){:root{--ink:#e8eaf0;--soft:#a3abba;--line:#3a404c;--paper:#15181e;--good:#5fcf94;--half:#e0b050;--bad:#ff8f86;--bar:#2f4468}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:75rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem;margin-bottom:.2rem}h2{font-size:1.2rem;margin-top:2.2rem}p{max-width:70ch}
.soft{color:var(--soft)}.wide{overflow-x:auto}table{border-collapse:collapse;width:100%}
th,td{padding:.3rem .6rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.passed{color:var(--good)}.partial{color:var(--half)}.failed{color:var(--bad)}.skipped,.ungradable,.not{color:var(--soft)}
.bar{background:var(--bar);display:inline-block;height:.8em;margin-right:.4rem}
""".replace("\n", "")
SIGNS = {"passed": "✓", "partial": "◐", "failed": "✗", "skipped": "–", "ungradable": "?", NOT_GRADED: "?"}


def page(reports: list[Report]) -> str:
    """Everything a teacher needs to see what to explain again. No script, no request, and no name is trusted."""
    reports = sorted(reports, key=lambda r: r.submission)
    title = f"{reports[0].exercise}: {reports[0].title}" if reports else "No submissions"
    whole = [r.score for r in reports if r.score is not None]
    mean = f"{sum(whole) / len(whole):.1f} of {reports[0].max_score} points on average" if whole else "no marks yet"
    open_ = sum(bool(r.ungradable) for r in reports)
    retry = f" {open_} could not be graded in full; grade again to retry them." if open_ else ""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{_e(title)}</title><style>{STYLE}</style></head><body><h1>{_e(title)}</h1>"
        f'<p class="soft">{len(reports)} submissions, {mean}.{retry}</p>'
        f"{_not_graded(reports)}{_mistakes(reports)}{_checks(reports)}{_learners(reports)}</body></html>\n"
    )


def _e(text: object) -> str:
    return html.escape(str(text))


def _not_graded(reports: list[Report]) -> str:
    left_out = [(r.submission, sentence) for r in reports for sentence in r.not_graded]
    rows = "".join(f"<tr><td>{_e(name)}</td><td>{_e(sentence)}</td></tr>" for name, sentence in left_out)
    head = "<tr><th>submission</th><th>why</th></tr>"
    return f'<h2>Not graded</h2><div class="wide"><table>{head}{rows}</table></div>' if rows else ""


def _mistakes(reports: list[Report]) -> str:
    who: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for report in reports:
        for check in report.checks:
            for m in check.misconceptions:
                who[check.function, m["name"], f"Your {check.title} {m['sentence']}."].append(report.submission)
    if not who:
        return "<h2>What to explain again</h2><p>No known misconception was found.</p>"
    rows = ""
    for (function, name, sentence), names in sorted(who.items(), key=lambda item: (-len(item[1]), item[0])):
        share = 100 * len(names) / len(reports)
        shown = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
        rows += (
            f'<tr><td class="n"><span class="bar" style="width:{share * 0.6:.0f}px"></span>{len(names)}</td><td><code>{_e(function)}</code></td>'
            f'<td><b>{_e(name)}</b><br><span class="soft">{_e(sentence)}</span></td><td>{_e(shown)}</td></tr>'
        )
    head = '<tr><th class="n">learners</th><th>function</th><th>misconception</th><th>who</th></tr>'
    return f'<h2>What to explain again</h2><div class="wide"><table>{head}{rows}</table></div>'


def _checks(reports: list[Report]) -> str:
    tallies: dict[str, Counter[str]] = {}
    for report in reports:
        for check in report.checks:
            tallies.setdefault(check.function, Counter())[check.status] += 1
    head = "<tr><th>function</th>" + "".join(f'<th class="n">{status}</th>' for status in SIGNS) + "</tr>"
    rows = "".join(
        f"<tr><td><code>{_e(function)}</code></td>"
        + "".join(f'<td class="n {s}">{tally[s] or ""}</td>' for s in SIGNS)
        + "</tr>"
        for function, tally in tallies.items()
    )
    return f'<h2>Checks</h2><div class="wide"><table>{head}{rows}</table></div>'


def _learners(reports: list[Report]) -> str:
    functions = list(dict.fromkeys(c.function for r in reports for c in r.checks))
    head = "<tr><th>submission</th><th class=n>points</th>" + "".join(f"<th>{_e(f)}</th>" for f in functions) + "</tr>"
    rows = ""
    for report in reports:
        by_name = {c.function: c for c in report.checks}
        cells = ""
        for function in functions:
            check = by_name.get(function)
            if check is None:
                cells += "<td></td>"
                continue
            points = "" if check.score is None else check.score
            cells += f'<td class="{check.status}" title="{_e(check.headline)}">{SIGNS[check.status]} {points}</td>'
        score = "not yet" if report.score is None else report.score
        rows += f'<tr><td>{_e(report.submission)}</td><td class="n">{score}</td>{cells}</tr>'
    return f'<h2>Learners</h2><div class="wide"><table>{head}{rows}</table></div>'
