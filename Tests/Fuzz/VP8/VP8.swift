/// libFuzzer's entry: one input through `Exercise.vp8`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzVP8(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  fuzz(.vp8, UnsafeRawBufferPointer(start: data, count: size))
}
