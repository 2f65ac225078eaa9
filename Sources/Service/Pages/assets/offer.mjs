// What the page offers the relay, and what it reads from the answer.

/** The codecs that the relay forwards: offering more only makes the offer of a large group huge. */
const ours = ["audio/opus", "audio/red", "video/vp8", "video/rtx"];

/** What the picture may cost, in bit/s and pictures/s. */
const whole = { maxBitrate: 900_000, maxFramerate: 25 };
/**
 * In a group the picture is sent in two sizes, the smaller first, each with every other picture to spare:
 * the relay chooses for each receiver what its network takes.
 */
const sizes = [
  { rid: "small", scaleResolutionDownBy: 2, maxBitrate: 150_000, maxFramerate: 25, scalabilityMode: "L1T2" },
  { rid: "full", scaleResolutionDownBy: 1, maxBitrate: 600_000, maxFramerate: 25, scalabilityMode: "L1T2" },
];

/** How the picture is sent to so many others. */
export const encodings = (others) => (others > 1 ? sizes : [whole]).map((one) => ({ ...one }));

/** The capabilities of a kind that the relay has a use for. */
export const codecs = (kind) =>
  RTCRtpReceiver.getCapabilities(kind).codecs.filter(({ mimeType }) => ours.includes(mimeType.toLowerCase()));

/**
 * An offer whose sound may be asked for again (RFC 4585 §6.2.1): Chromium sends lost sound anew when
 * asked, but does not offer it by itself.
 */
export function withRepairedSound(offer) {
  const lines = offer.sdp.split("\r\n");
  const opus = lines.map((line) => /^a=rtpmap:(\d+) opus\//.exec(line)?.[1]).find(Boolean);
  if (!opus || lines.includes(`a=rtcp-fb:${opus} nack`)) return offer;
  const sdp = lines.flatMap((line) =>
    line.startsWith(`a=rtpmap:${opus} opus/`) ? [line, `a=rtcp-fb:${opus} nack`] : [line]);
  return { type: offer.type, sdp: sdp.join("\r\n") };
}

/** Which paths a description is about. */
export const ufrag = (sdp) => /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1];

/** The ICE servers that an answer's `Link` header names (RFC 9725 §4.6). */
export function iceServers(header) {
  const servers = [];
  for (const [, url, parameters] of (header ?? "").matchAll(/<([^>]*)>((?:\s*;\s*[\w-]+="[^"]*")*)/g)) {
    const values = Object.fromEntries(
      [...parameters.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
    if (values.rel !== "ice-server") continue;
    servers.push({ urls: url, username: values.username, credential: values.credential });
  }
  return servers;
}
