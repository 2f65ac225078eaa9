import Relay
import Store
import Visits

extension Problem {
  /// What the store could not do.
  init(store error: StoreError) {
    switch error {
    case .busy, .failed, .cancelled: self = .unavailable(.storeBusy, retryAfter: 1)
    case .full: self = .unavailable(.storeFull, retryAfter: 30)
    case .notFound: self.init(.notFound)
    case .conflict: self.init(.conflict)
    case .refused(let refusal): self.init(refusal: refusal)
    }
  }

  /// What a rule of the domain forbids, in the rule's own words.
  init(refusal: Refusal) {
    switch refusal.category {
    case .invalid: self.init(.refusedInvalid)
    case .forbidden: self.init(.notAllowed)
    case .conflict: self.init(.wrongState)
    }
    slug = refusal.code
    texts = ProblemTexts(
      title: ProblemCatalogue.shared[kind].title, danish: refusal.danish,
      english: refusal.english)
  }

  /// What the relays could not do.
  init(relay error: RelayControlError) {
    switch error {
    case .invalidOffer(let line, let reason):
      self.init(.malformedSDP, ["line": String(line), "reason": reason])
    case .roomFull: self.init(.roomFull)
    case .noSuchSession: self.init(.noSuchSession)
    case .unavailable: self = .unavailable(.relayUnavailable, retryAfter: 1)
    }
  }
}
