"""The web app: ``python app.py``, or ``make demo``, which installs what it needs first.

It serves this computer alone. Environment, for more: GRADIO_SERVER_NAME=0.0.0.0 serves the network; GRADIO_SERVER_PORT
chooses the port; COURSE_HOSTS=lab.school.example,… names what else the page may be called (behind a proxy, say);
GRADIO_TEMP_DIR is where uploads and results lie for an hour.
"""

from course_lib.app.start import main

if __name__ == "__main__":
    main()
