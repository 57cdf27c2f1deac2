"""DCGAN's shapes and the three ways a class enters."""

import pytest
import torch

from course_lib.networks import DCGANDiscriminator, DCGANGenerator
from course_lib.networks.dcgan import CONDITIONS, ClassNorm


@pytest.mark.parametrize("size", [8, 16, 32, 64])
@pytest.mark.parametrize("upsample", ["transposed", "resize"])
def test_pictures_of_every_size(size, upsample):
    generator = DCGANGenerator(size, 3, z_dim=5, width=4, upsample=upsample)
    pictures = generator(torch.randn(2, 5))
    assert pictures.shape == (2, 3, size, size)
    assert pictures.abs().max() <= 1
    assert DCGANDiscriminator(size, 3, width=4)(pictures).shape == (2, 1)


def test_the_papers_sizes():
    generator, discriminator = DCGANGenerator(), DCGANDiscriminator(norm="batch")
    assert generator.start.weight.shape == (1024 * 16, 100)  # figure 1: 100 numbers → 4 × 4 × 1024
    assert [norm.norm.num_features for norm in (generator.first, *generator.norms)] == [1024, 512, 256, 128]
    assert discriminator.score.weight.shape == (1, 512 * 16)


@pytest.mark.parametrize("condition", CONDITIONS)
def test_the_class_reaches_both_networks(condition):
    torch.manual_seed(0)
    generator = DCGANGenerator(8, 1, 4, 4, classes=3, condition=condition).eval()
    discriminator = DCGANDiscriminator(8, 1, 4, classes=3, condition=condition)
    for network in (generator, discriminator):
        for parameter in network.parameters():
            torch.nn.init.normal_(parameter, 0, 0.3)
    z, x = torch.randn(1, 4).expand(3, -1), torch.randn(1, 1, 8, 8).expand(3, -1, -1, -1)
    labels = torch.arange(3)
    for answers in (generator(z, labels), discriminator(x, labels)):
        assert not torch.allclose(answers[0], answers[1], atol=1e-5)
        assert not torch.allclose(answers[1], answers[2], atol=1e-5)


def test_projection_by_hand():
    discriminator = DCGANDiscriminator(8, 1, 4, classes=3, condition="projection")
    x, labels = torch.randn(5, 1, 8, 8), torch.tensor([2, 0, 1, 1, 2])
    features = discriminator.features(x)
    expected = (
        features @ discriminator.score.weight[0]
        + discriminator.score.bias
        + (features * discriminator.embedding.weight[labels]).sum(1)
    )
    torch.testing.assert_close(discriminator(x, labels)[:, 0], expected)


def test_onehot_maps_stand_beside_the_picture():
    discriminator = DCGANDiscriminator(8, 1, 4, classes=3, condition="onehot")
    seen = []
    discriminator.features[0].register_forward_pre_hook(lambda _, arguments: seen.append(arguments[0]))
    discriminator(torch.zeros(2, 1, 8, 8), torch.tensor([0, 2]))
    assert seen[0].shape == (2, 4, 8, 8)
    assert seen[0][:, 1:].mean(dim=(2, 3)).tolist() == [[1, 0, 0], [0, 0, 1]]


def test_a_class_has_its_own_scale_and_shift():
    norm = ClassNorm("none", 2, 3)
    norm.style.weight.data[1] = torch.tensor([1.0, 2.0, 10.0, 20.0])
    x = torch.ones(2, 2, 1, 1)
    assert norm(x, torch.tensor([0, 1])).flatten(1).tolist() == [[1, 1], [12, 23]]


def test_spectral_norm_binds_every_layer():
    discriminator = DCGANDiscriminator(8, 1, 4, classes=3, spectral_norm=True)
    for parameter in discriminator.parameters():
        torch.nn.init.normal_(parameter, 0, 2)
    for _ in range(60):
        discriminator(torch.randn(1, 1, 8, 8), torch.tensor([0]))
    for layer in (discriminator.features[0], discriminator.score, discriminator.embedding):
        assert torch.linalg.matrix_norm(layer.weight.flatten(1), 2).item() == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize(
    "wrong", [{"size": 28}, {"classes": 1}, {"condition": "wish"}, {"upsample": "guess"}, {"norm": "layer"}]
)
def test_what_is_wrong_is_named(wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} is"):
        DCGANGenerator(**{"size": 8, "width": 4, **wrong})
