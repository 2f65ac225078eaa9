/// What a packet costs as visits become more. With sound only: a thousand visits with pictures are
/// 400 000 packets a second, which is beyond one core even for the floor.
///
/// Wake-ups and batches are shared by more packets the more there are, at the floor as well: the ratio
/// to it is what grows or does not by our doing.
final class Growth {
  private static let visits = [10, 100, 300, 1_000]
  private let bench: Bench

  init(_ bench: Bench) { self.bench = bench }

  func run() {
    print("\ncost against the number of visits, sound only\n" + Point.header)
    var costs: [Double] = []
    var floors: [Double] = []
    for visits in Self.visits {
      guard let ours = bench.point("besoeg", visits: visits, sends: .sound, isHeld: true),
        let floor = bench.point("floor-mmsg", visits: visits, sends: .sound, isHeld: true)
      else { continue }
      costs.append(ours.microsecondsPerPacket)
      floors.append(floor.microsecondsPerPacket)
      bench.figures.append(
        Figure(
          name: "CPU per packet, sound only, \(visits) visits", unit: "µs",
          besoeg: ours.microsecondsPerPacket, floor: floor.microsecondsPerPacket))
    }
    guard costs.count == Self.visits.count else { return }
    bench.figures.append(
      Figure(
        name: "Growth 10 → 1000 visits, CPU per packet, ± around the middle", unit: "%",
        besoeg: spread(costs), floor: spread(floors), target: 15))
    bench.figures.append(
      Figure(
        name: "Growth 10 → 1000 visits, ratio to the floor, ± around the middle", unit: "%",
        besoeg: spread(zip(costs, floors).map { $0 / $1 }), target: 15))
  }

  /// Half the distance between the extremes, in per cent of their middle.
  private func spread(_ values: [Double]) -> Double {
    let least = values.min() ?? 0
    let most = values.max() ?? 0
    return (most - least) / (most + least) * 100
  }
}
