import CLinux
import Glibc

/// What stands for a program and its settings: of the same, the number is the same.
struct SettingsDigest {
  /// The number.
  private(set) var value = UInt64(0xcbf2_9ce4_8422_2325)

  /// The digest of the program at `path`, as it lies there now, with the words it is started with.
  init(of path: String, _ words: [String]) {
    for word in words { add(word) }
    var version = stat()
    stat(path, &version)
    add("\(version.st_size) \(version.st_mtim.tv_sec) \(version.st_mtim.tv_nsec)")
  }

  /// FNV-1a, 64 bits: it must tell settings apart, not withstand anybody.
  private mutating func add(_ text: String) {
    for byte in text.utf8 { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    value = (value ^ 0xFF) &* 0x0000_0100_0000_01b3
  }
}
