import CLoad
import Glibc

/// `load`: our relay, Janus and the floor under the same visits in the same run.
///
///     load [--quick]                     everything, for make bench
///     load SYSTEM VISITS [SECONDS]       one point: besoeg, janus, janus-loop, floor, floor-mmsg
@main
enum LoadBenchmark {
  static func main() {
    var arguments = Array(CommandLine.arguments.dropFirst())
    load_print_lines()
    switch arguments.first {
    case "relay": BesoegSystem.runWorker(Array(arguments.dropFirst()))
    case "floor-process":
      FloorSystem.run(Array(arguments.dropFirst()))
    default: break
    }
    // Everything here but the systems, which pin themselves, stays off their core.
    load_pin(Cores.generator)
    let isSpread = arguments.contains("--spread")
    arguments.removeAll { $0 == "--spread" }
    do {
      if let name = arguments.first, !name.hasPrefix("--") {
        let visits = arguments.count > 1 ? Int(arguments[1]) ?? 50 : 50
        let seconds = arguments.count > 2 ? Double(arguments[2]) ?? 4 : 4
        try Point.run(name, visits: visits, seconds: seconds, isSpread: isSpread)
      } else {
        print("usage: load [--quick] | load SYSTEM VISITS [SECONDS]")
        exit(2)
      }
    } catch {
      print("FAIL: \(error)")
      exit(1)
    }
  }
}
