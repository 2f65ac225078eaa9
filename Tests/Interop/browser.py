"""A headless Chromium with synthetic camera and microphone, on the citizen's page or as a bare peer."""

import shutil
import time

# Chromium leaves out loopback candidates by default; a test machine may have no other network.
FLAGS = [
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection",
    # Nobody looks: painting by software costs more than the call.
    "--disable-gpu",
]

# What getStats says, folded to what the tests ask about.
STATS = """async () => {
  const peer = globalThis.besoegCall?.peer;
  if (!peer) return null;
  const result = { state: peer.connectionState };
  for (const stat of (await peer.getStats()).values()) {
    if (stat.type === "transport") {
      result.srtpCipher = stat.srtpCipher;
      result.dtlsRole = stat.dtlsRole;
    }
    if (stat.type === "media-source") result[`source_${stat.kind}`] = { ...stat };
    if (stat.type === "inbound-rtp" || stat.type === "outbound-rtp") {
      result[`${stat.type.split("-")[0]}_${stat.kind}`] = { ...stat };
    }
  }
  return result;
}"""

# A participant without a page of its own: the page's own call module, with somebody's token.
JOIN = """async ({ token, visit, participant }) => {
  const { Service } = await import("/assets/api.mjs");
  const { Call } = await import("/assets/call.mjs");
  const service = new Service(token);
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: true, video: { width: 320, height: 180, frameRate: 15 },
  });
  globalThis.besoegCall = new Call({
    service, visit, participant, slots: 1, tracks: stream.getTracks(), onState() {},
    onTrack(kind, slot, track) {
      const sink = document.createElement(kind);
      sink.autoplay = true;
      sink.srcObject = new MediaStream([track]);
      document.body.append(sink);
    },
  });
  service.readEvents((name, data) => {
    if (name !== "rejoin" || data.visit !== visit) return;
    if (data.cause === "relay-moved") globalThis.besoegCall.move(data.session);
    else globalThis.besoegCall.rejoin(data.session);
  }, () => {});
  await globalThis.besoegCall.start();
}"""


_launched = []


def launched():
    """How many have been launched so far and may still run."""
    return len(_launched)


def close_all(after):
    """Closes what a test left open when it failed; the first `after` belong to several tests."""
    while len(_launched) > after:
        running = _launched.pop()
        if running.is_connected():
            running.close()


def launch(playwright, *more, video=None, audio=None):
    flags = [*FLAGS, *more]
    if video:
        flags.append(f"--use-file-for-fake-video-capture={video}")
    if audio:
        flags.append(f"--use-file-for-fake-audio-capture={audio}")
    _launched.append(playwright.chromium.launch(executable_path=shutil.which("chromium"), headless=True, args=flags))
    return _launched[-1]


def open_page(browser, url, before=None):
    """Opens a page that may use camera and microphone; keeps what it logs in `page.messages`.

    `before` is a script that runs before any of the page's own.
    """
    context = browser.new_context(permissions=["camera", "microphone"], viewport={"width": 1024, "height": 768},
                                  locale="da-DK")
    if before:
        context.add_init_script(before)
    page = context.new_page()
    page.messages = []
    page.on("console", lambda message: page.messages.append(message.text))
    page.on("pageerror", lambda error: page.messages.append(f"error: {error}"))
    page.goto(url)
    return page


def stats(page):
    return page.evaluate(STATS)


def streams(page, direction, kind):
    """Every stream of a kind that flows in a direction (`inbound`, `outbound`), as getStats tells it."""
    return page.evaluate("""async ([direction, kind]) =>
      [...(await globalThis.besoegCall.peer.getStats()).values()].filter((stat) =>
        stat.type === `${direction}-rtp` && stat.kind === kind && (stat.packetsReceived ?? stat.packetsSent) > 0)""",
      [direction, kind])


def wait_for_streams(page, seconds):
    """Waits until the page in a group has decoded sound and picture of anybody."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if page.evaluate("globalThis.besoegCall?.peer !== undefined") \
                and any(one["totalSamplesReceived"] > 0 for one in streams(page, "inbound", "audio")) \
                and any(one["framesDecoded"] > 0 for one in streams(page, "inbound", "video")):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"no sound and picture within {seconds} s: {page.messages}")


def wait_for_state(page, state, seconds):
    page.wait_for_selector(f'body[data-state="{state}"]', timeout=seconds * 1000, state="attached")


def wait_for_media(page, seconds):
    """Waits until the page's present connection has decoded sound and picture; returns the stats."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        seen = stats(page) or {}
        if (seen.get("inbound_audio", {}).get("totalSamplesReceived", 0) > 0
                and seen.get("inbound_video", {}).get("framesDecoded", 0) > 0):
            return seen
        page.wait_for_timeout(50)
    raise AssertionError(f"no sound and picture within {seconds} s: {seen}, {page.messages}")


def wait_for_steady_media(page, seconds, machine, tries=6):
    """Waits for `seconds` on end without a freeze and with less than 2 % of the sound invented.

    A call that the relay breaks never has such a stretch. One in which the machine was short of
    processor (see `machine.py`) says nothing, and after the last try that time is added to the bounds.
    Returns the stats at its end.
    """
    judged = 0
    for _ in range(tries):
        start = time.monotonic()
        before = wait_for_media(page, 10)
        page.wait_for_timeout(seconds * 1000)
        after = wait_for_media(page, 10)
        short = machine.short_seconds(start)
        stretch = {
            "samples": grown(before, after, "inbound_audio", "totalSamplesReceived"),
            "invented": invented(after) - invented(before),
            "freezes": grown(before, after, "inbound_video", "freezeCount"),
            "frozen": stood(after) - stood(before),
            "frames": grown(before, after, "inbound_video", "framesDecoded"),
            "short": short,
        }
        if stretch["freezes"] == 0 and stretch["invented"] < 0.02 * stretch["samples"] \
                and stretch["frames"] >= 10 * seconds:
            return after
        if short == 0:
            judged += 1
        assert judged < 2, f"{judged} stretches of {seconds} s on an idle machine, none steady: {stretch}, {after}"
    assert stretch["invented"] < 0.02 * stretch["samples"] + 48_000 * short, (stretch, after)
    assert stretch["frozen"] <= short and stretch["frames"] >= 10 * (seconds - short), (stretch, after)
    return after


def grown(before, after, stat, field):
    return after[stat][field] - before[stat][field]


def stood(seen):
    """Seconds that the received picture has stood still, however long at a time.

    A still of more than 5 s is none of Chromium's freezes but a pause (`totalPausesDuration`), which
    `totalFreezesDuration` leaves out: by that alone the worst picture would be among the best.
    """
    video = seen["inbound_video"]
    return video["totalFreezesDuration"] + video["totalPausesDuration"]


def invented(seen):
    """Samples of sound that the receiver made up while there should have been some."""
    return seen["inbound_audio"]["concealedSamples"] - seen["inbound_audio"]["silentConcealedSamples"]
