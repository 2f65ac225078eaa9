import Foundation
import VisitClient

// What the citizen decides about her visits: keys p and v, and numbered answers (E3, B16, B19).
extension KioskLoop {
  /// Takes a key that is about the citizen's visits; whether it was one.
  func decides(
    _ line: String, _ state: State, _ screen: inout KioskScreen, _ visits: [Visit],
    _ feed: AsyncStream<Input>.Continuation
  ) -> Bool {
    guard case .idle = state else { return false }
    let (key, texts, now) = (line.lowercased(), program.texts, Date())
    if let question = screen.question, let answer = question.answer(key) {
      screen.question = nil
      perform(answer.action, about: question, &screen, feed)
      return true
    }
    screen.question = nil
    switch key {
    case "p":
      guard let next = KioskScreen.open(visits, now: now).first else { return false }
      offerWays(about: next, feed)
    case "v":
      guard let proposal = screen.proposals.first(where: { !$0.starts.isEmpty }) else {
        return false
      }
      screen.ask(KioskQuestion(times: proposal, texts: texts, now: now))
    default: return false
    }
    return true
  }

  private func offerWays(about visit: Visit, _ feed: AsyncStream<Input>.Continuation) {
    Task { [program] in
      do throws(ServiceError) {
        let ways = try await program.api.ways(of: visit.id)
        feed.yield(
          .question(KioskQuestion(about: visit, ways, texts: program.texts, now: Date())))
      } catch {
        feed.yield(.said(error.text(in: program.texts, server: program.api.server)))
      }
    }
  }

  private func perform(
    _ action: KioskQuestion.Action, about question: KioskQuestion, _ screen: inout KioskScreen,
    _ feed: AsyncStream<Input>.Continuation
  ) {
    let now = Date()
    switch action {
    case .leave: screen.say(.kioskLeft)
    case .consider(let way):
      guard let visit = question.visit else { return }
      screen.ask(KioskQuestion(sure: way, about: visit, texts: program.texts, now: now))
    case .carryOut, .choose, .declineTimes:
      Task { [program] in
        do throws(ServiceError) {
          if let said = try await program.api.carryOut(
            action, about: question.visit, texts: program.texts, now: now)
          {
            feed.yield(.said(said))
          }
        } catch {
          feed.yield(.said(error.text(in: program.texts, server: program.api.server)))
        }
        // Looks again, as every minute.
        feed.yield(.minute)
      }
    }
  }
}

extension BesoegAPI {
  /// Does what an answer says; what to tell the citizen then.
  fileprivate func carryOut(
    _ action: KioskQuestion.Action, about visit: Visit?, texts: Texts, now: Date
  ) async throws(ServiceError) -> String? {
    let dates = DateText(texts)
    switch action {
    case .consider, .leave: return nil
    case .choose(let proposal, let start):
      let chosen = try await choose(start, of: proposal)
      return texts[
        .kioskTimeChosen,
        [
          "name": chosen.workerName ?? "", "day": dates.spokenDay(start, now: now),
          "time": dates.clock(start),
        ]]
    case .declineTimes(let proposal):
      _ = try await declineProposal(proposal, reason: nil)
      return texts[.kioskTimesNoneSaid]
    case .carryOut(let way):
      guard let visit else { return nil }
      switch way {
      case .phone, .audio, .video: _ = try await convert(visit.id, to: way.rawValue)
      case .cancel: try await cancel(visit.id, reason: nil)
      case .talk:
        // The worker reads Danish, whatever the kiosk speaks.
        let danish = DateText(.danish)
        let day = danish.spokenDay(visit.start, now: now)
        _ = try await askForCall(
          isUrgent: false,
          about: Texts.danish[.kioskAbout, ["day": day, "time": danish.clock(visit.start)]])
      }
      return KioskQuestion.done(way, visit, texts: texts, now: now)
    }
  }
}
