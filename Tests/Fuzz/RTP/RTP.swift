/// libFuzzer's entry: one input through `Exercise.rtp`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRTP(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  fuzz("RTP") {
    try Exercise.rtp.run(UnsafeRawBufferPointer(start: data, count: size).bytes)
  }
}
