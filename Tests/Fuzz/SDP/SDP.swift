/// libFuzzer's entry: one input through `Exercise.sdp`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSDP(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  fuzz(.sdp, UnsafeRawBufferPointer(start: data, count: size))
}
