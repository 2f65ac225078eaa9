/// libFuzzer's entry: one input through `Exercise.framing`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzFraming(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  fuzz("Framing") {
    try Exercise.framing.run(UnsafeRawBufferPointer(start: data, count: size).bytes)
  }
}
