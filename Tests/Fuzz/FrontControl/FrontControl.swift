/// libFuzzer's entry: one input through `RelayExercise.frontControl`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzFrontControl(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  fuzz("FrontControl") {
    try RelayExercise.frontControl.run(Array(UnsafeBufferPointer(start: data, count: size)))
  }
}
