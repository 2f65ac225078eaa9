/// libFuzzer's entry: one input through `Exercise.opening`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOpening(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  fuzz(.opening, UnsafeRawBufferPointer(start: data, count: size))
}
