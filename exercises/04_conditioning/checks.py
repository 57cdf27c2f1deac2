"""What exercise 04 grades. The inputs and the ways to look at a function are in checks_encodings, _losses, _draws and
_verdicts.

No expected value is in any of them: they come from the solution.
"""

from checks_draws import EACH, many_labels, run_mismatched
from checks_encodings import (
    classes_as_channels,
    five_feature_vectors,
    five_noises,
    four_classes,
    one_feature_vector,
    one_noise,
    run_discriminator_input,
    run_generator_input,
    run_maps,
    run_one_hot,
    run_projection,
    seven_labels,
    small_map,
    two_labels,
    wide_maps,
)
from checks_losses import (
    equal_pairs,
    run_conditional,
    run_conditional_cut,
    run_generator_loss,
    run_matching,
    run_matching_cut,
    six_noises,
    unequal_pairs,
)
from checks_verdicts import four_verdicts, grey_drawings, many_verdicts, one_pixel, run_accuracy, run_l1, thin_lines

from course_lib.grading.checks import Case, Check, Exercise

EXERCISE = Exercise(
    name="04_conditioning",
    title="telling the generator what we want",
    checks=(
        Check(
            function="one_hot",
            title="one-hot row",
            points=2,
            start="One row a label, one column a class, a single one in each row.",
            hints=(
                "A label is a name. Each class has a column of its own, counted from 0, also those that do not occur "
                "in this batch.",
                "`torch.nn.functional.one_hot(labels, classes)`; or `torch.eye(classes)[labels]`.",
            ),
            cases=(
                Case("two labels", two_labels, run_one_hot, "for the labels 2 and 0 of 4 classes"),
                Case("seven labels", seven_labels, run_one_hot, "for seven labels of 3 classes"),
            ),
        ),
        Check(
            function="label_maps",
            title="set of label maps",
            points=2,
            needs=("one_hot",),
            start="The one-hot row, each number of it spread over a whole channel.",
            hints=(
                "From (B, classes) to (B, classes, 1, 1), and from there to the full height and width. Every pixel "
                "of a channel says the same.",
                "`one_hot(labels, classes)[:, :, None, None].expand(-1, -1, height, width)`.",
            ),
            cases=(
                Case("one label", small_map, run_maps, "for label 1 of 3 classes on 2×2 pixels"),
                Case("four labels", wide_maps, run_maps, "for four labels of 3 classes on 2×5 pixels"),
            ),
        ),
        Check(
            function="generator_input",
            title="generator's input",
            points=1,
            needs=("one_hot",),
            start="The noise, and the one-hot label behind it, joined along dimension 1.",
            hints=(
                "The batch must not grow; each row becomes longer.",
                "`torch.cat([noise, one_hot(labels, classes).to(noise)], dim=1)`.",
            ),
            cases=(
                Case("five noises", five_noises, run_generator_input, "for five noises and labels"),
                Case("one noise", one_noise, run_generator_input, "for the example's noise and label"),
            ),
        ),
        Check(
            function="discriminator_input",
            title="discriminator's input",
            points=2,
            needs=("label_maps",),
            start="The picture's channels, and the label's maps behind them, joined along dimension 1.",
            hints=(
                "A convolution mixes all channels of one place: so every place must have the label in its channels.",
                "`torch.cat([pictures, label_maps(labels, classes, *pictures.shape[2:]).to(pictures)], dim=1)`.",
            ),
            cases=(
                Case("as many", classes_as_channels, run_discriminator_input, "for 3 channels and 3 classes"),
                Case("one class more", four_classes, run_discriminator_input, "for 3 channels and 4 classes"),
            ),
        ),
        Check(
            function="projection_score",
            title="projection score",
            points=3,
            start="Pick each label's vector, multiply by the features number by number, sum over the features, add "
            "the unconditional score.",
            hints=(
                "One number a picture: row i of the features meets the vector of label i and nobody else's.",
                "`unconditional + (features * embedding[labels]).sum(dim=1, keepdim=True)`.",
            ),
            cases=(
                Case("one picture", one_feature_vector, run_projection, "for the example's picture"),
                Case("five pictures", five_feature_vectors, run_projection, "for five pictures"),
            ),
        ),
        Check(
            function="conditional_discriminator_loss",
            title="conditional discriminator loss",
            points=3,
            start="D scores reals with the reals' labels and fakes with the labels they were made for; two "
            "cross-entropies, added.",
            hints=(
                "Which label belongs to which picture? Two means and their sum. Who should learn from this loss, and "
                "who should not?",
                "`softplus(-discriminator(real, real_labels)).mean() + softplus(discriminator(fake.detach(), "
                "fake_labels)).mean()`.",
            ),
            cases=(
                Case("equal counts", equal_pairs, run_conditional, "for four reals and four fakes"),
                Case("unequal counts", unequal_pairs, run_conditional, "for four reals and three fakes"),
                Case("no gradient for the generator", equal_pairs, run_conditional_cut, "on these pictures", points=1),
            ),
        ),
        Check(
            function="conditional_generator_loss",
            title="conditional generator loss",
            points=3,
            start="Draw labels once; make fakes for them; let D score the fakes with the same labels; softplus of "
            "minus the score, averaged.",
            hints=(
                "Draw, and keep what was drawn: two players hear of it.",
                "`labels = draw_labels(len(noise))`, then `softplus(-discriminator(generator(noise, labels), "
                "labels)).mean()`.",
            ),
            cases=(Case("six noises", six_noises, run_generator_loss, "for six noises"),),
        ),
        Check(
            function="mismatched_labels",
            title="draw of wrong labels",
            points=2,
            start="Draw how many classes to go on, from 1 to classes − 1; add it to the label; take the remainder by "
            "classes.",
            hints=(
                "A label drawn at random is right once in a while. Draw the distance to the right one instead, and "
                "never draw 0.",
                "`(labels + torch.randint(1, classes, labels.shape, generator=generator)) % classes`: randint leaves "
                "its upper end out.",
            ),
            cases=(Case("many labels", many_labels, run_mismatched, f"over {EACH} labels of each class"),),
        ),
        Check(
            function="matching_aware_loss",
            title="matching-aware loss",
            points=3,
            needs=("conditional_discriminator_loss",),
            start="Three means: real and right → real; real and wrong → fake; fake → fake. The last two get ½ each.",
            hints=(
                "The wrong label goes with the *real* picture: only so must D look at the label, for the picture is "
                "flawless.",
                "`softplus(-D(real, labels)).mean() + (softplus(D(real, wrong_labels)).mean() + "
                "softplus(D(fake.detach(), fake_labels)).mean()) / 2`.",
            ),
            cases=(
                Case("equal counts", equal_pairs, run_matching, "for four reals and four fakes"),
                Case("unequal counts", unequal_pairs, run_matching, "for four reals and three fakes"),
                Case("no gradient for the generator", equal_pairs, run_matching_cut, "on these pictures", points=1),
            ),
        ),
        Check(
            function="class_accuracy",
            title="class accuracy",
            points=3,
            start="Which class has the highest score of each sample? Compare with the wanted one; average overall, "
            "and within each wanted class.",
            hints=(
                "Two questions: how many samples are what they were to be, and how many of those that were to be a "
                "cat are one?",
                "`right = (logits.argmax(dim=1) == wanted).double()`; `right.mean()`; and for each class k "
                "`right[wanted == k].mean()`, stacked.",
            ),
            cases=(
                Case("four samples", four_verdicts, run_accuracy, "for the example's four samples"),
                Case("unequal classes", many_verdicts, run_accuracy, "for 23 samples of 4 classes"),
            ),
        ),
        Check(
            function="l1_answer",
            title="best answer under L1",
            points=1,
            start="At each pixel: the number that splits the drawings' values into two halves.",
            hints=(
                "Move c a little to the right: the loss falls by the number of drawings on its right and grows by "
                "those on its left. When is it lowest?",
                "The median over dimension 0: `drawings.median(dim=0).values`.",
            ),
            cases=(
                Case("one pixel", one_pixel, run_l1, "for the example's three drawings"),
                Case("thin lines", thin_lines, run_l1, "for seven drawings of thin lines"),
                Case("grey drawings", grey_drawings, run_l1, "for five grey drawings"),
            ),
        ),
    ),
)
