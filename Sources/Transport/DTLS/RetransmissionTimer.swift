import COpenSSL

/// OpenSSL's DTLS retransmission timer, wound by injected time.
///
/// Only OpenSSL can send a flight again as RFC 6347 §4.2.4 asks, under new record numbers: a peer that
/// received a record but could not use it yet, as after reordering, would drop the same record as a
/// replay for ever. So its timer is set to an hour, which no handshake lives to see, and made to expire
/// when the endpoint says so (see `besoeg_dtls_deadline_expire`).
final class RetransmissionTimer {
  /// Where OpenSSL keeps the deadline: inside the `SSL`, which lives as long as the endpoint.
  private var deadline: UnsafeMutableRawPointer?
  /// Whether OpenSSL has a flight out that is not answered.
  private(set) var isRunning = false
  /// Whether the BIO lives.
  private(set) var isAttached = false

  /// Watches the BIO that `ssl` reads from, which does not keep it alive: whoever owns the `SSL` does.
  func attach(to ssl: OpaquePointer, reading bio: OpaquePointer) {
    isAttached = true
    BIO_set_callback_arg(bio, Unmanaged.passUnretained(self).toOpaque())
    BIO_set_callback_ex(bio) { bio, operation, argument, _, command, _, result, _ in
      guard let context = BIO_get_callback_arg(bio) else { return Int(result) }
      let timer = Unmanaged<RetransmissionTimer>.fromOpaque(context).takeUnretainedValue()
      if operation == BIO_CB_FREE { timer.detach() }
      if operation == BIO_CB_CTRL, command == BIO_CTRL_DGRAM_SET_NEXT_TIMEOUT, let argument {
        timer.note(UnsafeMutableRawPointer(mutating: argument))
      }
      return Int(result)
    }
    DTLS_set_timer_cb(ssl) { _, last in
      if besoeg_dtls_deadline_is_reachable() != 0 { return 3_600_000_000 }
      return last == 0 ? 100_000 : min(last &* 2, 2_000_000)
    }
  }

  /// Has OpenSSL send its flight again; false where it has given up.
  func expire(_ ssl: OpaquePointer) -> Bool {
    guard isRunning else { return true }
    if let deadline { besoeg_dtls_deadline_expire(deadline) }
    return besoeg_dtls_handle_timeout(ssl) >= 0
  }

  private func detach() {
    isAttached = false
    isRunning = false
    deadline = nil
  }

  private func note(_ deadline: UnsafeMutableRawPointer) {
    self.deadline = besoeg_dtls_deadline_is_reachable() != 0 ? deadline : nil
    isRunning = besoeg_dtls_deadline_is_set(deadline) != 0
  }
}
