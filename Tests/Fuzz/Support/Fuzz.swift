/// Runs one input and stops the process where a claim fails, which libFuzzer takes for a crash.
func fuzz(_ target: String, _ body: () throws -> Void) -> CInt {
  do {
    try body()
  } catch {
    fatalError("\(target): \(error)")
  }
  return 0
}
