"""What makes the numbers in the README and in the lessons. ``python -m benchmarks`` prints them, with the machine."""
