import Foundation
import Logging
import Relay
import Synchronization

/// Why the control process ends: for good, or because of SIGHUP, which lets the release that is
/// installed now take over with the calls going on.
///
/// For an upgrade the process lets go of its workers and becomes the new program under the same process
/// id. That one finds workers of another release, starts a successor for each and moves the calls there.
final class Ending: Sendable {
  private enum Reason {
    static let none = 0
    static let stop = 1
    static let upgrade = 2
  }

  private let reason = Atomic(Reason.none)

  /// Whether another program takes over.
  var isUpgrade: Bool { reason.load(ordering: .relaxed) == Reason.upgrade }

  /// Another program is to take over; false where the process ends already.
  func upgrade() -> Bool { settle(Reason.upgrade) }

  /// It ends for good, unless another program is to take over.
  func stop() { _ = settle(Reason.stop) }

  /// Becomes the program at our path.
  func changeProgram(_ logger: Logger) throws {
    logger.notice("Changing to the installed release; calls go on")
    ServiceManager.reloading()
    let code = ProcessReplacement.run(arguments: CommandLine.arguments)
    throw SettingError(description: "execv: \(String(cString: strerror(code)))")
  }

  private func settle(_ wanted: Int) -> Bool {
    reason.compareExchange(expected: Reason.none, desired: wanted, ordering: .relaxed).exchanged
  }
}
