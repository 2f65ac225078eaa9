/// libFuzzer's entry: one input through `Exercise.opus`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOpus(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  fuzz("Opus") {
    try Exercise.opus.run(UnsafeRawBufferPointer(start: data, count: size).bytes)
  }
}
