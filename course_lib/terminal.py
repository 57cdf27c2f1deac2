"""Output for every terminal and pipe: what its encoding does not have is written in plain letters, never a traceback."""

import codecs
import sys
import unicodedata

PLAIN = {
    "✓": "+", "✗": "x", "◐": "~", "–": "-", "—": "-", "−": "-", "×": "x", "·": "*", "…": "...", "→": "->", "←": "<-", "≤": "<=", "≥": ">=", "≈": "~",
    "√": "sqrt", "‖": "||", "∞": "inf", "∇": "grad ", "∂": "d", "Σ": "sum ", "λ": "lambda", "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'",
    "●": "*", "○": "o", "★": "*", "☆": "o", "█": "#", "▏": "|",
}  # fmt: skip


def plain(text: str) -> str:
    """The text in ASCII: the letter under an accent, the name of a Greek letter, a line for a frame's line, else a question mark."""
    return "".join(map(_plain, text))


def _plain(c: str) -> str:
    if c.isascii():
        return c
    if c in PLAIN:
        return PLAIN[c]
    name = unicodedata.name(c, "")
    if name.startswith("BOX DRAWINGS"):
        return "-" if name.endswith("HORIZONTAL") else "|" if name.endswith("VERTICAL") else "+"
    if name.startswith("GREEK") and "LETTER" in name:
        return name.split("LETTER ")[1].split()[0].lower()
    parts = unicodedata.normalize("NFKD", c).replace("\N{FRACTION SLASH}", "/").encode("ascii", "ignore").decode()
    if name.startswith("SUPERSCRIPT"):
        return f"^{parts}"
    return parts or "?"


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return plain(error.object[error.start : error.end]), error.end


codecs.register_error("plain", _replace)


def fitting(text: str) -> str:
    """The text as this process's output can show it."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return text.encode(encoding, "plain").decode(encoding)


def speak_plainly() -> None:
    """Let what this process prints fit its terminal, file or pipe, whatever their encoding is."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="plain")
