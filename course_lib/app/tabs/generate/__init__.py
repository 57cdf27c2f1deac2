"""Everything of this tab."""
