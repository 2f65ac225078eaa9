import Wire

/// Every parser of Wire, driven over arbitrary bytes: by the fuzzers in Tests/Fuzz, and by unit tests
/// over the fuzzers' corpora.
///
/// Besides not trapping, what was parsed must hold together, and must survive being written and parsed
/// again. The raw value names the fuzz target and its corpus.
enum Exercise: String, CaseIterable, Sendable {
  case rtp = "RTP"
  case rtcp = "RTCP"
  case stun = "STUN"
  case sdp = "SDP"
  case candidate = "Candidate"
  case vp8 = "VP8"
  case opus = "Opus"
  case redundantAudio = "RED"
  case framing = "Framing"
  case turn = "TURN"
  case opening = "Opening"

  /// Feeds `bytes` to the parser.
  func run(_ bytes: RawSpan) throws {
    switch self {
    case .rtp: try exerciseRTP(bytes)
    case .rtcp: try exerciseRTCP(bytes)
    case .stun: try exerciseSTUN(bytes)
    case .sdp: try exerciseSDP(bytes)
    case .candidate: try exerciseCandidate(bytes)
    case .vp8: try exerciseVP8(bytes)
    case .opus: try exerciseOpus(bytes)
    case .redundantAudio: try exerciseRedundantAudio(bytes)
    case .framing: try exerciseFraming(bytes)
    case .turn: try exerciseTURN(bytes)
    case .opening: try exerciseOpening(bytes)
    }
  }
}

/// Something that ought to hold did not.
struct ExerciseFailure: Error {
  var claim: String
}

/// Fails the exercise unless `condition` holds.
func require(_ condition: Bool, _ claim: @autoclosure () -> String) throws {
  if !condition { throw ExerciseFailure(claim: claim()) }
}

/// What `body` writes into a buffer of `capacity` bytes; nil where it says that it does not fit.
func written(
  capacity: Int = 2048, _ body: (inout MutableRawSpan) throws -> Int?
) rethrows -> [UInt8]? {
  var buffer = [UInt8](repeating: 0xAA, count: capacity)
  var length: Int?
  do {
    var span = buffer.mutableSpan
    var bytes = span.mutableBytes
    length = try body(&bytes)
  }
  return length.map { Array(buffer[..<$0]) }
}
