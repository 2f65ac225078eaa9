import Foundation
import VisitClient

/// The kiosk's one loop: idle, ringing, in a call, and idle again.
struct KioskLoop {
  enum Input: Sendable {
    case signal(StreamSignal)
    case key(String)
    case visits([Visit])
    case callback(Callback)
    case proposals([ProposalRecord])
    case question(KioskQuestion)
    case contact(ContactRecord)
    case disclosures([DisclosureRecord])
    case answered(DisclosureRecord)
    case said(String)
    case minute
    case bell
    case call(VisitProgress)
    case callEnded(VisitResult)
    case interrupted
  }

  enum State {
    case idle
    /// Until somebody answers; by itself at a time where the citizen has agreed to that.
    case ringing(VisitEvent.Ring, answersAt: Date?)
    case inCall(VisitCall, CallScreen, AsyncStream<StreamSignal>.Continuation)
  }

  let program: ClientProgram
  let me: Person
  let setup: CallSetup
  let answersByItself: Bool
  let endsAfterOne: Bool
  let proofFile: String?

  /// Between two rings of the bell, and between two looks at the clock.
  private static let bellInterval = Duration.seconds(2)
  private static let idleInterval = Duration.seconds(60)
  /// So long there is at least to say no, in seconds.
  private static let leastCountdown = 8.0

  func run() async throws {
    let (inputs, feed) = AsyncStream.makeStream(of: Input.self)
    let sources = start(feed)
    defer { for source in sources { source.cancel() } }
    var state = State.idle
    var screen = KioskScreen(texts: program.texts)
    // Nothing is said about today before it is known.
    var visits: [Visit]?
    var isOnline = true
    for await input in inputs {
      switch input {
      case .signal(.refused):
        throw ProgramFailure(program.texts[.kioskOldToken])
      case .signal(.online):
        if !isOnline, case .idle = state { screen.say(.kioskOnline) }
        isOnline = true
        look(feed)
      case .signal(.offline):
        if isOnline, case .idle = state { screen.say(.kioskOffline) }
        isOnline = false
      case .signal(.event(let event)):
        take(event, &state, &screen, feed)
        switch event {
        case .visit, .disclosure: look(feed)
        default: break
        }
      case .visits(let new):
        // Started again in the middle of a call, after a loss of power say: straight back in.
        if visits == nil, case .idle = state, let visit = new.first(where: { $0.state == .active })
        {
          screen.say(.kioskBackIn, name: visit.worker.displayName)
          hold(visit, &state, &screen, feed)
        }
        visits = new
      case .callback(let request):
        screen.callback = request
      case .proposals(let open):
        screen.proposals = open
      case .question(let question):
        if case .idle = state { screen.ask(question) }
      case .contact(let contact): screen.contact = contact
      case .disclosures(let all): screen.disclosures = all.filter(\.isAsked)
      case .answered(let question): screen.showAnswer(to: question)
      case .said(let text):
        if case .idle = state { screen.say(text) }
      case .key(let line):
        if decides(line, state, &screen, visits ?? [], feed) { break }
        if try await act(input, &state, &screen, feed) { return }
      case .minute, .bell, .call, .callEnded, .interrupted:
        if try await act(input, &state, &screen, feed) { return }
      }
      if case .inCall(_, _, let signals) = state, case .signal(let signal) = input {
        signals.yield(signal)
      }
      if case .idle = state, isOnline, let visits { screen.showIdle(visits, now: Date()) }
    }
  }

  private func start(_ feed: AsyncStream<Input>.Continuation) -> [Task<Void, Never>] {
    let signals = EventStream(program.api).signals()
    return [
      Task { for await signal in signals { feed.yield(.signal(signal)) } },
      Task { for await line in KeyLines.stream() { feed.yield(.key(line)) } },
      Task { for await _ in Interruptions.stream() { feed.yield(.interrupted) } },
      Task {
        while !Task.isCancelled {
          try? await Task.sleep(for: Self.idleInterval)
          feed.yield(.minute)
        }
      },
      Task {
        while !Task.isCancelled {
          try? await Task.sleep(for: Self.bellInterval)
          feed.yield(.bell)
        }
      },
    ]
  }

  /// Asks for today's visits; the answer comes as an input.
  private func look(_ feed: AsyncStream<Input>.Continuation) {
    Task { [program, me] in
      if let visits = try? await program.visits(ofWorkdayAt: Date()) { feed.yield(.visits(visits)) }
      if let open = try? await program.api.proposals() { feed.yield(.proposals(open)) }
      // Of a citizen the service tells the newest request; it may have changed while we were away.
      if let request = try? await program.api.callbacks().first { feed.yield(.callback(request)) }
      if let contact = try? await program.api.contact() { feed.yield(.contact(contact)) }
      if let all = try? await program.api.disclosures(of: me.id) { feed.yield(.disclosures(all)) }
    }
  }

  private func take(
    _ event: VisitEvent, _ state: inout State, _ screen: inout KioskScreen,
    _ feed: AsyncStream<Input>.Continuation
  ) {
    switch (event, state) {
    case (.ring(let ring), .idle) where ring.expiresAt > Date():
      let at = countdown(of: ring)
      state = .ringing(ring, answersAt: at)
      screen.showRing(from: ring.from.displayName, answersByItself: answersByItself)
      if answersByItself {
        answer(ring, &state, &screen, feed)
      } else {
        screen.showCountdown(to: at)
      }
    case (.ringStopped(let stopped), .ringing(let ring, _)) where stopped.visit == ring.visit:
      state = .idle
      let key: TextKey = stopped.reason == "answered" ? .kioskElsewhere : .kioskMissed
      screen.say(key, name: ring.from.displayName)
    case (.delay(let said), _):
      screen.take(delay: said)
    case (.missedYou(let said), .idle):
      screen.say(said.notice.text(program.texts.language))
    case (.callback(let request), _):
      screen.callback = request
    default:
      break
    }
  }

  /// "Ring mig op": asks, says that it is urgent, or takes it back. What comes of it is an input.
  private func ask(
    _ key: String, about request: Callback?, _ feed: AsyncStream<Input>.Continuation
  ) {
    let open = request.flatMap { $0.isOver ? nil : $0 }
    Task { [program] in
      do throws(ServiceError) {
        switch (key, open) {
        case ("r", nil):
          feed.yield(.callback(try await program.api.askForCall(isUrgent: false, about: nil)))
        case ("h", .some):
          feed.yield(.callback(try await program.api.askForCall(isUrgent: true, about: nil)))
        case ("f", .some(let open)):
          feed.yield(.callback(try await program.api.callback(open.id, "withdraw")))
        default: break
        }
      } catch {
        feed.yield(.said(error.text(in: program.texts, server: program.api.server)))
      }
    }
  }

  /// The citizen's yes or no, before anything is passed on. What comes of it is an input.
  private func answer(
    _ question: DisclosureRecord, _ isYes: Bool, _ feed: AsyncStream<Input>.Continuation
  ) {
    Task { [program] in
      do throws(ServiceError) {
        feed.yield(
          .answered(try await program.api.answer(disclosure: question, isYes: isYes)))
      } catch {
        feed.yield(.said(error.text(in: program.texts, server: program.api.server)))
      }
      look(feed)
    }
  }

  /// When the kiosk answers by itself. A ring that came late, or by a clock that is wrong, leaves no
  /// time to say no: it just rings.
  private func countdown(of ring: VisitEvent.Ring) -> Date? {
    guard let at = ring.answersByItself(on: program.api.deviceID),
      at.timeIntervalSinceNow > Self.leastCountdown, at < ring.expiresAt
    else { return nil }
    return at
  }

  /// Returns whether the kiosk is done.
  private func act(
    _ input: Input, _ state: inout State, _ screen: inout KioskScreen,
    _ feed: AsyncStream<Input>.Continuation
  ) async throws -> Bool {
    switch (input, state) {
    case (.bell, .ringing(let ring, let at)):
      screen.terminal.bell()
      screen.showCountdown(to: at)
      if let at, at <= Date() { answer(ring, &state, &screen, feed) }
    case (.minute, .idle):
      look(feed)
    case (.key(let line), .idle):
      if let question = screen.disclosures.first, let isYes = DisclosureQuestion.answer(line) {
        answer(question, isYes, feed)
        return false
      }
      ask(line.lowercased(), about: screen.callback, feed)
    case (.key(let line), .ringing(let ring, _)):
      if ["n", "nej", "no"].contains(line.lowercased()) {
        state = .idle
        screen.say(.kioskDeclined, name: ring.from.displayName)
        try? await program.api.decline(ring.visit, reason: "declined-by-citizen")
      } else {
        answer(ring, &state, &screen, feed)
      }
    case (.key(let line), .inCall(let call, _, _)):
      if line.lowercased() == "l" { call.hangUp() }
    case (.bell, .inCall(let call, let view, _)):
      view.show(call.status)
    case (.call(let progress), .inCall(_, let view, _)):
      view.show(progress)
    case (.callEnded(let result), .inCall(let call, _, let signals)):
      signals.finish()
      state = .idle
      screen.showEnd(result, name: call.other.displayName)
      try writeProof(result)
      if endsAfterOne {
        try CallHolder.check(result)
        return true
      }
      look(feed)
    case (.interrupted, .inCall(let call, _, _)):
      call.hangUp()
    case (.interrupted, _):
      return true
    default:
      break
    }
    return false
  }

  private func answer(
    _ ring: VisitEvent.Ring, _ state: inout State, _ screen: inout KioskScreen,
    _ feed: AsyncStream<Input>.Continuation
  ) {
    // What the ring says is enough to answer it: nothing is fetched while somebody waits.
    let visit = Visit(
      id: ring.visit, citizen: PersonReference(id: me.id, displayName: me.displayName),
      worker: ring.from, start: Date(), durationMinutes: 30, state: .ringing)
    hold(visit, &state, &screen, feed)
  }

  private func hold(
    _ visit: Visit, _ state: inout State, _ screen: inout KioskScreen,
    _ feed: AsyncStream<Input>.Continuation
  ) {
    let (signals, continuation) = AsyncStream.makeStream(of: StreamSignal.self)
    let call = VisitCall(
      api: program.api, visit: visit, me: me.id, part: .answerer, setup: setup, signals: signals)
    let view = CallScreen(
      texts: program.texts, terminal: screen.terminal, other: visit.worker, me: me.id,
      part: .answerer)
    state = .inCall(call, view, continuation)
    screen.say(.kioskInCall)
    Task {
      let result = await call.run { feed.yield(.call($0)) }
      feed.yield(.callEnded(result))
    }
  }

  private func writeProof(_ result: VisitResult) throws {
    guard let proofFile, let report = result.report else { return }
    do {
      try ProofFile(report).write(to: proofFile)
    } catch {
      throw ProgramFailure(program.texts[.fileNotWritten, ["file": proofFile]])
    }
  }
}
