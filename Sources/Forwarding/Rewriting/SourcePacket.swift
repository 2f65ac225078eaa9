import Wire

/// An incoming media packet as the slots see it: its own numbers, and where its payload lies.
struct SourcePacket: BitwiseCopyable {
  /// Its numbers as its sender gave them.
  var numbers: StreamRewriter.Numbers
  /// The marker bit.
  var marker = false
  /// The audio level its sender put in it.
  var audioLevel: AudioLevel?
  /// Whether it is the first packet of a VP8 keyframe.
  var startsKeyframe = false
  /// The VP8 descriptor its payload starts with (picture only).
  var descriptor: VP8PayloadDescriptor?
  /// The payload, padding left out; valid while the packet is being forwarded.
  var payload: UnsafeRawBufferPointer
}
