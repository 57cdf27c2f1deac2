"""The kinds of trained models:

what all of them can do, and which there are. One file a kind, which is a module of this form.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from torch import nn

from course_lib.errors import CourseError
from course_lib.models import features, sampler, stylizer, translator, two_way, upscaler
from course_lib.models.features import FeatureNetwork
from course_lib.models.files import Card, Config
from course_lib.models.sampler import Sampler
from course_lib.models.stylizer import Stylizer
from course_lib.models.translator import Translator
from course_lib.models.upscaler import Upscaler

Model = Translator | Sampler | FeatureNetwork | Upscaler | Stylizer


class Kind(Protocol):
    """What the zoo, the cards and the command line ask of a kind of model."""

    @property
    def NOUN(self) -> str: ...  # "a translator", in messages

    @property
    def TAG(self) -> str: ...  # the Hub's word for what it does

    @property
    def PARTS(self) -> tuple[str, ...]: ...  # its weights lie in PART.safetensors

    @property
    def NETWORKS(self) -> Mapping[str, type[nn.Module]]: ...  # the only classes its config may name

    @property
    def SHOWN(self) -> str: ...  # what its fingerprint is the answer to

    @property
    def TOLERANCE(
        self,
    ) -> Mapping[str, float]: ...  # how far a measured figure may be from the card's on another machine

    def load(self, folder: Path, config: Config, card: Card, part: str, device: str) -> Any:
        """One part, ready to be called."""

    def measure(self, models: Mapping[str, Any], data: str, split: str, seed: int) -> dict[str, Any]:
        """The figures of a card, from all parts."""

    def card_section(self, figures: dict[str, Any]) -> list[str]:
        """Those figures as a Markdown section."""

    def companions(self, model: Any, data: str, folder: Path) -> dict[str, Any]:
        """Writes what is shipped beside the weights, if anything; the facts about it for the card."""


KINDS: dict[str, Kind] = {
    "translator": translator,
    "two_way": two_way,
    "sampler": sampler,
    "features": features,
    "upscaler": upscaler,
    "stylizer": stylizer,
}


def kind_of(config: Config, name: str) -> Kind:
    """The kind that a model's config names.

    Raises:
        CourseError: it names none, or one that is unknown.
    """
    kind = config.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise CourseError(f"{name} is a model of kind {kind!r}; this version knows {', '.join(KINDS)}.")
    return KINDS[kind]
