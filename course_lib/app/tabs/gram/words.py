"""What the Gram explorer says. Its numbers are measured on the pictures that it offers."""

from functools import lru_cache

from course_lib.app.tabs.gram import measure
from course_lib.app.tabs.gram.pictures import NAMES, picture
from course_lib.app.widgets import headline
from course_lib.data.pictures import to_tensor, to_unit

HEADLINE = headline(
    "The Gram matrix knows that stripes cross.<br>Does it know where?",
    "Each channel of a feature map answers to something: an edge, a line, a colour. An entry of the Gram matrix multiplies "
    "two channels place by place and adds everything up. So it is large if both answer at the same places.",
)
QUESTION = (
    "A picture goes through a network, and the Gram matrix of a layer is computed. Which of these leaves that matrix as it "
    "was: shuffling the positions of the feature map (all channels alike), or shuffling the pixels of the picture?"
)
GUESSES = {
    "map": "Only shuffling the feature map.",
    "pixels": "Only shuffling the pixels.",
    "both": "Both: the matrix does not know where anything is.",
    "neither": "Neither.",
}
SHUFFLES = {
    "none": "Nothing is shuffled",
    "map": "The positions of the feature map, all channels alike",
    "pixels": "The pixels of the picture, before the network sees them",
}
SHOWN = {
    "seen": ("The picture", "what the network sees"),
    "i": ("Channel i", "white: it answers most"),
    "j": ("Channel j", "white: it answers most"),
    "both": ("i × j", "where both answer"),
}
MATRIX = (
    f"The {measure.CHANNELS} channels that answer most to this picture; darker is larger. Click an entry to choose its two "
    "channels. An entry is the sum of i × j over all places, divided by channels × height × width, as "
    "<code>gram_matrix</code> of this course has it. On the diagonal a channel meets itself."
)
NETWORK = (
    '<p class="further">The network is a VGG-16 that was trained on photos and tuned to find edges (<code>zoo/vgg16-bsds</code>). '
    "Nothing is trained here.</p>"
)
SAME = 1e-4  # relative; float32 sums in another order differ by less


@lru_cache(maxsize=1)
def measured() -> dict[str, list[float]]:
    """How far the whole matrix moves, relative to itself, over all pictures and layers, by what is shuffled."""
    found = [measure.moves(to_unit(to_tensor(picture(name))), 0) for name in NAMES]
    return {shuffle: [moved for one in found for moved in one[shuffle]] for shuffle in ("map", "pixels")}


def answer(guess: str, moved: dict[str, list[float]]) -> str:
    """What is said after a guess.

    Args:
        moved: as ``measured`` gives it.
    """
    same = {shuffle: max(values) < SAME for shuffle, values in moved.items()}
    right = {(True, True): "both", (True, False): "map", (False, True): "pixels", (False, False): "neither"}[
        same["map"], same["pixels"]
    ]
    count = len(moved["map"])
    return (
        f"<b>{'Yes' if guess == right else 'No'}.</b> Over {count} matrices ({len(NAMES)} pictures, {len(measure.LAYERS)} "
        f"layers) shuffling the feature map moved the matrix by at most {max(moved['map']):.0e} of its size, which is rounding: "
        f"a sum does not ask for the order of its terms. Shuffling the pixels moved it by {min(moved['pixels']):.0%} to "
        f"{max(moved['pixels']):.0%}: a channel’s answer is made from pixels that stand next to each other, and after the "
        "shuffle others do."
    )
