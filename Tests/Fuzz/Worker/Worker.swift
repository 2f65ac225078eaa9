/// libFuzzer's entry: one input through `RelayExercise.worker`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzWorker(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  fuzz("Worker") {
    try RelayExercise.worker.run(Array(UnsafeBufferPointer(start: data, count: size)))
  }
}
