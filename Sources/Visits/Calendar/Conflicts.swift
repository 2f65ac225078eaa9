/// Time that a visit takes: of its worker, its citizens and its room.
public struct Reservation: Hashable, Sendable {
  /// The visit.
  public var visit: VisitID
  /// Who visits.
  public var worker: PersonID
  /// Who is visited.
  public var citizens: [PersonID]
  /// The room; nil where none is needed.
  public var room: RoomID?
  /// The time.
  public var window: TimeWindow
  /// Where the worker is.
  public var place: Place

  /// A reservation.
  public init(
    visit: VisitID, worker: PersonID, citizens: [PersonID], room: RoomID? = nil,
    window: TimeWindow, place: Place = .base
  ) {
    self.visit = visit
    self.worker = worker
    self.citizens = citizens
    self.room = room
    self.window = window
    self.place = place
  }

  /// The time `visit` takes.
  public init(_ visit: Visit, room: RoomID? = nil) {
    self.init(
      visit: visit.id, worker: visit.workerID, citizens: [visit.citizenID], room: room,
      window: TimeWindow(start: visit.start, end: visit.end),
      place: Place(form: visit.form, citizen: visit.citizenID))
  }

  /// The time an occurrence of `series` takes.
  public init(_ occurrence: Occurrence, of series: Series) {
    self.init(
      visit: occurrence.visitID, worker: occurrence.workerID,
      citizens: series.citizenID.map { [$0] } ?? [], room: series.roomID,
      window: occurrence.window,
      place: series.citizenID.map { Place(form: occurrence.form, citizen: $0) } ?? .base)
  }

  /// Whose time it takes.
  var parties: [Party] {
    [.worker(worker)] + citizens.map(Party.citizen) + (room.map { [.room($0)] } ?? [])
  }
}

/// Who or what cannot be in two visits at once.
public enum Party: Hashable, Sendable {
  /// Who visits.
  case worker(PersonID)
  /// Who is visited.
  case citizen(PersonID)
  /// Where.
  case room(RoomID)
}

/// Two visits that cannot both take place as they are.
public struct Conflict: Hashable, Sendable {
  /// Who or what would be in both.
  public var party: Party
  /// The visit that is wanted.
  public var wanted: VisitID
  /// When it is wanted.
  public var window: TimeWindow
  /// The visit in its way.
  public var other: VisitID
  /// When that is.
  public var otherWindow: TimeWindow
  /// Minutes between them on the road, where the times alone would be possible; otherwise nil.
  public var travelMinutes: Int?

  /// Why the wanted visit is not booked; `name` is that of the party.
  public func refusal(name: String) -> Refusal {
    if let travelMinutes {
      return .noTimeToTravel(
        name: name, minutes: travelMinutes, from: otherWindow.start, to: otherWindow.end)
    }
    if case .room = party {
      return .roomTaken(name: name, from: otherWindow.start, to: otherWindow.end)
    }
    return .doubleBooked(name: name, from: otherWindow.start, to: otherWindow.end)
  }
}

/// Finds double bookings of workers, citizens and rooms.
public struct Conflicts: Sendable {
  /// How long the ways are.
  public var travel: TravelTimes

  /// With these ways.
  public init(travel: TravelTimes = .none) { self.travel = travel }

  /// The reservations `wanted` that cannot be had beside those `taken` or beside one another, at most
  /// one conflict for each and each of its parties; in order of time. A visit is never in its own
  /// way, so one that is moved may be among both.
  ///
  /// Costs sorting what is given, and then one pass.
  public func find(wanted: [Reservation], beside taken: [Reservation]) -> [Conflict] {
    let moving = Set(wanted.map(\.visit))
    var entries: [Party: [Entry]] = [:]
    for reservation in wanted where !reservation.window.isEmpty {
      for party in Set(reservation.parties) {
        entries[party, default: []].append(Entry(reservation, isWanted: true))
      }
    }
    for reservation in taken
    where !moving.contains(reservation.visit) && !reservation.window.isEmpty {
      // Of those nobody wants anything of, there is nothing to find.
      for party in Set(reservation.parties) where entries[party] != nil {
        entries[party, default: []].append(Entry(reservation, isWanted: false))
      }
    }
    let found = entries.flatMap { party, entries in sweep(entries, party) }
    return found.sorted {
      ($0.window.start, $0.wanted.rawValue, $0.party.order)
        < ($1.window.start, $1.wanted.rawValue, $1.party.order)
    }
  }

  fileprivate struct Entry {
    var visit: VisitID
    var window: TimeWindow
    var place: Place
    var isWanted: Bool
    /// Already has its conflict.
    var isReported = false

    init(_ reservation: Reservation, isWanted: Bool) {
      visit = reservation.visit
      window = reservation.window
      place = reservation.place
      self.isWanted = isWanted
    }
  }

  private func sweep(_ entries: [Entry], _ party: Party) -> [Conflict] {
    let ways: TravelTimes
    let reach: Int
    if case .worker = party {
      ways = travel
      reach = travel.longest
    } else {
      ways = .none
      reach = 0
    }
    var found: [Conflict] = []
    // Those before the present one that may still reach it.
    var open: [Entry] = []
    for entry in entries.sorted(by: { $0.window.start < $1.window.start }) {
      var entry = entry
      open.removeAll { $0.window.end.adding(minutes: reach) <= entry.window.start }
      for index in open.indices {
        let earlier = open[index]
        let way = ways.minutes(from: earlier.place, to: entry.place)
        guard earlier.window.end.adding(minutes: way) > entry.window.start else { continue }
        let overlap = earlier.window.overlaps(entry.window)
        if entry.isWanted, !entry.isReported {
          found.append(Conflict(party, entry, earlier, travelMinutes: overlap ? nil : way))
          entry.isReported = true
        } else if earlier.isWanted, !entry.isWanted, !earlier.isReported {
          found.append(Conflict(party, earlier, entry, travelMinutes: overlap ? nil : way))
          open[index].isReported = true
        }
      }
      open.append(entry)
    }
    return found
  }
}

extension Conflict {
  fileprivate init(
    _ party: Party, _ wanted: Conflicts.Entry, _ other: Conflicts.Entry, travelMinutes: Int?
  ) {
    self.party = party
    self.wanted = wanted.visit
    window = wanted.window
    self.other = other.visit
    otherWindow = other.window
    self.travelMinutes = travelMinutes
  }
}

extension Party {
  /// Orders conflicts of one visit: the worker's first, then the citizens', then the room's.
  fileprivate var order: String {
    switch self {
    case .worker(let id): "0\(id)"
    case .citizen(let id): "1\(id)"
    case .room(let id): "2\(id)"
    }
  }
}
