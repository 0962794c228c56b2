"""How fast grading is: for the instructor, run by hand with ``python -m grading_benchmark``."""
