/// libFuzzer's entry: one input through `RelayExercise.plainHTTP`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPlainHTTP(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  fuzz("PlainHTTP") {
    try RelayExercise.plainHTTP.run(Array(UnsafeBufferPointer(start: data, count: size)))
  }
}
