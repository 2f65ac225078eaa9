/// libFuzzer's entry: one input through `Exercise.opening`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOpening(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  fuzz("Opening") {
    try Exercise.opening.run(UnsafeRawBufferPointer(start: data, count: size).bytes)
  }
}
