"""The table of what is known of a tab's models."""

import re

from course_lib.app.facts import Column, facts, kid, number

CARD = {"name": "a<b", "data": "<i>set</i>", "parameters": {"model": 1234}, "epochs": 7}
ROWS = (number("error", "l1"), number("share", "share", ".0%"), kid("distance", "kid"))


def cells(table: str) -> dict[str, list[str]]:
    """Title → its cells."""
    return {
        title: re.findall("<td>(.*?)</td>", rest)
        for title, rest in re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', table)
    }


def test_what_is_unknown_is_left_out_and_all_is_escaped():
    table = facts([Column("a<b", CARD)], ROWS)
    assert "a&lt;b" in table and "a<b" not in table and "<i>" not in table
    assert cells(table) == {"trained on": ["&lt;i&gt;set&lt;/i&gt;"], "parameters": ["1,234"], "epochs": ["7"]}
    assert "zoo/a&lt;b/README.md" in table


def test_the_loss_and_measured_numbers():
    loss = {"adversarial": "hinge", "l1_weight": 100.0, "r1": 0.1, "r1_every": 4, "spectral_norm": False}
    measured = {"l1": 0.12345, "share": 0.4, "kid": {"value": 0.5, "low": -0.0001, "high": 0.91234}}
    found = cells(facts([Column("x", CARD | {"loss": loss, "validation": measured})], ROWS))
    told = "adversarial hinge, l1 weight 100, r1 0.1, r1 every 4, spectral norm False"
    assert found["loss, weights and penalties"] == [told]
    assert found["error"] == ["0.123"] and found["share"] == ["40%"]
    assert found["distance"] == ["0.500 (0.000 … 0.912)"]


def test_an_interval_only_where_there_is_one():
    for kid_alone in ({"value": -0.25}, {"value": -0.25, "low": None, "high": None}):
        found = cells(facts([Column("x", CARD | {"validation": {"kid": kid_alone}})], ROWS))
        assert found["distance"] == ["−0.250"]


def test_a_column_for_each_direction_of_a_two_way_model():
    card = CARD | {
        "parameters": {"AtoB": 1, "BtoA": 2},
        "validation": {"BtoA": {"l1": 0.5}},
        "began_with": {"epochs": 4},
    }
    table = facts([Column(f"{way}!", card, way) for way in ("AtoB", "BtoA")], ROWS)
    found = cells(table)
    assert found["parameters"] == ["1", "2"] and found["error"] == ["–", "0.500"] and found["epochs"] == ["11", "11"]
    assert "share" not in found and table.count("README.md") == 1 and "BtoA!</th>" in table
