import NetworkSimulation
import Testing
import VisitSimulation
import Wire

@Suite("Scenarios and the figures taken of them")
struct ScenarioTests {
  @Test("a scenario's steps come in order, and again where it repeats")
  func timeline() {
    let scenario = Scenario(
      "test", "", seed: 1, opening: .office,
      steps: [.init(.seconds(1), .cut), .init(.seconds(2), .heal)], repeatsEvery: .seconds(10))
    let start = MonotonicTime(nanoseconds: 5_000_000_000)
    var timeline = Timeline(scenario, start: start)
    #expect(timeline.takeDue(at: start) == nil)
    var told: [(seconds: Double, event: Scenario.Event)] = []
    while told.count < 5, let wake = timeline.nextWake {
      while let event = timeline.takeDue(at: wake) { told.append(((wake - start).seconds, event)) }
    }
    #expect(told.map(\.seconds) == [1, 2, 11, 12, 21])
    #expect(told.map(\.event) == [.cut, .heal, .cut, .heal, .cut])
  }

  @Test("a scenario that does not repeat ends")
  func once() {
    let scenario = Scenario(
      "test", "", seed: 1, opening: .office, steps: [.init(.zero, .rebind)])
    var timeline = Timeline(scenario, start: .zero)
    #expect(timeline.takeDue(at: .zero) == .rebind)
    #expect(timeline.nextWake == nil)
  }

  @Test("every scenario has a name, a seed and a line of its own, and is found by its name")
  func catalogue() {
    #expect(Set(Scenario.all.map(\.name)).count == Scenario.all.count)
    #expect(Set(Scenario.all.map(\.seed)).count == Scenario.all.count)
    for scenario in Scenario.all {
      #expect(Scenario.named(scenario.name)?.summary == scenario.summary)
      let times = scenario.steps.map(\.at)
      #expect(times == times.sorted())
      // Where it repeats, a round is over before the next one's first step.
      if let period = scenario.period, let first = times.first, let last = times.last {
        #expect(last < period + first)
      }
    }
    #expect(Scenario.named("no such") == nil)
  }

  @Test("a bound says whether a figure is as it must be, and reads as one")
  func bounds() {
    #expect(QualityBound.below(0.5).holds(0.49))
    #expect(!QualityBound.below(0.5).holds(0.5))
    #expect(QualityBound.atMost(1).holds(1))
    #expect(!QualityBound.above(95).holds(95))
    #expect(QualityBound.atLeast(25).holds(25))
    #expect(!QualityBound.atMost(1).holds(.infinity))
    #expect(QualityBound.below(0.5).words == "< 0.5")
    #expect(QualityBound.atLeast(25).words == ">= 25")
    #expect(
      [12, 0.051, 0.5, -1.25, .infinity].map(QualityRecord.digits) == [
        "12", "0.05", "0.5", "-1.25", "never",
      ])
  }
}
