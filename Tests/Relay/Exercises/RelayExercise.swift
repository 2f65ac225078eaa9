import Wire

@testable import Relay

/// What a relay process reads that others wrote, driven over arbitrary bytes: by the fuzzers in
/// Tests/Fuzz, and by unit tests over the fuzzers' corpora. The raw value names the fuzz target.
enum RelayExercise: String, CaseIterable, Sendable {
  case worker = "Worker"
  case control = "Control"
  case handover = "Handover"
  case plainHTTP = "PlainHTTP"
  case frontControl = "FrontControl"

  /// Feeds `bytes` to it.
  func run(_ bytes: [UInt8]) throws {
    switch self {
    case .worker: try exerciseWorker(bytes)
    case .control: try exerciseControl(bytes)
    case .handover: try exerciseHandover(bytes)
    case .plainHTTP: try exercisePlainHTTP(bytes)
    case .frontControl: try exerciseFrontControl(bytes)
    }
  }
}

private func exerciseWorker(_ bytes: [UInt8]) throws {
  var input = FuzzInput(bytes)
  try FuzzedWorker(&input).run(&input)
}

/// The bytes as a control channel's stream: however it is cut, the same frames are found, and each
/// survives being written and read again.
private func exerciseControl(_ bytes: [UInt8]) throws {
  let whole = frames(in: bytes, pieces: bytes.count)
  for pieces in [1, 7] {
    let cut = frames(in: bytes, pieces: pieces)
    try claim(cut.frames == whole.frames, "cuts change no frame")
    try claim(cut.error == whole.error, "cuts change no error")
  }
  let again = try frames(in: whole.frames.flatMap { try ControlCodec.encode($0) }, pieces: 64)
  try claim(again.frames == whole.frames, "frames survive")
  // Most inputs fail at the length; so the same bytes also are one frame's body.
  if let frame = try? ControlCodec.decode(bytes) {
    try claim(
      try ControlCodec.decode(ControlCodec.encode(frame).dropFirst(4)) == frame, "a frame survives")
  }
}

private func frames(
  in bytes: [UInt8], pieces: Int
) -> (frames: [ControlFrame], error: ControlCodecError?) {
  var decoder = ControlFrameDecoder()
  var found: [ControlFrame] = []
  var offset = 0
  while offset < bytes.count {
    let end = min(bytes.count, offset + max(1, pieces))
    bytes[offset..<end].withUnsafeBytes { decoder.append($0) }
    offset = end
    do throws(ControlCodecError) {
      while let frame = try decoder.next() { found.append(frame) }
    } catch {
      return (found, error)
    }
  }
  return (found, nil)
}

private func exerciseHandover(_ bytes: [UInt8]) throws {
  guard let handover = try? StreamHandover(parsing: bytes.span.bytes) else { return }
  try claim(handover.bytes == Array(bytes.prefix(StreamHandover.length)), "a handover survives")
}

/// What a request without TLS is told: never a line of its own making.
private func exercisePlainHTTP(_ bytes: [UInt8]) throws {
  let target = PlainHTTP.target(of: bytes)
  try claim(target.first == "/", "a target is a path")
  try claim(target.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "a target is one printable word")
  let answer = PlainHTTP.redirect(bytes, to: "besoeg.example")
  let lines = String(decoding: answer, as: UTF8.self).split(
    separator: "\r\n", omittingEmptySubsequences: false)
  try claim(lines.count == 6, "no line is added")
  try claim(lines[1].hasPrefix("Location: https://besoeg.example/"), "only to ourselves")
}

private func exerciseFrontControl(_ bytes: [UInt8]) throws {
  guard let digest = FrontProtocol.digest(in: bytes) else { return }
  try claim(FrontProtocol.hello(digest: digest) == bytes, "a hello survives")
}
