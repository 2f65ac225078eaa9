import Glibc

/// `forwarding`: proves that forwarding allocates nothing, nor TURN, then measures what it costs.
/// `forwarding --proof` does the first only and takes a few seconds; `forwarding --count` is a run for
/// a tool that counts instructions; `forwarding --cost VISITS…` measures at these numbers of visits.
/// Exits with 1 where the proof fails or a packet went missing.
@main
enum ForwardingBenchmark {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let visits = arguments.dropFirst().compactMap { Int($0) }.filter { 1...2_000 ~= $0 }
    do {
      let holds: Bool
      switch arguments.first {
      case nil:
        let isProven = try prove()
        print("")
        holds = try ForwardingCost.run(visits: [50, 300]) && isProven
      case "--proof" where arguments.count == 1: holds = try prove()
      case "--count" where arguments.count == 1: holds = try InstructionCount.run()
      case "--cost" where !visits.isEmpty && visits.count == arguments.count - 1:
        holds = try ForwardingCost.run(visits: visits)
      default:
        print("usage: forwarding [--proof | --count | --cost VISITS…]")
        exit(2)
      }
      exit(holds ? 0 : 1)
    } catch {
      print("FAIL: \(error)")
      exit(1)
    }
  }
}

/// Every proof, whether or not the first holds.
private func prove() throws -> Bool {
  let isForwarding = try AllocationProof.run()
  print("")
  return try TURNProof.run() && isForwarding
}

/// Text for a terminal of 80 columns, without Foundation.
enum Text {
  /// The first cell to the left, the others to the right of columns of equal width.
  static func row(_ cells: [String]) -> String {
    cells.enumerated().map { index, cell in
      let space = String(repeating: " ", count: max(0, (index == 0 ? 8 : 14) - cell.count))
      return index == 0 ? cell + space : space + cell
    }.joined()
  }

  /// A value with two decimals.
  static func decimal(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let fraction = hundredths % 100
    return "\(hundredths / 100)." + (fraction < 10 ? "0" : "") + "\(fraction)"
  }
}
