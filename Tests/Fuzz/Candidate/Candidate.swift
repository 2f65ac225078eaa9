/// libFuzzer's entry: one input through `Exercise.candidate`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCandidate(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  fuzz("Candidate") {
    try Exercise.candidate.run(UnsafeRawBufferPointer(start: data, count: size).bytes)
  }
}
