/// libFuzzer's entry: one input through `Exercise.sdp`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSDP(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  fuzz("SDP") {
    try Exercise.sdp.run(UnsafeRawBufferPointer(start: data, count: size).bytes)
  }
}
