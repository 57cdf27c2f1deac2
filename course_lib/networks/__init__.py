"""Networks: one family a file, none of which knows a loss or a paper's training."""

from course_lib.networks.dcgan import DCGANDiscriminator, DCGANGenerator
from course_lib.networks.mlp import SeededMLP
from course_lib.networks.official import load_official
from course_lib.networks.patchgan import PatchDiscriminator
from course_lib.networks.receptive_field import receptive_field
from course_lib.networks.resnet import ResnetGenerator
from course_lib.networks.srresnet import SRDiscriminator, SRResNet
from course_lib.networks.stylizer import StylizationNet
from course_lib.networks.unet import UnetGenerator
from course_lib.networks.vgg import VGGFeatures

__all__ = [
    "DCGANDiscriminator",
    "DCGANGenerator",
    "PatchDiscriminator",
    "ResnetGenerator",
    "SRDiscriminator",
    "SRResNet",
    "SeededMLP",
    "StylizationNet",
    "UnetGenerator",
    "VGGFeatures",
    "load_official",
    "receptive_field",
]
