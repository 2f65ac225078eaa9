/// libFuzzer's entry: one input through `Exercise.turn`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTURN(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  fuzz(.turn, UnsafeRawBufferPointer(start: data, count: size))
}
