"""Who may hold a place, worked out by hand for two places of three seconds."""

import threading

from course_lib.app.shares import Shares


def test_one_visitor_cannot_keep_both_places():
    shares = Shares(2, 3)
    assert shares.ask("a1", "A", 0) and shares.ask("a2", "A", 1)  # nobody else asks: both are lent
    assert shares.ask("b1", "B", 1.5)  # a2, the later one, is taken back
    assert shares.ask("a1", "A", 2) and not shares.ask("a2", "A", 2)
    assert not shares.ask("a3", "A", 2)  # a new key helps nobody
    assert not shares.ask("c1", "C", 2)  # each has one: a third waits
    shares.leave("b1")
    assert shares.ask("c1", "C", 2)


def test_a_place_that_nobody_asks_for_is_free():
    shares = Shares(2, 3)
    assert shares.ask("a1", "A", 0) and shares.ask("b1", "B", 1)
    assert not shares.ask("c1", "C", 2.9) and shares.ask("c1", "C", 3)
    assert shares.ask("b1", "B", 3.9) and not shares.ask("d1", "D", 4.1)  # asking keeps it: b1 until 6.9, c1 until 6
    assert shares.ask("d1", "D", 6)


def test_many_at_once_never_hold_more_than_there_is():
    shares, admitted = Shares(2, 60), []

    def ask(number: int) -> None:
        if shares.ask(f"k{number}", f"visitor {number}"):
            admitted.append(number)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(admitted) == 2
