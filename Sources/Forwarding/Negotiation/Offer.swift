import Wire

/// An offer, read: its transport, and which section is what to us.
///
/// The first section of a kind that the participant sends in is its own; every section it receives
/// in is part of a slot, the n-th sound with the n-th picture. A simple client's one `sendrecv`
/// section of each kind is thus its own and slot 0 at once.
struct Offer {
  /// What a section is to us.
  struct Use {
    /// What the section offers.
    var offered: OfferedSection
    /// Whether it is the participant's own.
    var isOwn: Bool
    /// Which slot it is part of.
    var slot: Int?
  }

  /// The offer as it stands.
  let description: SessionDescription
  /// The participant's end of the transport.
  let transport: RemoteTransport
  /// What each section is to us; nil where it is refused.
  let uses: [Use?]
  /// How many encodings of the participant's picture are taken.
  ///
  /// Two see each other: the sender is steered to what the one receiver can take, and encoding the
  /// picture more than once would be for nobody. A later offer adds none to what there is.
  let maximumLayers: Int

  /// Reads an offer for a room of `capacity` participants; `earlier` is what was agreed before in
  /// the same session.
  init(
    _ text: String, capacity: Int, earlier: SessionMedia? = nil
  ) throws(NegotiationError) {
    do {
      description = try SessionDescription(parsing: text)
    } catch {
      throw NegotiationError(line: error.line, reason: error.reason.rawValue)
    }
    let bundle = try Self.bundle(of: description)
    let offered = description.media.map { section in
      section.mid.map(bundle.contains) == true ? OfferedSection(section) : nil
    }
    maximumLayers =
      capacity <= 2 ? 1 : earlier.map { max(1, $0.video?.layers.count ?? 1) } ?? Room.maximumLayers
    let slotLimit = min(max(capacity, 2), Room.maximumCapacity) - 1
    uses =
      earlier.map { Self.assign(offered, as: $0) } ?? Self.assign(offered, slotLimit: slotLimit)
    guard let first = uses.compactMap({ $0 }).first else {
      throw NegotiationError(
        line: 0, reason: "no media section offers Opus (opus/48000) or VP8 (VP8/90000)")
    }
    for use in uses.compactMap({ $0 }) where !use.offered.section.rtcpMux {
      throw NegotiationError(
        line: use.offered.section.line, reason: "the media section needs a=rtcp-mux")
    }
    transport = try Self.transport(of: first.offered.section)
  }

  /// The names of the sections that share the one transport.
  private static func bundle(
    of description: SessionDescription
  ) throws(NegotiationError) -> Set<String> {
    for section in description.media where section.mid == nil && !section.isRejected {
      throw NegotiationError(line: section.line, reason: "the media section needs a=mid")
    }
    if let group = description.bundleGroups.first { return Set(group) }
    let live = description.media.filter { !$0.isRejected }
    guard live.count <= 1 else {
      throw NegotiationError(
        line: live[1].line, reason: "all media sections must be in one a=group:BUNDLE")
    }
    return Set(live.compactMap(\.mid))
  }

  private static func assign(_ offered: [OfferedSection?], slotLimit: Int) -> [Use?] {
    var hasOwn: Set<TrackKind> = []
    var slots: [TrackKind: Int] = [:]
    return offered.map { section in
      guard let section else { return nil }
      var use = Use(offered: section, isOwn: false, slot: nil)
      if section.sends, hasOwn.insert(section.kind).inserted { use.isOwn = true }
      let slot = slots[section.kind, default: 0]
      if section.receives, slot < slotLimit {
        use.slot = slot
        slots[section.kind] = slot + 1
      }
      return use
    }
  }

  /// Assigns the sections of a later offer as they were before. A slot's stream has its own SSRC,
  /// numbers and SRTP nonces, so it must never come to stand for another section's; sections that
  /// were no slots before do not become any.
  private static func assign(_ offered: [OfferedSection?], as earlier: SessionMedia) -> [Use?] {
    var slots: [String: Int] = [:]
    for (index, slot) in earlier.slots.enumerated() {
      if let mid = slot.audio?.mid { slots[mid] = index }
      if let mid = slot.video?.mid { slots[mid] = index }
    }
    var own = assign(offered, slotLimit: 0)
    for index in own.indices {
      guard let section = own[index]?.offered, section.receives else { continue }
      own[index]?.slot = slots[section.mid]
    }
    return own
  }

  private static func transport(
    of section: MediaSection
  ) throws(NegotiationError) -> RemoteTransport {
    func fault(_ reason: String) -> NegotiationError {
      NegotiationError(line: section.line, reason: reason)
    }
    guard let ufrag = section.iceUfrag, let password = section.icePassword else {
      throw fault("the media section needs a=ice-ufrag and a=ice-pwd")
    }
    guard let fingerprint = section.sha256Fingerprint else {
      throw fault("the media section needs a=fingerprint:sha-256")
    }
    // We are always the DTLS server: then we choose the SRTP profile.
    guard section.setup == .actpass || section.setup == .active else {
      throw fault("the media section needs a=setup:actpass or a=setup:active")
    }
    return RemoteTransport(iceUfrag: ufrag, icePassword: password, fingerprint: fingerprint)
  }
}
