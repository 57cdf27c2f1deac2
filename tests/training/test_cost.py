"""The table of costs: by hand, and from the networks' own sizes."""

import pytest

from benchmarks.cost import Links, communication, hours, main, measured, table

LINKS = Links(inside=100e9, between=1e9, per_machine=8)


def test_a_ring_sends_all_but_its_own_share_twice_through_its_slowest_link():
    assert communication(10**9, 1, LINKS) == 0
    assert communication(10**9, 2, LINKS) == pytest.approx(0.01)  # 2 · 1/2 · 1 GB at 100 GB/s
    assert communication(10**9, 8, LINKS) == pytest.approx(0.0175)
    assert communication(10**9, 16, LINKS) == pytest.approx(1.875)  # 2 · 15/16 · 1 GB at 1 GB/s


def test_hours_by_hand():
    assert hours(pictures=400, epochs=200, batch=1, processes=1, seconds=0.09) == pytest.approx(2.0)
    assert hours(pictures=400, epochs=200, batch=1, processes=8, seconds=0.09) == pytest.approx(0.25)
    assert hours(pictures=409, epochs=1, batch=10, processes=4, seconds=3600) == 10  # nine pictures wait


def test_rows_end_where_a_step_is_not_filled_and_say_what_is_simulated():
    rows = table(pictures=40, epochs=9, batch=4, step=0.1, gradient_bytes=10**9, links=LINKS)
    assert [row["gpus"] for row in rows] == [1, 2, 4, 8]
    assert [row["simulated"] for row in rows] == [False, True, True, True]
    assert rows[0]["pictures_a_second"] == pytest.approx(40)
    assert rows[1]["pictures_a_second"] == pytest.approx(8 / 0.11)
    assert rows[1]["share_of_communication"] == pytest.approx(1 / 11)
    assert rows[1]["hours"] > rows[1]["hours_if_hidden"]


def test_a_step_is_measured_and_gradients_are_counted():
    from course_lib.tasks.pix2pix import PRESETS, build_discriminator, build_generator

    seconds, sent, config = measured("pix2pix", "smoke", 1, 1, "cpu")
    networks = build_generator(PRESETS["smoke"]), build_discriminator(PRESETS["smoke"])
    assert sent == 4 * sum(p.numel() for network in networks for p in network.parameters())
    assert seconds > 0 and config.batch == 1


def test_the_command_says_what_is_simulated_and_refuses_what_makes_no_sense(capsys):
    main(["--preset", "smoke", "--seconds", "0.09", "--pictures", "400", "--epochs", "200", "--batch", "1"])
    out = capsys.readouterr().out
    assert "0.09 s a step (as given)" in out and "From 2 GPUs on simulated" in out
    lines = [line.split() for line in out.splitlines()[3:]]
    assert [line[0] for line in lines] == ["1", "2", "4", "8", "16", "32", "64"]
    assert float(lines[0][4]) == 2.0 and lines[1][-1] == "simulated" and lines[0][-1] != "simulated"
    for words, said in (
        (["--pictures", "0"], "--pictures is 0; it must be above 0."),
        (["--preset", "huge"], "Preset 'huge' is unknown; there is paper, laptop, smoke."),
        (["--preset", "smoke", "--pictures", "1", "--seconds", "1"], "1 pictures do not fill one batch of 4."),
        (["--batch", "-1"], "--batch is -1"),
    ):
        with pytest.raises(SystemExit, match=said):
            main(words)
