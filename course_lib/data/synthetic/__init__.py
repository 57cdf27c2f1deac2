"""Pictures drawn by rule: always there, and their truth is known."""
