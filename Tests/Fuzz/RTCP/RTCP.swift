/// libFuzzer's entry: one input through `Exercise.rtcp`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRTCP(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  fuzz("RTCP") {
    try Exercise.rtcp.run(UnsafeRawBufferPointer(start: data, count: size).bytes)
  }
}
