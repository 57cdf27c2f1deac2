"""Run a submission apart from the grader. Hygiene for a class, not a jail: see docs/grading.md."""
