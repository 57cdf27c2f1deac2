"""The page's style: the course's colours, and nothing from elsewhere."""

from course_lib.app import page, theme
from course_lib.plots import colours


def test_style_sheet_uses_the_courses_colours_and_no_other_place():
    sheet = theme.css()
    for colour in (colours.REAL, colours.FAKE, colours.GENERATOR, colours.DISCRIMINATOR):
        assert colour in sheet
    assert "http" not in sheet and "@import" not in sheet and "url(" not in sheet
    assert "googleapis" not in str(theme.theme().to_dict()) and not theme.theme()._stylesheets


def test_every_tab_brings_its_own_sheet():
    assert {sheet.parent.name for sheet in theme.CSS if sheet.name == "tab.css"} == set(page.TABS)
