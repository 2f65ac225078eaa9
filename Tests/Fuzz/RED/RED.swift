/// libFuzzer's entry: one input through `Exercise.redundantAudio`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRED(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  fuzz("RED") {
    try Exercise.redundantAudio.run(UnsafeRawBufferPointer(start: data, count: size).bytes)
  }
}
