/// libFuzzer's entry: one input through `Exercise.stun`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSTUN(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  fuzz(.stun, UnsafeRawBufferPointer(start: data, count: size))
}
