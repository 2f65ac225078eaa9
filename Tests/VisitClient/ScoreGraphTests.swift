import Testing

@testable import VisitClient

@Suite("A curve in the terminal")
struct ScoreGraphTests {
  @Test func itRisesAndFallsWithTheMarksAndShowsWhatWasSkipped() {
    let graph = ScoreGraph(lowest: 0, highest: 10)
    #expect(graph.line([0, 5, 10, nil, 2.5]) == "▁▅█·▃")
    #expect(graph.line([-3, 99]) == "▁█", "what cannot be is the nearest that can")
    #expect(ScoreGraph(lowest: 0, highest: 0).line([0]) == "▁")
  }
}
