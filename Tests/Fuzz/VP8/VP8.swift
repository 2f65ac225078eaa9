/// libFuzzer's entry: one input through `Exercise.vp8`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzVP8(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  fuzz("VP8") {
    try Exercise.vp8.run(UnsafeRawBufferPointer(start: data, count: size).bytes)
  }
}
