"""``python -m course_lib …``: one file a command. Each imports what it needs when it runs."""
