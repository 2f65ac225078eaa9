/// libFuzzer's entry: one input through `RelayExercise.handover`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzHandover(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  fuzz("Handover") {
    try RelayExercise.handover.run(Array(UnsafeBufferPointer(start: data, count: size)))
  }
}
