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


# For each second: sound packets sent, asked for again, the share the relay reports lost, the room in bit/s.
REDUNDANCY = """async (seconds) => {
  const { Redundancy } = await import("/assets/redundancy.mjs");
  const redundancy = new Redundancy();
  let [packetsSent, nackCount] = [0, 0];
  return seconds.map(([packets, asked, fractionLost, room], second) => {
    [packetsSent, nackCount] = [packetsSent + packets, nackCount + asked];
    redundancy.update({ packetsSent, nackCount, fractionLost }, room, 1000 * second);
    return redundancy.isOn;
  });
}"""


def test_sound_is_sent_twice_from_the_first_loss_until_nothing_was_lost_for_long(page):
    on = page.evaluate(REDUNDANCY, [[50, 0, 0, 500_000]] * 3 + [[50, 3, 0, 500_000]] + [[50, 0, 0, 500_000]] * 30)
    assert on == [False] * 3 + [True] * 20 + [False] * 11


def test_what_the_relay_reports_lost_counts_too_but_an_accident_does_not(page):
    assert page.evaluate(REDUNDANCY, [[50, 0, 0.01, 500_000], [50, 0, 0.05, 500_000]]) == [False, True]


def test_on_the_narrowest_line_sound_is_sent_once(page):
    on = page.evaluate(REDUNDANCY, [[50, 5, 0.1, 60_000]] * 3 + [[50, 5, 0.1, 500_000]] + [[50, 5, 0.1, 60_000]])
    assert on == [False] * 3 + [True, False]


FIT = """async ([name, count]) => {
  const { fit, levels } = await import("/assets/ladder.mjs");
  const { encodings } = await import("/assets/offer.mjs");
  const sent = encodings(count);
  fit(sent, levels.find((level) => level.name === name));
  return sent.filter(({ active }) => active).map(({ scaleResolutionDownBy }) => scaleResolutionDownBy);
}"""


@pytest.mark.parametrize("name, alone, group", [
    ("full", [1], [2, 1]), ("fewer-frames", [1], [2, 1]), ("smaller", [2], [2]), ("held", [], [])])
def test_a_level_means_the_same_for_a_picture_sent_in_one_size_and_in_two(page, name, alone, group):
    assert page.evaluate(FIT, [name, 1]) == alone
    assert page.evaluate(FIT, [name, 5]) == group


def test_sound_is_doubled_by_the_order_of_the_answers_first_section(page):
    lines = ["m=audio 9 UDP/TLS/RTP/SAVPF 111 63", "a=rtpmap:111 opus/48000/2", "a=rtpmap:63 red/48000/2",
             "m=audio 9 UDP/TLS/RTP/SAVPF 111 63", ""]
    order = """async ([sdp, isTwice]) => (await import("/assets/redundancy.mjs")).withSound(sdp, isTwice)"""
    twice = page.evaluate(order, ["\r\n".join(lines), True])
    assert twice.split("\r\n") == [lines[0].replace("111 63", "63 111"), *lines[1:]]
    assert page.evaluate(order, [twice, False]) == "\r\n".join(lines)
    plain = "\r\n".join([lines[0].replace(" 63", ""), lines[1], ""])
    assert page.evaluate(order, [plain, True]) == plain, "what the relay did not take is not sent"


CURVE = """async ([means, scale]) => {
  const { placesOf, pointsOf } = await import("/assets/curve.mjs");
  return placesOf(pointsOf({ answers: means.map((mean) => ({ mean })) }), scale).map(({ x, y }) => [x, y]);
}"""


def test_a_curve_goes_from_left_to_right_and_up_with_the_marks(page):
    places = page.evaluate(CURVE, [[0, None, 5, 10], {"lowest": 0, "highest": 10}])
    assert places == [[12, 108], [160, 60], [308, 12]]
    assert page.evaluate(CURVE, [[5], {"lowest": 0, "highest": 10}]) == [[160, 60]]
