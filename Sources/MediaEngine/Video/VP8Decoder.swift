import CVPX
import Wire

/// A VP8 decoder (RFC 6386).
final class VP8Decoder: PictureDecoder {
  private let context: UnsafeMutablePointer<vpx_codec_ctx_t>

  /// A picture larger than this is refused before it is decoded: the size is the sender's word, and
  /// VP8's 14 bits would allow 16383 x 16383, 400 MB a picture.
  static let maximumPixels = 1920 * 1088

  /// A decoder before its first key frame.
  init() throws(MediaError) {
    let context = UnsafeMutablePointer<vpx_codec_ctx_t>.allocate(capacity: 1)
    context.initialize(to: vpx_codec_ctx_t())
    var configuration = vpx_codec_dec_cfg_t(threads: 1, w: 0, h: 0)
    let code = besoeg_vp8_decoder_init(context, &configuration)
    guard code == VPX_CODEC_OK else {
      context.deallocate()
      throw .vpx(code)
    }
    self.context = context
  }

  deinit {
    vpx_codec_destroy(context)
    context.deallocate()
  }

  /// Decodes one frame and hands the picture to `show`; false where the frame cannot be decoded.
  func decode(_ frame: UnsafeRawBufferPointer, show: (DecodedPicture) -> Void) -> Bool {
    guard Self.hasAcceptableSize(frame) else { return false }
    let bytes = frame.baseAddress?.assumingMemoryBound(to: UInt8.self)
    guard vpx_codec_decode(context, bytes, UInt32(frame.count), nil, 0) == VPX_CODEC_OK else {
      return false
    }
    var iterator: vpx_codec_iter_t?
    var shown = false
    while let image = vpx_codec_get_frame(context, &iterator) {
      guard let y = image.pointee.planes.0, let u = image.pointee.planes.1,
        let v = image.pointee.planes.2
      else { continue }
      show(
        DecodedPicture(
          PictureView(
            width: Int(image.pointee.d_w), height: Int(image.pointee.d_h),
            y: UnsafePointer(y), u: UnsafePointer(u), v: UnsafePointer(v),
            yStride: Int(image.pointee.stride.0), uStride: Int(image.pointee.stride.1),
            vStride: Int(image.pointee.stride.2))))
      shown = true
    }
    return shown
  }

  private static func hasAcceptableSize(_ frame: UnsafeRawBufferPointer) -> Bool {
    guard let header = try? VP8FrameHeader(parsing: frame.bytes) else { return false }
    guard header.isKeyframe else { return true }
    return header.width > 0 && header.height > 0 && header.width * header.height <= maximumPixels
  }
}
