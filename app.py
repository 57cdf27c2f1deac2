"""The web app: ``python app.py``, or ``make demo``, which installs what it needs first."""

from course_lib.app.start import main

if __name__ == "__main__":
    main()
