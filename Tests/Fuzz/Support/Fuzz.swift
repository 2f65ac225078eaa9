import Wire

/// Runs one input and stops the process where a claim fails, which libFuzzer takes for a crash.
func fuzz(_ exercise: Exercise, _ input: UnsafeRawBufferPointer) -> CInt {
  do {
    try exercise.run(input.bytes)
  } catch {
    fatalError("\(exercise.rawValue): \(error)")
  }
  return 0
}
