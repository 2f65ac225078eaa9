import CVPX

/// A real-time VP8 encoder (RFC 6386) with constant bitrate and no temporal layers.
struct VP8Encoder: ~Copyable {
  /// libvpx keeps the address of its context, so it must not move.
  private let context: UnsafeMutablePointer<vpx_codec_ctx_t>
  private var configuration: vpx_codec_enc_cfg_t
  private let width: Int
  private let height: Int

  /// Speed 12 of 16: the slowest that keeps one 640x360 stream well under a tenth of a core. At this
  /// size and rate the picture is still far better than the network usually allows.
  private static let speed: Int32 = -12

  /// An encoder of pictures of one size at `bitrate` bit/s.
  init(width: Int, height: Int, bitrate: Int) throws(MediaError) {
    var configuration = vpx_codec_enc_cfg_t()
    let defaults = vpx_codec_enc_config_default(vpx_codec_vp8_cx(), &configuration, 0)
    guard defaults == VPX_CODEC_OK else { throw .vpx(defaults) }
    configuration.g_w = UInt32(width)
    configuration.g_h = UInt32(height)
    // Presentation times are RTP's 90 kHz.
    configuration.g_timebase = vpx_rational_t(num: 1, den: 90_000)
    configuration.g_threads = 1
    configuration.g_pass = VPX_RC_ONE_PASS
    configuration.g_lag_in_frames = 0
    configuration.rc_end_usage = VPX_CBR
    configuration.rc_target_bitrate = UInt32(bitrate / 1000)
    configuration.rc_min_quantizer = 4
    configuration.rc_max_quantizer = 56
    configuration.rc_undershoot_pct = 100
    configuration.rc_overshoot_pct = 15
    configuration.rc_buf_initial_sz = 500
    configuration.rc_buf_optimal_sz = 600
    configuration.rc_buf_sz = 1000
    // The encoder must never drop a picture by itself: every counter drawn is a counter sent. The
    // frame rate is stepped down before the picture is drawn instead.
    configuration.rc_dropframe_thresh = 0
    // Key frames come on request only; a cyclic one would be a burst for nothing.
    configuration.kf_mode = VPX_KF_DISABLED

    let context = UnsafeMutablePointer<vpx_codec_ctx_t>.allocate(capacity: 1)
    context.initialize(to: vpx_codec_ctx_t())
    let code = besoeg_vp8_encoder_init(context, &configuration)
    guard code == VPX_CODEC_OK else {
      context.deallocate()
      throw .vpx(code)
    }
    let settings = [
      besoeg_vpx_control(context, Int32(VP8E_SET_CPUUSED.rawValue), Self.speed),
      // Blocks that barely change are skipped: a camera's noise is not worth the bits.
      besoeg_vpx_control(context, Int32(VP8E_SET_STATIC_THRESHOLD.rawValue), 1),
      // A key frame may take at most 4.5 mean frames, so that it fits a narrow uplink.
      besoeg_vpx_control(context, Int32(VP8E_SET_MAX_INTRA_BITRATE_PCT.rawValue), 450),
    ]
    for code in settings where code != VPX_CODEC_OK {
      vpx_codec_destroy(context)
      context.deallocate()
      throw .vpx(code)
    }
    self.width = width
    self.height = height
    self.configuration = configuration
    self.context = context
  }

  deinit {
    vpx_codec_destroy(context)
    context.deallocate()
  }

  /// Aims at another bitrate, in bit/s, from the next picture on.
  mutating func setBitrate(_ bitrate: Int) {
    let kilobits = UInt32(max(bitrate / 1000, 1))
    guard kilobits != configuration.rc_target_bitrate else { return }
    configuration.rc_target_bitrate = kilobits
    vpx_codec_enc_config_set(context, &configuration)
  }

  /// Encodes one picture shown from `timestamp` for `duration` (both 90 kHz) and hands its bytes to
  /// `deliver`, with whether it is a key frame.
  mutating func encode(
    _ picture: borrowing Picture, timestamp: Int64, duration: UInt, keyFrame: Bool,
    deliver: (UnsafeRawBufferPointer, Bool) -> Void
  ) throws(MediaError) {
    var image = vpx_image_t()
    vpx_img_wrap(
      &image, VPX_IMG_FMT_I420, UInt32(width), UInt32(height), 1,
      picture.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
    let flags = keyFrame ? vpx_enc_frame_flags_t(VPX_EFLAG_FORCE_KF) : 0
    let code = vpx_codec_encode(
      context, &image, vpx_codec_pts_t(timestamp), duration, flags, UInt(VPX_DL_REALTIME))
    guard code == VPX_CODEC_OK else { throw .vpx(code) }
    var iterator: vpx_codec_iter_t?
    while let packet = vpx_codec_get_cx_data(context, &iterator) {
      guard let bytes = besoeg_vpx_frame_bytes(packet) else { continue }
      deliver(
        UnsafeRawBufferPointer(start: bytes, count: besoeg_vpx_frame_length(packet)),
        besoeg_vpx_frame_is_key(packet) != 0)
    }
  }
}

extension MediaError {
  /// libvpx's refusal.
  static func vpx(_ code: vpx_codec_err_t) -> MediaError {
    .codec(.vpx, code: Int32(bitPattern: code.rawValue))
  }
}
