/// libFuzzer's entry: one input through `Exercise.rtcp`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRTCP(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  fuzz(.rtcp, UnsafeRawBufferPointer(start: data, count: size))
}
