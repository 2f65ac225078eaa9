/// libFuzzer's entry: one input through `RelayExercise.control`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzControl(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  fuzz("Control") {
    try RelayExercise.control.run(Array(UnsafeBufferPointer(start: data, count: size)))
  }
}
