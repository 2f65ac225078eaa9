import CLoad
import Glibc

/// `load`: our relay, Janus and the floor under the same visits in the same run.
///
///     load [--quick]                     everything, for make bench
///     load --storm --growth              these parts of it
///     load SYSTEM VISITS [SECONDS]       one point: besoeg, janus, janus-loop, floor, floor-mmsg;
///                                        --sound: without pictures, --spread: pictures spread out
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
    // As the generator's own thread, or our relay's control process would get nothing beside a busy one.
    load_hurry(-15)
    let isSpread = arguments.contains("--spread")
    let sends = arguments.contains("--sound") ? MediaKinds.sound : .soundAndPicture
    arguments.removeAll { $0 == "--spread" || $0 == "--sound" }
    do {
      if let name = arguments.first, !name.hasPrefix("--") {
        let visits = arguments.count > 1 ? Int(arguments[1]) ?? 50 : 50
        let seconds = arguments.count > 2 ? Double(arguments[2]) ?? 4 : 4
        try Point.run(
          name, visits: visits, seconds: seconds, sends: sends, isSpread: isSpread)
      } else {
        try runBench(arguments)
      }
    } catch {
      print("FAIL: \(error)")
      exit(1)
    }
  }
  private static func runBench(_ arguments: [String]) throws {
    var scope = arguments.contains("--quick") ? Bench.Scope.quick : .whole
    let sections = arguments.filter { $0 != "--quick" }.map {
      Bench.Section(rawValue: String($0.drop { $0 == "-" }))
    }
    guard !sections.contains(nil) else {
      print("usage: load [--quick] [--compare] [--capacity] [--storm] [--group] [--growth]")
      print("       load SYSTEM VISITS [SECONDS] [--sound] [--spread]")
      exit(2)
    }
    if !sections.isEmpty { scope.sections = Set(sections.compactMap { $0 }) }
    // Whatever hangs, nobody waits for it: the systems end with this process.
    alarm(1_500)
    exit(try Bench(scope).run(writing: ".build/bench.json") ? 0 : 1)
  }
}
