/// libFuzzer's entry: one input through `Exercise.stun`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSTUN(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  fuzz("STUN") {
    try Exercise.stun.run(UnsafeRawBufferPointer(start: data, count: size).bytes)
  }
}
