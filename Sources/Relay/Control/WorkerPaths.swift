/// Where one machine's workers have their Unix sockets: all in one folder, by the worker's number.
enum WorkerPaths {
  /// The control socket of worker `number`.
  static func control(of number: Int, in runDirectory: String) -> String {
    "\(runDirectory)/worker-\(number).sock"
  }

  /// The socket on which worker `number` takes byte streams.
  static func streams(of number: Int, in runDirectory: String) -> String {
    "\(runDirectory)/worker-\(number).streams"
  }

  /// The streams' socket that lies beside a control socket of any name.
  static func streams(beside controlPath: String) -> String {
    let ending = ".sock"
    let stem = controlPath.hasSuffix(ending) ? controlPath.dropLast(ending.count) : controlPath[...]
    return stem + ".streams"
  }
}
