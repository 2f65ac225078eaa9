/// libFuzzer's entry: one input through `VisitsExercise.times`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTimes(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  fuzz("Times") {
    try VisitsExercise.times.run(Array(UnsafeBufferPointer(start: data, count: size)))
  }
}
