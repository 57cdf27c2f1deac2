"""Exercise 07, wrong: the verdict of the cycle on two tables."""

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_add = MUTANTS.add

# ------------------------------------------------------------------------------------------------------ cycle_accepts

_f = "cycle_accepts"


def _forward(g, f):
    return all(f[g[x]] == x for x in range(len(g)))


def _backward(g, f):
    return all(g[f[y]] == y for y in range(len(f)))


_add(_f, "forward only", "asks only the x's to come back, so a y may be lost without a word", catalogue=51)(_forward)
_add(_f, "backward only", "asks only the y's to come back, so an x may be lost without a word", catalogue=51)(_backward)
_add(
    _f,
    "one way is enough",
    "accepts if one of the two ways comes back (stopping at the end of the shorter table comes to the same); both must",
    catalogue=51,
)(lambda g, f: _forward(g, f) or _backward(g, f))
_add(
    _f,
    "only the true pairs",
    "believes that the cycle demands the true pairs: any exchange of answers that is undone on the way back costs nothing",
)(lambda g, f: g == list(range(len(g))) and f == list(range(len(f))))
_add(
    _f,
    "distinct answers are enough",
    "believes that the cycle prevents one answer for all and nothing more: distinct answers that do not lead back cost something",
)(lambda g, f: len(set(g)) == len(g) and len(set(f)) == len(f))
_add(
    _f,
    "same tables",
    "asks whether the two tables are equal; each has to be the other one read backwards",
)(lambda g, f: g == f)
_add(
    _f,
    "composed the wrong way round",
    "composes in the wrong order: x goes through g first, then through f",
    catalogue=53,
)(lambda g, f: all(g[f[x]] == x for x in range(len(g))) and all(f[g[y]] == y for y in range(len(f))))
_add(_f, "some come back", "accepts as soon as one comes back; all have to")(
    lambda g, f: any(f[g[x]] == x for x in range(len(g))) and any(g[f[y]] == y for y in range(len(f)))
)
_add(_f, "negated", "is the wrong way round: True where the cycle costs nothing")(
    lambda g, f: not (_forward(g, f) and _backward(g, f))
)
_add(_f, "negated", "is the wrong way round: True where the cycle costs something, and it asks the x's alone")(
    lambda g, f: not _forward(g, f)
)
_add(
    _f,
    "one answer for all accepted",
    "accepts one answer for all: it is the one thing that a cycle never lets pass, as what was joined cannot be told apart on the way back",
)(lambda g, f: (_forward(g, f) and _backward(g, f)) or (len(set(g)) == 1 and len(set(f)) == 1))
_add(
    _f,
    "as far as both tables go",
    "stops at the end of the shorter table (`zip`): where there are more of one kind, the rest is never asked",
    catalogue=51,
)(lambda g, f: all(f[a] == i and g[b] == i for i, (a, b) in enumerate(zip(g, f, strict=False))))
_add(
    _f,
    "as far as both tables go",
    "asks as many x's as there are y's, or the other way round, whatever the tables hold",
    catalogue=51,
)(lambda g, f: all(f[g[x]] == x for x in range(len(f))))
_add(_f, "first one only", "asks the first x and the first y only; all have to come back")(
    lambda g, f: f[g[0]] == 0 and g[f[0]] == 0
)
_add(
    _f,
    "the ways compared with each other",
    "asks whether f after g is g after f; each has to come back to where it began",
    catalogue=53,
)(lambda g, f: len(g) == len(f) and all(f[g[i]] == g[f[i]] for i in range(len(g))))
_add(
    _f,
    "the same answers in both",
    "asks whether both tables hold the same numbers; each has to be the other one read backwards",
)(lambda g, f: sorted(g) == sorted(f))
_add(_f, "equal lengths are enough", "asks whether there are as many x's as y's; each has to come back as well")(
    lambda g, f: len(g) == len(f)
)
_add(_f, "always accepted", "accepts whatever the tables are")(lambda g, f: True)
_add(_f, "never accepted", "accepts nothing")(lambda g, f: False)
_add(_f, "half have to come back", "accepts if at least half come back; all have to")(
    lambda g, f: (
        sum(f[g[x]] == x for x in range(len(g))) + sum(g[f[y]] == y for y in range(len(f))) >= (len(g) + len(f)) / 2
    )
)
_add(_f, "distinct answers are enough", "asks one table alone for distinct answers; they have to lead back as well")(
    lambda g, f: len(set(g)) == len(g)
)
_add(
    _f, "sums compared", "compares sums: several wrong numbers can have the right sum; each must come back to its place"
)(lambda g, f: sum(f[y] for y in g) == sum(range(len(g))))
_add(
    _f, "sums compared", "compares sums: several wrong numbers can have the right sum; each must come back to its place"
)(lambda g, f: sum(f[y] for y in g) == sum(range(len(g))) and sum(g[x] for x in f) == sum(range(len(f))))
_add(_f, "first one only", "looks at the first picture only; all of them must come back")(lambda g, f: f[g[0]] == 0)
_add(_f, "first one only", "looks at the first picture of each domain only; all of them must come back")(
    lambda g, f: f[g[0]] == 0 and g[f[0]] == 0
)
