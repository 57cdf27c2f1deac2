"""``space``: the folder that a Gradio Space runs."""

from pathlib import Path


def space(out: Path) -> None:
    """Write the folder that a Gradio Space on ZeroGPU runs as it is: the page, its library and its models.

    Args:
        out: a new or empty folder.
    """
    from course_lib.app.space_folder import write_space

    print(f"Written to {write_space(out)}. Upload it with `hf upload --repo-type space USER/NAME {out}`.")
