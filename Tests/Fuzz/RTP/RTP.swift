/// libFuzzer's entry: one input through `Exercise.rtp`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRTP(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  fuzz(.rtp, UnsafeRawBufferPointer(start: data, count: size))
}
