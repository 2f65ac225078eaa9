import Glibc

/// `forwarding`: proves that forwarding allocates nothing, then measures what it costs.
/// `forwarding --proof` does the first only and takes a few seconds. Exits with 1 where the proof
/// fails or a packet went missing.
@main
enum ForwardingBenchmark {
  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    guard arguments.isEmpty || Array(arguments) == ["--proof"] else {
      print("usage: forwarding [--proof]")
      exit(2)
    }
    do {
      var holds = try AllocationProof.run()
      if arguments.isEmpty {
        print("")
        holds = try ForwardingCost.run() && holds
      }
      exit(holds ? 0 : 1)
    } catch {
      print("FAIL: \(error)")
      exit(1)
    }
  }
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
