/// Proves that forwarding allocates nothing: over a hundred thousand packets through a warm relay,
/// and not one call of malloc or its like, whether they leave at once or wait for their turn.
///
/// The turns of the relay's timers are counted apart. They may allocate: a sample or an event for
/// the service is made of strings and arrays, a few times a second whatever the media.
enum AllocationProof {
  private static let visits = 50
  /// Longer than a sample interval, and than a retransmission history takes to fill.
  private static let warmUpTenths = 80
  /// 50 visits send 20 000 packets a second.
  private static let tenths = 60

  /// Runs the proof and prints it; whether it holds.
  static func run() throws -> Bool {
    guard Meter.countsAllocations() else {
      print("FAIL: the allocation counter does not count in this process")
      return false
    }
    let trace = MediaTrace(participants: visits * 2)
    var rig = try RelayRig.connected(visits: visits, trace: trace)
    for _ in 0..<warmUpTenths {
      try trace.makeNext()
      try trace.seal(by: rig.clients)
      rig.forward(trace, isDelivering: true)
    }
    let warmUp = rig.packetsOut
    let opened = rig.clients.reduce(0) { $0 + $1.packetsOpened }
    rig.resetMeters()
    for _ in 0..<tenths {
      try trace.makeNext()
      try trace.seal(by: rig.clients)
      rig.forward(trace)
    }

    print("Allocations while forwarding: \(visits) visits, AEAD_AES_128_GCM,")
    print("after \(warmUpTenths / 10) s of warm-up, in \(tenths / 10) s of virtual time")
    print(Text.row(["", "turns", "packets", "allocations", "frees"]))
    print(row("media", rig.media, packets: rig.packetsIn))
    print(row("paced", rig.paced, packets: rig.packetsPaced))
    print(row("timers", rig.timers, packets: nil))

    var failures: [String] = []
    // Packets may wait for their turn beyond the end.
    let waiting = rig.clients.count * MediaSource.packetsPerPicture
    if opened < warmUp || warmUp == 0 {
      failures.append("receivers could open \(opened) of \(warmUp) packets in the warm-up")
    }
    if abs(rig.packetsOut - rig.packetsIn) > waiting || rig.packetsIn < 100_000 {
      failures.append("\(rig.packetsOut) of \(rig.packetsIn) packets were forwarded")
    }
    if rig.packetsPaced == 0 { failures.append("no packet ever waited for its turn") }
    if rig.media.allocations + rig.paced.allocations != 0 || rig.media.frees + rig.paced.frees != 0
    {
      failures.append("forwarding allocated or freed")
    }
    for failure in failures { print("FAIL: \(failure)") }
    if failures.isEmpty {
      print("PASS: \(rig.packetsOut) packets forwarded without an allocation")
    }
    return failures.isEmpty
  }

  private static func row(_ name: String, _ meter: Meter, packets: Int?) -> String {
    Text.row([
      name, "\(meter.turns)", packets.map { "\($0)" } ?? "", "\(meter.allocations)",
      "\(meter.frees)",
    ])
  }
}
