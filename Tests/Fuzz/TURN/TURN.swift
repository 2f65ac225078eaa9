/// libFuzzer's entry: one input through `Exercise.turn`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTURN(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  fuzz("TURN") {
    try Exercise.turn.run(UnsafeRawBufferPointer(start: data, count: size).bytes)
  }
}
