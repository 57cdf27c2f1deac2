"""What the command line does, one file a verb; imported only when the verb runs."""
