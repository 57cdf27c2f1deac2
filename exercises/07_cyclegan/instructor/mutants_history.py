"""Exercise 07, wrong: histories of images. Each changes one thing of a right one."""

import random

import torch

from course_lib.grading.checks import MutantList

MUTANTS = MutantList()
_f = "ImageHistory"


def _add(name, sentence, catalogue=None, **evidence):
    """``evidence``: facts by their names with _ for spaces; each of them alone leaves no doubt."""
    facts = {fact.replace("_", " "): value for fact, value in evidence.items()}
    return MUTANTS.add(_f, name, sentence, catalogue=catalogue, evidence=facts, decisive=bool(facts))


def _told_apart(name, sentence, catalogue=None, **evidence):
    """One that gives the same pictures as another: numbers and facts together are the evidence."""
    facts = {fact.replace("_", " "): value for fact, value in evidence.items()}
    return MUTANTS.add(_f, name, sentence, catalogue=catalogue, evidence=facts)


class Right:
    """The parts that a wrong one overrides."""

    def __init__(self, size=50, seed=0):
        self.size, self.images, self.random = size, [], torch.Generator().manual_seed(seed)

    def query(self, images):
        return torch.stack([self.one(image) for image in images.detach()])

    def one(self, image):
        if len(self.images) < self.size:
            return self.fill(image)
        if self.size == 0 or self.tails():
            return image
        return self.exchange(image)

    def fill(self, image):
        self.images.append(image.clone())
        return image

    def tails(self):
        return bool(torch.rand((), generator=self.random) < 0.5)

    def slot(self):
        return int(torch.randint(self.size, (), generator=self.random))

    def exchange(self, image):
        slot = self.slot()
        old, self.images[slot] = self.images[slot], image.clone()
        return old


@_told_apart(
    "always old",
    "always gives back an old picture once it is full: D never sees a new one. Half of them should be new",
    61,
    a_new_picture_passed_once_it_was_full=False,
)
class _(Right):
    def tails(self):
        return False


@_told_apart(
    "never old",
    "only ever gives back the new pictures, so D forgets the fakes of the past",
    stored_pictures_change=False,
)
class _(Right):
    def one(self, image):
        return image


@_add("one in four", "gives back a new picture in one of four cases once it is full; it should be every other one")
class _(Right):
    def tails(self):
        return bool(torch.rand((), generator=self.random) < 0.25)


@_add("three in four", "gives back a new picture in three of four cases once it is full; it should be every other one")
class _(Right):
    def tails(self):
        return bool(torch.rand((), generator=self.random) < 0.75)


@_add(
    "first in, first out",
    "always exchanges the oldest picture, as a queue does: every fake comes back at the same age. Draw the place at random",
    62,
)
class _(Right):
    def exchange(self, image):
        self.images.append(image.clone())
        return self.images.pop(0)


@_add(
    "last in, first out",
    "always exchanges the same place, so the newest comes back and the others never do. Draw the place at random",
    62,
)
class _(Right):
    def slot(self):
        return 0


@_add(
    "nothing replaced",
    "gives back an old picture and does not put the new one in its place: the history stays what it was at the start, and ages",
    63,
)
class _(Right):
    def exchange(self, image):
        return self.images[self.slot()]


@_add(
    "new one added, old one kept", "stores the new picture and keeps the old one too, so it grows beyond its size", 63
)
class _(Right):
    def exchange(self, image):
        self.images.append(image.clone())
        return self.images[self.slot()]


@_told_apart(
    "returns what it just stored",
    "stores the new picture first and then gives back what is in that place: the new one. Take the old one out before",
    64,
    stored_pictures_change=True,
    pictures_kept_in_one_tensor=False,
    an_old_picture_came_back=False,
)
class _(Right):
    def exchange(self, image):
        slot = self.slot()
        self.images[slot] = image.clone()
        return self.images[slot]


@_add(
    "new ones stored as well",
    "stores the new picture even when it passes it on, over some old one that D then never sees again",
)
class _(Right):
    def one(self, image):
        if len(self.images) < self.size or self.size == 0:
            return super().one(image)
        old = self.exchange(image)
        return image if self.tails() else old


@_add(
    "not cloned",
    "stores the picture itself and no copy: when the tensor is overwritten, so is the past",
    65,
    filled_without_a_copy=True,
    exchanged_without_a_copy=True,
)
class _(Right):
    def fill(self, image):
        self.images.append(image)
        return image

    def exchange(self, image):
        slot = self.slot()
        old, self.images[slot] = self.images[slot], image
        return old


@_add(
    "cloned while it fills only",
    "copies pictures while it fills, but not when it exchanges them",
    65,
    filled_without_a_copy=False,
    exchanged_without_a_copy=True,
)
class _(Right):
    def exchange(self, image):
        slot = self.slot()
        old, self.images[slot] = self.images[slot], image
        return old


@_add(
    "cloned in exchange only",
    "copies pictures when it exchanges them, but not while it fills",
    65,
    filled_without_a_copy=True,
    exchanged_without_a_copy=False,
)
class _(Right):
    def fill(self, image):
        self.images.append(image)
        return image


@_add(
    "graph kept",
    "stores pictures with their graph: every pass of the generator that made one stays in memory. Detach before storing",
    66,
    graph_kept=True,
)
class _(Right):
    def query(self, images):
        return torch.stack([self.one(image) for image in images])


@_add(
    "counter never moves",
    "never notices that it is full (is its counter ever raised?): it stores every picture and only gives back new ones",
    67,
)
class _(Right):
    def one(self, image):
        return self.fill(image) if self.size else image


@_add(
    "grows beyond its size",
    "goes on storing when it is full, so it grows beyond its size: the new one takes the place of an old one, or is not stored",
    63,
    keeps_more_than_its_size=True,
)
class _(Right):
    def one(self, image):
        full = bool(self.images) and len(self.images) >= self.size
        if self.size:
            self.images.append(image.clone())
        if not full or self.tails():
            return image
        return self.images[int(torch.randint(len(self.images), (), generator=self.random))]


@_add("one too many", "holds one picture more than its size: compare with <, not with <=", 67)
class _(Right):
    def one(self, image):
        if self.size and len(self.images) <= self.size:
            return self.fill(image)
        return super().one(image)


@_add(
    "size 0 crashes",
    "stops with an error when its size is 0; it should then pass everything on",
    69,
    stops_at_size_0=True,
)
class _(Right):
    def one(self, image):
        if len(self.images) < self.size:
            return self.fill(image)
        return self.images[self.slot()] if not self.size or not self.tails() and self.images else image


@_add("empty for size 0", "gives back no picture when its size is 0; it should then pass everything on", 69)
class _(Right):
    def query(self, images):
        return super().query(images) if self.size else images[:0]


@_add(
    "old ones while it fills",
    "gives back old pictures while it is still filling; until it is full, new ones come back",
    old_pictures_while_it_fills=True,
    pictures_of_another_history=False,
)
class _(Right):
    def fill(self, image):
        old = self.images[-1] if self.images else image
        super().fill(image)
        return old


@_add(
    "one coin for a batch",
    "tosses one coin for the whole batch: all new or all old. Each picture has its own",
)
class _(Right):
    def query(self, images):
        self.coin = bool(torch.rand((), generator=self.random) < 0.5)
        return super().query(images)

    def tails(self):
        return self.coin


@_add("first picture of a batch only", "gives back the first picture of the batch only")
class _(Right):
    def query(self, images):
        return super().query(images[:1])


@_add("batch axis lost", "joins the pictures along their channels; `torch.stack` gives them a batch axis")
class _(Right):
    def query(self, images):
        return torch.cat(list(super().query(images)))


@_add("a list", "gives back a list; D wants one tensor, (B, C, H, W)", gave_a_list=True)
class _(Right):
    def query(self, images):
        return list(super().query(images))


@_add("nothing returned", "gives back nothing: is a `return` missing in query()?", gave_nothing=True)
class _(Right):
    def query(self, images):
        super().query(images)


@_add(
    "seed ignored",
    "does not use its seed: the same training run twice would show D other pictures. Make a `torch.Generator` (or `random.Random`) of its own",
)
class _(Right):
    def __init__(self, size=50, seed=0):
        super().__init__(size, seed)
        self.random = random.SystemRandom()

    def tails(self):
        return self.random.random() < 0.5

    def slot(self):
        return self.random.randrange(self.size)


@_add("seed fixed", "draws the same whatever the seed", two_seeds_the_same_draws=True)
class _(Right):
    def __init__(self, size=50, seed=0):
        super().__init__(size, 0)


@_add(
    "global generator seeded",
    "seeds torch's global generator, which two histories and everything else share. Make a `torch.Generator` of its own",
)
class _(Right):
    def __init__(self, size=50, seed=0):
        self.size, self.images, self.random = size, [], torch.default_generator
        torch.manual_seed(seed)


@_add(
    "a place that is never drawn",
    "never exchanges one of its places: a picture stays there for good (`randint` leaves its upper end out by itself)",
    62,
    a_picture_stays_for_good=True,
)
class _(Right):
    def slot(self):
        return int(torch.randint(self.size - 1, (), generator=self.random))


@_add(
    "a place that is never drawn",
    "never exchanges one of its places: a picture stays there for good (`randint` leaves its upper end out by itself)",
    62,
    a_picture_stays_for_good=True,
)
class _(Right):
    def slot(self):
        return int(torch.randint(1, self.size, (), generator=self.random))


@_add(
    "the newest never drawn",
    "never draws the picture that it stored last: the last place is left out (`randint` leaves its upper end out by itself)",
    62,
    the_newest_never_comes_back=True,
)
class _(Right):
    def exchange(self, image):
        self.images.append(image.clone())
        return self.images.pop(int(torch.randint(self.size - 1, (), generator=self.random)))


@_told_apart(
    "overwritten before it was copied out",
    "overwrites the place before the old picture was copied out: a place of one large tensor is a view, and changes with it. Clone the old one first",
    64,
    pictures_kept_in_one_tensor=True,
)
class _(Right):
    def __init__(self, size=50, seed=0):
        super().__init__(size, seed)
        self.store, self.count = None, 0

    def one(self, image):
        if self.size == 0:
            return image
        if self.store is None:
            self.store = image.new_zeros(self.size, *image.shape)
        if self.count < self.size:
            self.store[self.count] = image
            self.count += 1
            return image
        if self.tails():
            return image
        slot = self.slot()
        old = self.store[slot]
        self.store[slot] = image
        return old


@_add(
    "shared by all histories",
    "keeps its pictures in a list of the class, which all histories share: those of X come back as those of Y. Make the list in `__init__`",
    68,
    pictures_of_another_history=True,
)
class _(Right):
    shared = []

    def __init__(self, size=50, seed=0):
        super().__init__(size, seed)
        self.images = self.shared


@_add(
    "seeded in each query",
    "makes its random numbers anew for every query: the same draws each time, so some places never change",
)
class _(Right):
    def query(self, images):
        self.random.manual_seed(self.random.initial_seed())
        return super().query(images)
