/// The drop-in queue in plain words, on 80 columns.
public struct QueueWords: Sendable {
  private let texts: Texts
  private let dates: DateText

  /// Words in the language of `texts`.
  public init(_ texts: Texts) {
    self.texts = texts
    dates = DateText(texts)
  }

  /// A queue: who talks, then who waits, in order.
  public func lines(of queue: DropInQueue, width: Int = 80) -> [String] {
    let heading = wrapped(
      texts[
        .queueHeading,
        ["time": dates.clock(queue.session.end), "n": String(queue.tickets.count)]],
      width: width)
    guard !queue.tickets.isEmpty else { return heading + [texts[.queueEmpty]] }
    var table = TextTable([
      .init(texts[.columnPlace], .right), .init(texts[.columnName]), .init(texts[.columnSince]),
      .init(texts[.columnState]), .init(texts[.columnAbout]),
    ])
    for ticket in queue.tickets {
      table.append([
        ticket.position.map(String.init) ?? "", ticket.citizen?.displayName ?? "",
        dates.clock(ticket.joinedAt), state(of: ticket),
        ticket.topic ?? ticket.phone ?? "",
      ])
    }
    return heading + table.lines(width: width)
  }

  /// What the queues were like, in two or three sentences.
  public func lines(of figures: QueueStatistics) -> [String] {
    func minutes(_ value: Double?) -> String { String(Int((value ?? 0).rounded())) }
    let values = [
      "sessions": String(figures.sessions), "joined": String(figures.joined),
      "talked": String(figures.talked), "left": String(figures.left),
      "handedOn": String(figures.handedOn), "planned": String(figures.plannedMinutes),
      "mean": minutes(figures.meanMinutes), "over": String(figures.overLimit),
      "median": minutes(figures.medianWaitMinutes),
      "ninetieth": minutes(figures.ninetiethWaitMinutes),
    ]
    // Nobody has talked yet: there is no length and no wait to tell.
    let keys: [TextKey] =
      figures.talked == 0
      ? [.queueFiguresPeople] : [.queueFiguresPeople, .queueFiguresLength, .queueFiguresWait]
    return keys.map { texts[$0, values] }
  }

  private func state(of ticket: QueueTicket) -> String {
    let name = ticket.worker?.displayName ?? ""
    switch ticket.state {
    case "claimed": return texts[.callbackTaken, ["name": name]]
    case "talking":
      let minutes = ["name": name, "n": String(ticket.talkedMinutes ?? 0)]
      return texts[ticket.phase == "over" ? .queueOver : .queueTalking, minutes]
    default:
      let minutes = ticket.expectedMinutes ?? 0
      return minutes == 0 ? texts[.queueNext] : texts[.queueExpected, ["n": String(minutes)]]
    }
  }
}
