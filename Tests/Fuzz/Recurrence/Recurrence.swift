/// libFuzzer's entry: one input through `VisitsExercise.recurrence`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRecurrence(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  fuzz("Recurrence") {
    try VisitsExercise.recurrence.run(Array(UnsafeBufferPointer(start: data, count: size)))
  }
}
