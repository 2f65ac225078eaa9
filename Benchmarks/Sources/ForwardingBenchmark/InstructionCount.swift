/// A run of fixed length for a tool that counts instructions (`Benchmarks/instructions`): what it
/// counts between the reset of the meters and the end is the forwarding of as many packets as the last
/// line says.
enum InstructionCount {
  /// Few: under callgrind everything takes fifty times as long.
  private static let visits = 4
  /// As long as the proof's: until estimates stand and every history is full.
  private static let warmUpTenths = 80
  private static let tenths = 50

  /// Holds the run; whether every packet was forwarded.
  static func run() throws -> Bool {
    let trace = MediaTrace(participants: visits * 2)
    var rig = try RelayRig.connected(visits: visits, trace: trace)
    for tenth in 0..<(warmUpTenths + tenths) {
      if tenth == warmUpTenths { rig.resetMeters() }
      try trace.makeNext()
      try trace.seal(by: rig.clients)
      rig.forward(trace)
    }
    print("packets \(rig.packetsOut)")
    return abs(rig.packetsOut - rig.packetsIn) <= visits * 2 * MediaSource.packetsPerPicture
  }
}
