import CVPX

/// A real-time VP8 encoder (RFC 6386) with constant bitrate and one or two temporal layers.
final class VP8Encoder: PictureEncoder {
  /// libvpx keeps the address of its context, so it must not move.
  private let context: UnsafeMutablePointer<vpx_codec_ctx_t>
  private var configuration: vpx_codec_enc_cfg_t
  private let settings: PictureEncoderSettings

  /// Speed 12 of 16: the slowest that keeps one 640x360 stream well under a tenth of a core. At this
  /// size and rate the picture is still far better than the network usually allows.
  private static let speed: Int32 = -12

  /// Of the bitrate, what the base of two layers takes, in per cent: its pictures are twice as far
  /// apart and therefore larger.
  private static let baseShare: UInt32 = 60

  /// An encoder before its first picture.
  init(_ settings: PictureEncoderSettings) throws(MediaError) {
    var configuration = vpx_codec_enc_cfg_t()
    let defaults = vpx_codec_enc_config_default(vpx_codec_vp8_cx(), &configuration, 0)
    guard defaults == VPX_CODEC_OK else { throw .vpx(defaults) }
    configuration.g_w = UInt32(settings.width)
    configuration.g_h = UInt32(settings.height)
    // Presentation times are RTP's 90 kHz.
    configuration.g_timebase = vpx_rational_t(num: 1, den: 90_000)
    configuration.g_threads = 1
    configuration.g_pass = VPX_RC_ONE_PASS
    configuration.g_lag_in_frames = 0
    configuration.rc_end_usage = VPX_CBR
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
    Self.aim(&configuration, at: settings.bitrate, layers: settings.temporalLayers)

    let context = UnsafeMutablePointer<vpx_codec_ctx_t>.allocate(capacity: 1)
    context.initialize(to: vpx_codec_ctx_t())
    let code = besoeg_vp8_encoder_init(context, &configuration)
    guard code == VPX_CODEC_OK else {
      context.deallocate()
      throw .vpx(code)
    }
    let controls = [
      besoeg_vpx_control(context, Int32(VP8E_SET_CPUUSED.rawValue), Self.speed),
      // Blocks that barely change are skipped: a camera's noise is not worth the bits.
      besoeg_vpx_control(context, Int32(VP8E_SET_STATIC_THRESHOLD.rawValue), 1),
      // A key frame may take at most 4.5 mean frames, so that it fits a narrow uplink.
      besoeg_vpx_control(context, Int32(VP8E_SET_MAX_INTRA_BITRATE_PCT.rawValue), 450),
    ]
    for code in controls where code != VPX_CODEC_OK {
      vpx_codec_destroy(context)
      context.deallocate()
      throw .vpx(code)
    }
    self.settings = settings
    self.configuration = configuration
    self.context = context
  }

  deinit {
    vpx_codec_destroy(context)
    context.deallocate()
  }

  var readsPixels: Bool { true }

  func setRate(bitrate: Int, framesPerSecond: Int) {
    let kilobits = UInt32(max(bitrate / 1000, 1))
    guard kilobits != configuration.rc_target_bitrate else { return }
    Self.aim(&configuration, at: bitrate, layers: settings.temporalLayers)
    vpx_codec_enc_config_set(context, &configuration)
  }

  func encode(
    _ frame: SourceFrame, keyFrame: Bool,
    deliver: (UnsafeRawBufferPointer, EncodedFrame) -> Void
  ) throws(MediaError) {
    guard let pixels = frame.pixels else { return }
    var image = vpx_image_t()
    // libvpx reads the planes only; its type has no room for saying so.
    vpx_img_wrap(
      &image, VPX_IMG_FMT_I420, UInt32(settings.width), UInt32(settings.height), 1,
      UnsafeMutablePointer(mutating: pixels.y))
    if settings.temporalLayers > 1 {
      _ = besoeg_vpx_control(
        context, Int32(VP8E_SET_TEMPORAL_LAYER_ID.rawValue), Int32(frame.temporalLayer))
    }
    let code = vpx_codec_encode(
      context, &image, vpx_codec_pts_t(frame.timestamp), frame.duration,
      flags(frame, keyFrame: keyFrame), UInt(VPX_DL_REALTIME))
    guard code == VPX_CODEC_OK else { throw .vpx(code) }
    var iterator: vpx_codec_iter_t?
    while let packet = vpx_codec_get_cx_data(context, &iterator) {
      guard let bytes = besoeg_vpx_frame_bytes(packet) else { continue }
      deliver(
        UnsafeRawBufferPointer(start: bytes, count: besoeg_vpx_frame_length(packet)),
        EncodedFrame(isKeyFrame: besoeg_vpx_frame_is_key(packet) != 0))
    }
  }

  /// With two layers, base pictures refer to base pictures only and no picture refers to one of the
  /// other layer: each of those can be lost or left out without anybody missing it.
  private func flags(_ frame: SourceFrame, keyFrame: Bool) -> vpx_enc_frame_flags_t {
    if keyFrame { return vpx_enc_frame_flags_t(VPX_EFLAG_FORCE_KF) }
    guard settings.temporalLayers > 1 else { return 0 }
    var flags = VP8_EFLAG_NO_UPD_GF | VP8_EFLAG_NO_UPD_ARF
    if frame.temporalLayer > 0 { flags |= VP8_EFLAG_NO_UPD_LAST | VP8_EFLAG_NO_UPD_ENTROPY }
    return vpx_enc_frame_flags_t(flags)
  }

  private static func aim(
    _ configuration: inout vpx_codec_enc_cfg_t, at bitrate: Int, layers: Int
  ) {
    let kilobits = UInt32(max(bitrate / 1000, 1))
    configuration.rc_target_bitrate = kilobits
    guard layers > 1 else { return }
    // Layer bitrates are cumulative, and the second layer doubles the frame rate.
    configuration.ts_number_layers = 2
    configuration.ts_periodicity = 2
    configuration.ts_target_bitrate.0 = kilobits * baseShare / 100
    configuration.ts_target_bitrate.1 = kilobits
    configuration.ts_rate_decimator.0 = 2
    configuration.ts_rate_decimator.1 = 1
    configuration.ts_layer_id.0 = 0
    configuration.ts_layer_id.1 = 1
  }
}

extension MediaError {
  /// libvpx's refusal.
  static func vpx(_ code: vpx_codec_err_t) -> MediaError {
    .codec(.vpx, code: Int32(bitPattern: code.rawValue))
  }
}
