/// Why the media engine could not do what was asked.
public enum MediaError: Error, Sendable, Equatable {
  /// A codec library refused; `code` is the library's own error number.
  case codec(Library, code: Int32)
  /// A file could not be opened, read or written; `code` is `errno`.
  case file(path: String, code: Int32)
  /// A file is not in the form that this engine reads: 48 kHz mono PCM16 WAVE or 4:2:0 YUV4MPEG2.
  case unsupportedFile(path: String)

  /// A codec library.
  public enum Library: String, Sendable {
    /// libopus.
    case opus
    /// libvpx.
    case vpx
  }
}
