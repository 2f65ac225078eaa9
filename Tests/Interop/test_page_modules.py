"""The page's rules for a weak network, told figures and a time of the test's own."""

import pytest

from browser import launch, open_page
from deployment import Deployment


@pytest.fixture(scope="module")
def page(playwright, tmp_path_factory):
    running = Deployment(tmp_path_factory.mktemp("modules")).start()
    browser = launch(playwright)
    yield open_page(browser, running.origin + "/")
    browser.close()
    running.stop()


# Seconds of a picture: packets received, asked for again, and how often it stood still.
CUSHION = """async (seconds) => {
  const { Cushion } = await import("/assets/cushion.mjs");
  const cushion = new Cushion();
  let [packetsReceived, nackCount, freezeCount] = [0, 0, 0];
  return seconds.map(([packets, asked, froze], second) => {
    [packetsReceived, nackCount, freezeCount] = [packetsReceived + packets, nackCount + asked, freezeCount + froze];
    cushion.update({ packetsReceived, nackCount, freezeCount }, 100, 1000 * second);
    return cushion.delay;
  });
}"""


def test_a_network_that_loses_nothing_holds_no_picture_back(page):
    assert page.evaluate(CUSHION, [[60, 0, 0]] * 30 + [[60, 1, 1]] + [[0, 0, 1]] * 3) == [0] * 34


def test_a_lossy_network_is_given_a_round_trip_at_once_and_a_very_lossy_one_two(page):
    assert page.evaluate(CUSHION, [[60, 0, 0], [60, 4, 0], [60, 4, 0], [60, 12, 0]]) == [0, 220, 220, 320]


def test_a_picture_that_stands_still_all_the_same_is_held_longer_up_to_a_limit(page):
    delays = page.evaluate(CUSHION, [[60, 4, 1]] * 12)
    assert delays[:3] == [280, 340, 400] and delays[-1] == 480


def test_the_delay_goes_little_by_little_once_the_network_is_calm(page):
    delays = page.evaluate(CUSHION, [[60, 4, 0]] + [[60, 0, 0]] * 60)
    assert delays[20] == 220 and delays[21] == 200 and delays[31] == 0 and delays[-1] == 0


# The room in bit/s for each quarter of a second, to the levels that follow one another.
LADDER = """async (rooms) => {
  const { Ladder } = await import("/assets/ladder.mjs");
  const ladder = new Ladder();
  return rooms.flatMap((room, quarter) => ladder.update(room, 250 * quarter)?.name ?? []);
}"""


def test_the_picture_steps_down_after_a_second_without_room_and_back_when_there_is_some(page):
    levels = page.evaluate(LADDER, [900_000] * 8 + [200_000] * 8 + [900_000] * 40)
    assert levels == ["fewer-frames", "full"]


def test_a_dip_shorter_than_a_second_changes_nothing(page):
    assert page.evaluate(LADDER, ([900_000] * 8 + [60_000] * 3) * 10) == []


def test_a_trial_that_fails_makes_the_next_one_wait_longer(page):
    # Two seconds of room for the whole picture, two of room for a small one, for four minutes.
    levels = page.evaluate(LADDER.replace("?.name ?? []", "? [quarter / 4] : []"),
                           ([300_000] * 8 + [170_000] * 8) * 60)
    early, late = sum(at < 60 for at in levels), sum(at >= 120 for at in levels)
    assert 0 < late < early, levels
