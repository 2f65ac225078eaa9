/// How long the runs are in which a path loses packets, and what chance makes of a share of them.
///
/// Radio loses several packets in a row. So few runs fall into a second that the share of packets lost
/// in it says little: of 80 packets, 15 % lost in runs of five are two or three runs, or none, or six.
struct LossRuns: BitwiseCopyable {
  /// A run's weight fades to a half within fourteen runs.
  private static let memory = 0.95
  /// A longer run is an outage.
  private static let longest = 50

  private var lost = 0.0
  private var count = 0.0
  private var current = 0

  /// Packets in a run, in the mean; at least one.
  var meanLength: Double { count > 0 ? max(1, lost / count) : 1 }

  /// Notes that the next packet was lost.
  mutating func didLose() { current &+= 1 }

  /// Notes that the next packet arrived.
  mutating func didArrive() {
    guard current > 0 else { return }
    lost = lost * Self.memory + Double(min(current, Self.longest))
    count = count * Self.memory + 1
    current = 0
  }

  /// By how much the share lost of so many packets differs from `share` by chance, as one standard
  /// deviation.
  ///
  /// Runs of mean length L, ended by chance, spread the share like a (2·L - 1)-th of the packets, each
  /// lost by itself. Worked example: 15 % of 80 packets is ±4 % where L is 1, and ±12 % where it is 5.
  func deviation(of share: Double, in packets: Int) -> Double {
    let independent = Double(max(1, packets)) / (2 * meanLength - 1)
    return (share * (1 - min(share, 1)) / independent).squareRoot()
  }
}
