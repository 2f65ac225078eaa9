import Relay
import Testing
import Transport
import Wire

@Suite("A visit through the emulated network")
struct VisitTests {
  /// Two people in one room, both let in.
  private func pair(
    seed: UInt64, link: NetworkEmulator.Link
  ) throws -> (visit: SimulatedVisit, worker: SimulatedClient, citizen: SimulatedClient) {
    let visit = try SimulatedVisit(seed: seed, link: link)
    let worker = try visit.makeClient("worker")
    let citizen = try visit.makeClient("citizen")
    #expect(visit.join(worker) != nil)
    #expect(visit.join(citizen) != nil)
    return (visit, worker, citizen)
  }

  @Test("two people hear and see each other within two seconds, and everything arrives")
  func perfect() throws {
    let (visit, worker, citizen) = try pair(seed: 1, link: .init(delay: .milliseconds(20)))
    visit.run(for: .seconds(2))
    for client in [worker, citizen] {
      #expect(client.isSecured)
      #expect(client.receiver.only(SimulatedOffer.opus) != nil)
      #expect(client.receiver.only(SimulatedOffer.vp8) != nil)
    }
    visit.run(for: .seconds(20))
    for (client, peer) in [(worker, citizen), (citizen, worker)] {
      let audio = try #require(client.receiver.only(SimulatedOffer.opus))
      let video = try #require(client.receiver.only(SimulatedOffer.vp8))
      #expect(audio.lossRatio == 0)
      #expect(video.lossRatio == 0)
      // In order, and all but what is on its way.
      #expect(audio.numbers == Array(audio.numbers[0]..<(audio.numbers[0] + audio.numbers.count)))
      #expect(audio.numbers.count > peer.sender.audioCount - 60)
      #expect(video.numbers == Array(video.numbers[0]..<(video.numbers[0] + video.numbers.count)))
      #expect(video.repeated == 0)
      // The first picture packet that is forwarded starts a keyframe.
      #expect(video.numbers[0] % SimulatedSender.packetsPerPicture == 0)
      #expect(client.receiver.senderReports.count >= 2)
    }
    let connected = visit.events.compactMap { event -> String? in
      guard case .connected(let reference, let profile, _) = event else { return nil }
      #expect(profile == "AEAD_AES_128_GCM")
      return reference.participant
    }
    #expect(connected.sorted() == ["citizen", "worker"])
  }

  @Test(
    "under 5 % loss both ways retransmission repairs the picture, and sound loses what the net lost"
  )
  func loss() throws {
    let link = NetworkEmulator.Link(
      delay: .milliseconds(30), jitter: .milliseconds(10), loss: 0.05)
    let (visit, worker, citizen) = try pair(seed: 2, link: link)
    visit.run(for: .seconds(60))
    for client in [worker, citizen] {
      // What was sent in the last second may still be on its way to being repaired.
      client.setSending(false)
    }
    visit.run(for: .seconds(2))
    for (client, peer) in [(worker, citizen), (citizen, worker)] {
      let video = try #require(client.receiver.only(SimulatedOffer.vp8))
      // Without retransmission one in ten would be missing. Both hops give up after a second, which
      // eight tries in a row that fail may reach.
      #expect(video.lossRatio < 0.001)
      // Only the very last, with nothing behind them to show the gap, may never be asked for.
      let highest = try #require(video.numbers.max())
      #expect(highest >= peer.sender.videoCount - 6)
      #expect(video.repaired > video.numbers.count / 40)
      let audio = try #require(client.receiver.only(SimulatedOffer.opus))
      let heard = Double(Set(audio.numbers).count) / Double(peer.sender.audioCount)
      // Two links of 5 %: 90.25 % arrive, sound is not asked for again.
      #expect(heard > 0.87)
      #expect(audio.longestGap < .milliseconds(250))
    }
  }

  @Test("five minutes over a bad line: no stream ends, no session is lost")
  func long() throws {
    var link = NetworkEmulator.Link(
      delay: .milliseconds(60), jitter: .milliseconds(30), loss: 0.03)
    link.meanBurst = 3
    link.reorder = 0.02
    link.duplicate = 0.01
    let (visit, worker, citizen) = try pair(seed: 3, link: link)
    visit.run(for: .seconds(300))
    for client in [worker, citizen] {
      let audio = try #require(client.receiver.only(SimulatedOffer.opus))
      let video = try #require(client.receiver.only(SimulatedOffer.vp8))
      #expect(audio.longestGap < .seconds(1))
      #expect(video.longestGap < .seconds(1))
      // 15 000 sound packets: the sequence numbers went round without a break.
      #expect(audio.highest - audio.first > 14_500)
      #expect(video.lossRatio < 0.002)
    }
    #expect(visit.sessionCount == 2)
    let samples = visit.events.count {
      if case .sample = $0 { true } else { false }
    }
    #expect((115...122).contains(samples))
  }

  @Test("an outage of twenty seconds interrupts and resumes the same session")
  func outage() throws {
    let (visit, worker, citizen) = try pair(seed: 4, link: .init(delay: .milliseconds(20)))
    visit.run(for: .seconds(5))
    var cut = NetworkEmulator.Link()
    cut.isCut = true
    visit.network.set(cut, from: citizen.address, to: SimulatedVisit.relayAddress)
    visit.network.set(cut, from: SimulatedVisit.relayAddress, to: citizen.address)
    visit.run(for: .seconds(20))
    let heardBefore = worker.receiver.only(SimulatedOffer.opus)?.numbers.count ?? 0
    visit.network.set(
      visit.network.defaultLink, from: citizen.address, to: SimulatedVisit.relayAddress)
    visit.network.set(
      visit.network.defaultLink, from: SimulatedVisit.relayAddress, to: citizen.address)
    visit.run(for: .seconds(5))
    let words = visit.events.compactMap { event -> String? in
      switch event {
      case .interrupted(let who, _, _): "interrupted \(who.participant)"
      case .resumed(let who, _, _): "resumed \(who.participant)"
      case .closed(let who, _, _): "closed \(who.participant)"
      default: nil
      }
    }
    #expect(words == ["interrupted citizen", "resumed citizen"])
    #expect((worker.receiver.only(SimulatedOffer.opus)?.numbers.count ?? 0) > heardBefore + 150)
  }

  @Test("nothing is sent into a silence, and what follows it begins with a keyframe and a report")
  func silence() throws {
    let (visit, worker, citizen) = try pair(seed: 9, link: .init(delay: .milliseconds(20)))
    visit.run(for: .seconds(5))
    var cut = NetworkEmulator.Link()
    cut.isCut = true
    visit.network.set(cut, from: citizen.address, to: SimulatedVisit.relayAddress)
    visit.network.set(cut, from: SimulatedVisit.relayAddress, to: citizen.address)
    visit.run(for: .seconds(3))
    let sent = visit.sentBytes[citizen.address] ?? 0
    let before = try #require(citizen.receiver.only(SimulatedOffer.vp8))
    visit.run(for: .seconds(7))
    // Ten checks of some hundred bytes a second.
    #expect((visit.sentBytes[citizen.address] ?? 0) - sent < 7 * 10 * 120)
    let reports = citizen.receiver.senderReports.values.reduce(0, +)
    let requests = worker.sender.keyframeRequests

    visit.network.set(
      visit.network.defaultLink, from: citizen.address, to: SimulatedVisit.relayAddress)
    visit.network.set(
      visit.network.defaultLink, from: SimulatedVisit.relayAddress, to: citizen.address)
    visit.run(for: .milliseconds(1_500))
    #expect(worker.sender.keyframeRequests == requests + 1)
    #expect(citizen.receiver.senderReports.values.reduce(0, +) >= reports + 2)
    let after = try #require(citizen.receiver.only(SimulatedOffer.vp8))
    let first = try #require(after.numbers.dropFirst(before.numbers.count).first)
    #expect(first % SimulatedSender.packetsPerPicture == 0)
    // Only what was sent before the silence was noticed is missing from the numbers.
    let lost = (before.highest - before.first + 1) - before.sequences.count
    #expect((after.highest - after.first + 1) - after.sequences.count - lost < 400)
    #expect(after.highest - before.highest < 700)
  }

  @Test("a client that is gone for good is let go, and the other one told")
  func gone() throws {
    let (visit, _, citizen) = try pair(seed: 5, link: .init(delay: .milliseconds(20)))
    visit.run(for: .seconds(5))
    var cut = NetworkEmulator.Link()
    cut.isCut = true
    visit.network.set(cut, from: citizen.address, to: SimulatedVisit.relayAddress)
    visit.run(for: .seconds(60))
    let closed = visit.events.compactMap { event -> String? in
      guard case .closed(let who, let cause, _) = event else { return nil }
      return "\(who.participant) \(cause)"
    }
    #expect(closed == ["citizen consent-expired"])
    #expect(visit.sessionCount == 1)
    let last = visit.events.last { if case .slots = $0 { true } else { false } }
    guard case .slots(let reference, let slots) = try #require(last) else { return }
    #expect(reference.participant == "worker")
    #expect(slots.map(\.participant) == [nil])
  }

  @Test("a change of address in the call costs at most a second of sound and no signalling")
  func roaming() throws {
    let (visit, worker, citizen) = try pair(seed: 6, link: .init(delay: .milliseconds(25)))
    visit.run(for: .seconds(10))
    citizen.address = SocketAddress(ipv4: 0xAC10_0099, port: 51_234)
    visit.run(for: .seconds(10))
    for client in [worker, citizen] {
      let audio = try #require(client.receiver.only(SimulatedOffer.opus))
      #expect(audio.longestGap <= .seconds(1))
    }
    #expect(visit.sessionCount == 2)
  }

  @Test("one who joins again replaces the earlier session and is seen again at once")
  func rejoin() throws {
    let (visit, worker, citizen) = try pair(seed: 7, link: .init(delay: .milliseconds(20)))
    visit.run(for: .seconds(5))
    let first = citizen.session
    citizen.close(at: visit.now)
    let again = visit.join(citizen)
    #expect(again != nil)
    #expect(again?.session != first)
    visit.run(for: .seconds(3))
    #expect(visit.sessionCount == 2)
    #expect(worker.receiver.only(SimulatedOffer.opus)?.lastAt ?? .zero > visit.now - .seconds(1))
    let causes = visit.events.compactMap { event -> String? in
      guard case .closed(_, let cause, _) = event else { return nil }
      return cause
    }
    #expect(causes == ["replaced"])
  }

  @Test("one seed gives one visit, packet for packet")
  func repeatable() throws {
    func run() throws -> [[Int]] {
      let link = NetworkEmulator.Link(
        delay: .milliseconds(30), jitter: .milliseconds(20), loss: 0.1)
      let (visit, worker, citizen) = try pair(seed: 8, link: link)
      visit.run(for: .seconds(10))
      return [worker, citizen].flatMap { client in
        client.receiver.all(SimulatedOffer.opus).map(\.numbers)
      }
    }
    let first = try run()
    #expect(first == (try run()))
    #expect(first.count == 2)
  }
}
