import Congestion
import Wire

/// One bottleneck, the calls and transfers that share it, and virtual time in steps of a millisecond.
final class EmulatedNetwork {
  let link: Bottleneck
  var calls: [EmulatedCall]
  var transfers: [GreedyFlow] = []
  private(set) var now = MonotonicTime.zero
  private var ticks = 0
  /// Waits in the queue, sampled every 10 ms, in ms.
  private(set) var waits: [Double] = []
  /// Estimates by call, sampled every 100 ms, in bit/s.
  private(set) var estimates: [[Int]] = []

  init(_ link: Bottleneck, _ calls: [EmulatedCall]) {
    self.link = link
    self.calls = calls
  }

  /// Lets time pass; `each` is called every 100 ms.
  func run(milliseconds: Int, each: (Int) -> Void = { _ in }) {
    for step in 0..<milliseconds {
      ticks += 1
      now = now + .milliseconds(1)
      for call in calls { call.step(now, into: link) }
      for transfer in transfers { transfer.step(now, into: link) }
      for parcel in link.step(to: now) {
        if let call = calls.first(where: { $0.flow == parcel.flow }) {
          call.arrive(parcel, now)
        } else if let transfer = transfers.first(where: { $0.flow == parcel.flow }) {
          transfer.arrive(parcel, now, back: .milliseconds(25))
        }
      }
      for call in calls { call.report(now) }
      if ticks % 10 == 0 { waits.append(link.wait) }
      if ticks % 100 == 0 {
        while estimates.count < calls.count { estimates.append([]) }
        for (index, call) in calls.enumerated() {
          estimates[index].append(call.controller.estimate)
        }
        each(step)
      }
    }
  }

  func run(seconds: Int, each: (Int) -> Void = { _ in }) {
    run(milliseconds: seconds * 1000, each: each)
  }

  /// Lets time pass until something holds, and gives how long that took in ms; nil past the limit.
  func wait(milliseconds limit: Int, until holds: () -> Bool) -> Int? {
    for passed in stride(from: 0, to: limit, by: 10) {
      if holds() { return passed }
      run(milliseconds: 10)
    }
    return holds() ? limit : nil
  }

  /// Forgets the figures so far.
  func reset() {
    waits.removeAll(keepingCapacity: true)
    estimates.removeAll(keepingCapacity: true)
    for call in calls { call.reset() }
  }
}
