"""aiortc, which shares no code with us or with Chromium, as a peer over the media endpoint."""

import asyncio
import concurrent.futures
import fractions
import time

import av
import numpy
from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError, VideoStreamTrack

SECONDS = 6


class ToneTrack(AudioStreamTrack):
    """A 440 Hz tone in 20 ms frames."""

    sample = 0
    started = None

    async def recv(self):
        self.started = self.started or time.time()
        await asyncio.sleep(max(0, self.started + self.sample / 48000 - time.time()))
        phase = (self.sample + numpy.arange(960)) * (2 * numpy.pi * 440 / 48000)
        wave = (numpy.sin(phase) * 8000).astype(numpy.int16)
        frame = av.AudioFrame.from_ndarray(wave.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48000, self.sample, fractions.Fraction(1, 48000)
        self.sample += 960
        return frame


class MovingTrack(VideoStreamTrack):
    """A picture whose brightness walks."""

    number = 0

    async def recv(self):
        pts, time_base = await self.next_timestamp()
        self.number += 1
        picture = numpy.full((240, 320, 3), (self.number * 4) % 256, numpy.uint8)
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        frame.pts, frame.time_base = pts, time_base
        return frame


class Peer:
    """One participant: sends a tone and a picture, counts what comes."""

    def __init__(self, device, visit):
        self.device, self.visit = device, visit
        # aiortc's default leaves a second video section on a transport that bundling has closed.
        self.connection = RTCPeerConnection(RTCConfiguration(bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        self.frames = {"audio": 0, "video": 0}
        self.loudest = 0
        self.tone, self.picture = ToneTrack(), MovingTrack()
        self.tasks = []

        @self.connection.on("track")
        def received(track):
            self.tasks.append(asyncio.ensure_future(self.consume(track)))

    async def consume(self, track):
        try:
            while True:
                frame = await track.recv()
                self.frames[track.kind] += 1
                if track.kind == "audio":
                    self.loudest = max(self.loudest, int(numpy.abs(frame.to_ndarray()).max()))
        except MediaStreamError:
            return

    async def join(self):
        self.connection.addTransceiver(self.tone, direction="sendonly")
        self.connection.addTransceiver(self.picture, direction="sendonly")
        self.connection.addTransceiver("audio", direction="recvonly")
        self.connection.addTransceiver("video", direction="recvonly")
        await self.connection.setLocalDescription(await self.connection.createOffer())
        status, headers, answer = await asyncio.to_thread(
            self.device.request, "POST", f"/api/v1/visits/{self.visit}/media",
            self.connection.localDescription.sdp, "application/sdp")
        assert status == 201 and headers["location"].startswith(f"/api/v1/visits/{self.visit}/media/")
        self.location = headers["location"]
        await self.connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    async def leave(self):
        await asyncio.to_thread(self.device.request, "DELETE", self.location)
        await self.connection.close()


def test_aiortc_peers_hear_and_see_each_other(deployment):
    worker = deployment.person("supportWorker", "Anne Holm")
    citizen = deployment.person("citizen", "Karen Friis")
    visit = deployment.book(worker, citizen)["id"]
    worker.json("POST", f"/visits/{visit}/ring", {})
    citizen.json("POST", f"/visits/{visit}/answer", {})

    async def hold():
        peers = [Peer(worker, visit), Peer(citizen, visit)]
        for peer in peers:
            await peer.join()
        await asyncio.sleep(SECONDS)
        for peer in peers:
            await peer.leave()
        return peers

    # A thread of its own: Playwright keeps an event loop running in this one.
    with concurrent.futures.ThreadPoolExecutor() as thread:
        peers = thread.submit(asyncio.run, hold()).result()
    # Judged by what was sent: the peers are Python, and share the machine with all that is between them.
    for peer, other in (peers, peers[::-1]):
        assert peer.frames["audio"] > max(75, 0.6 * other.tone.sample / 960), (peer.frames, other.tone.sample)
        assert peer.frames["video"] > max(20, 0.4 * other.picture.number), (peer.frames, other.picture.number)
        assert peer.loudest > 2000, "the tone arrived as silence"
