"""How the page looks: paper and ink, fonts that every computer has, and the course's colours."""

from pathlib import Path

import gradio as gr

from course_lib.plots import colours

_HERE = Path(__file__).parent
CSS = [_HERE / "page.css", _HERE / "labs.css", *sorted(_HERE.glob("tabs/*/tab.css"))]

_TEXT = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")
_MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")
_PAPER = gr.themes.Color(
    name="paper",
    c50="#fbfaf7",
    c100="#f4f2ec",
    c200="#e6e2d8",
    c300="#d2ccbe",
    c400="#a29b8c",
    c500="#746e62",
    c600="#5a554b",
    c700="#423e37",
    c800="#2b2925",
    c900="#1d1c1a",
    c950="#141312",
)


# Colours by name: in the light, in the dark. Sizes of text, corners and gaps come from the base theme.
_COLOURS = {
    "body_background_fill": ("*neutral_50", "*neutral_950"),
    "body_text_color": ("*neutral_900", "*neutral_100"),
    "body_text_color_subdued": ("*neutral_600", "*neutral_300"),
    "background_fill_primary": ("white", "*neutral_900"),
    "background_fill_secondary": ("*neutral_100", "*neutral_800"),
    "block_background_fill": ("transparent", "transparent"),
    "block_label_text_color": ("*neutral_700", "*neutral_200"),
    "block_title_text_color": ("*neutral_800", "*neutral_100"),
    "block_info_text_color": ("*neutral_600", "*neutral_300"),
    "border_color_primary": ("*neutral_300", "*neutral_700"),
    "border_color_accent": (colours.REAL, colours.REAL),
    "color_accent_soft": ("*neutral_100", "*neutral_800"),
    "link_text_color": ("#005f94", "#7cc4ee"),
    "link_text_color_hover": ("#003f63", "#b5dff7"),
    "link_text_color_visited": ("#005f94", "#7cc4ee"),
    "link_text_color_active": ("#003f63", "#b5dff7"),
    "input_background_fill": ("white", "*neutral_900"),
    "input_border_color": ("*neutral_400", "*neutral_500"),
    "input_border_color_focus": (colours.REAL, "#7cc4ee"),
    "button_primary_background_fill": ("*neutral_900", "*neutral_50"),
    "button_primary_background_fill_hover": ("*neutral_700", "white"),
    "button_primary_text_color": ("white", "*neutral_950"),
    "button_primary_text_color_hover": ("white", "black"),
    "button_secondary_background_fill": ("white", "*neutral_900"),
    "button_secondary_background_fill_hover": ("*neutral_100", "*neutral_800"),
    "button_secondary_text_color": ("*neutral_900", "*neutral_100"),
    "button_secondary_border_color": ("*neutral_400", "*neutral_500"),
    "checkbox_background_color_selected": (colours.REAL, colours.REAL),
    "checkbox_border_color": ("*neutral_500", "*neutral_400"),
    "checkbox_border_color_selected": (colours.REAL, "#7cc4ee"),
    "checkbox_label_background_fill": ("transparent", "transparent"),
    "checkbox_label_background_fill_hover": ("*neutral_100", "*neutral_800"),
    "checkbox_label_background_fill_selected": ("*neutral_100", "*neutral_800"),
    "checkbox_label_text_color_selected": ("*neutral_900", "white"),
}
_PLAIN = {
    "block_border_width": "0px",
    "block_padding": "0px",
    "block_shadow": "none",
    "color_accent": colours.REAL,
    "input_border_width": "1px",
    "button_border_width": "1px",
}


def theme() -> gr.themes.Base:
    """Light and dark; no font, picture or script from elsewhere."""
    light = {name: colour for name, (colour, _) in _COLOURS.items()}
    dark = {f"{name}_dark": colour for name, (_, colour) in _COLOURS.items()}
    base = gr.themes.Base(
        primary_hue=_PAPER,
        secondary_hue=_PAPER,
        neutral_hue=_PAPER,
        font=_TEXT,
        font_mono=_MONO,
        radius_size=gr.themes.sizes.radius_sm,
        spacing_size=gr.themes.sizes.spacing_md,
    )
    return base.set(**_PLAIN, **light, **dark)


def variables() -> str:
    """The course's colours for the style sheet."""
    pairs = {
        "real": colours.REAL,
        "fake": colours.FAKE,
        "generator": colours.GENERATOR,
        "discriminator": colours.DISCRIMINATOR,
    }
    return ":root {" + " ".join(f"--{name}: {value};" for name, value in pairs.items()) + "}\n"


def css() -> str:
    """The whole style sheet."""
    return variables() + "".join(sheet.read_text(encoding="utf-8") for sheet in CSS)
