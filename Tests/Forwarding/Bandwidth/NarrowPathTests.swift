import Congestion
import Testing
import Wire

@testable import Forwarding

@Suite("A receiver behind a narrow path") struct NarrowPathTests {
  /// Two people, the second behind a path of `bitrate` bit/s from the start.
  private func pair(_ bitrate: Int, seed: UInt64 = 1) throws -> LineVisit {
    let visit = try LineVisit(2, seed: seed)
    visit.clients[1].down.bitrate = bitrate
    return visit
  }

  private func level(_ visit: LineVisit) -> PictureLevel? {
    visit.driver.room.statistics(of: 1).pictureLevel
  }

  @Test("with room to spare it gets all of it, and the sender is hardly limited")
  func wide() throws {
    let visit = try pair(3_000_000)
    visit.run(10)
    #expect(level(visit) == .full)
    #expect(visit.steps.isEmpty)
    // 600 kbit/s for some nine seconds.
    #expect(visit.clients[1].pictureBytes > 600_000)
    #expect(visit.clients[1].missing == 0)
    #expect(visit.clients[0].soundSent - visit.clients[1].soundPackets <= 5)
    #expect(visit.clients[0].allowed ?? 0 > 800_000)
    #expect(visit.clients[1].paddingBytes > 0)
    #expect(visit.clients[1].paddingBytes < visit.clients[1].pictureBytes / 20)
  }

  @Test("a drop to 250 kbit/s is answered at once, and a rise within ten seconds")
  func steps() throws {
    let visit = try pair(3_000_000)
    for _ in 0..<2 {
      visit.run(60)
      #expect(level(visit) == .full)
      visit.clients[1].down.bitrate = 250_000
      let lostBefore = visit.clients[0].soundSent - visit.clients[1].soundPackets
      visit.run(3)
      _ = visit.takeLongestQueue(1)
      let bytes = visit.clients[1].pictureBytes
      visit.run(7)
      #expect(visit.takeLongestQueue(1) < .milliseconds(200))
      visit.run(50)
      // Probes for more are felt, and not heard.
      #expect(visit.takeLongestQueue(1) < .milliseconds(250))
      let level = try #require(self.level(visit))
      #expect(level.isMoving && level < .full)
      // The picture goes on at what is left: 100 kbit/s at the least.
      #expect(visit.clients[1].pictureBytes - bytes > 57 * 100_000 / 8)
      #expect(visit.clients[0].allowed ?? 0 < 260_000)
      // One per cent of a minute's sound.
      let lost = visit.clients[0].soundSent - visit.clients[1].soundPackets - lostBefore
      #expect(lost <= 30)
      visit.clients[1].down.bitrate = 3_000_000
      visit.run(10)
      #expect(self.level(visit) == .full)
    }
    // Down and up by a step or two each time; nothing flaps.
    #expect(visit.steps.count <= 12)
  }

  @Test("at 64 kbit/s there is sound and nothing else, and the picture comes back with a keyframe")
  func soundOnly() throws {
    let visit = try pair(64_000)
    visit.run(5)
    let bytes = visit.clients[1].pictureBytes
    let lost = visit.clients[0].soundSent - visit.clients[1].soundPackets
    visit.run(60)
    #expect(visit.clients[0].soundSent - visit.clients[1].soundPackets - lost <= 5)
    #expect(visit.clients[1].longestSilence < .milliseconds(600))
    #expect(visit.clients[1].pictureBytes == bytes)
    #expect(try #require(level(visit)) <= .held)
    #expect(visit.steps.first?.isRecovery == false)
    let keyframes = visit.clients[1].keyframes
    visit.clients[1].down.bitrate = 2_000_000
    visit.run(10)
    #expect(level(visit) == .full)
    #expect(visit.clients[1].keyframes > keyframes)
    #expect(visit.steps.last?.isRecovery == true)
  }

  @Test("a sender that does not heed the limit has its picture held, and sound goes on")
  func disobedient() throws {
    let visit = try pair(400_000)
    visit.clients[0].obeys = false
    visit.clients[0].most = 900_000
    visit.run(20)
    #expect(level(visit) == .held)
    let lost = visit.clients[0].soundSent - visit.clients[1].soundPackets
    let bytes = visit.clients[1].pictureBytes
    visit.run(20)
    #expect(visit.clients[1].pictureBytes - bytes < 100_000)
    #expect(visit.clients[0].soundSent - visit.clients[1].soundPackets - lost <= 10)
  }

  @Test("in an outage no picture is sent; after it there is a keyframe, and no step was taken")
  func outage() throws {
    let visit = try pair(2_000_000)
    visit.run(10)
    let steps = visit.steps.count
    visit.clients[1].down.isCut = true
    visit.clients[1].up.isCut = true
    visit.run(2)
    let sent = visit.driver.room.statistics(of: 1).outboundVideo.packets
    let sound = visit.driver.room.statistics(of: 1).outboundAudio.packets
    visit.run(6)
    #expect(visit.driver.room.statistics(of: 1).outboundVideo.packets == sent)
    #expect(visit.driver.room.statistics(of: 1).outboundAudio.packets > sound + 290)
    let keyframes = visit.clients[1].keyframes
    visit.clients[1].down.isCut = false
    visit.clients[1].up.isCut = false
    visit.run(2)
    #expect(visit.clients[1].keyframes > keyframes)
    let bytes = visit.clients[1].pictureBytes
    visit.run(3)
    #expect(visit.clients[1].pictureBytes > bytes + 50_000)
    #expect(visit.steps.count == steps)
  }

  @Test("who gives no feedback is sent everything, as before")
  func withoutFeedback() throws {
    let visit = try pair(0)
    visit.clients[1].givesFeedback = false
    visit.run(10)
    #expect(visit.clients[0].allowed == nil)
    #expect(visit.clients[1].pictureBytes > 650_000)
    #expect(visit.clients[1].paddingBytes == 0)
    #expect(visit.driver.room.statistics(of: 1).estimatedBitrate == nil)
    #expect(visit.steps.isEmpty)
  }

  @Test("who only sends REMB is believed")
  func receiverEstimate() throws {
    let visit = try pair(0)
    visit.clients[1].givesFeedback = false
    visit.run(2)
    let estimate = TestPacket.write {
      let sources = [TestMedia.slotSSRC(1, 0, .video)]
      return ReceiverEstimatedMaximumBitrate.write(
        senderSSRC: SSRC(1), bitrate: 100_000, sources: sources.span, into: &$0)
    }
    _ = visit.driver.rtcp(estimate, from: 1)
    visit.run(2)
    #expect(visit.steps.map(\.level) == [.held])
    #expect(visit.clients[0].allowed.map { $0 < 110_000 } == true)
    // It is not repeated: after a while it is no longer true, and the picture comes back.
    visit.run(15)
    #expect(visit.steps.last?.level == .full)
  }
}

@Suite("Repair") struct RepairTests {
  @Test("random loss on both ways leaves nothing unrepaired", arguments: [0.05, 0.15])
  func random(_ loss: Double) throws {
    let visit = try LineVisit(2, seed: 7)
    for client in visit.clients {
      client.up.loss = loss
      client.down.loss = loss
      client.most = 300_000
    }
    visit.run(60)
    // Only what is on its way to being repaired.
    for client in visit.clients { client.most = 0 }
    visit.run(3)
    for client in visit.clients {
      let all = client.pictures.values.reduce(0) { $0 + $1.count }
      #expect(all > 1000)
      #expect(client.missing == 0, "\(client.missing) of \(all)")
    }
  }
}

@Suite("A group") struct GroupBandwidthTests {
  @Test("of six with one on 300 kbit/s: the others lose nothing, and that one hears everybody")
  func weakMember() throws {
    let visit = try LineVisit(6)
    for client in visit.clients { client.most = 300_000 }
    visit.clients[5].down.bitrate = 300_000
    visit.run(5)
    let before = visit.clients.map { ($0.pictureBytes, $0.soundPackets) }
    let keyframes = visit.clients.map(\.keyframes)
    _ = visit.takeLongestQueue(5)
    visit.run(20)
    for index in 0..<5 {
      // Five pictures of 300 kbit/s.
      #expect(visit.clients[index].pictureBytes - before[index].0 > 20 * 5 * 270_000 / 8)
      #expect(visit.clients[index].soundPackets - before[index].1 > 5 * 990)
      // Nobody else's trouble makes the picture start anew.
      #expect(visit.clients[index].keyframes - keyframes[index] <= 5)
    }
    #expect(visit.clients[5].soundPackets - before[5].1 > 5 * 980)
    #expect(visit.takeLongestQueue(5) < .milliseconds(300))
    let held = visit.steps.filter { $0.receiver == 5 && !$0.level.isMoving }
    #expect(held.count >= 4)
    #expect(visit.steps.allSatisfy { $0.receiver == 5 })
  }
}
