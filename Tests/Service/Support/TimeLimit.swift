import Testing

extension Trait where Self == TimeLimitTrait {
  /// Ends a test that hangs. All of them run at once, and each takes its time where the machine has
  /// other things to do: a minute was not enough beside simulations on both cores, and a request of a
  /// test whose time is up is cancelled, which is answered 503 as if the store were busy.
  static var endsWhenItHangs: Self { .timeLimit(.minutes(5)) }
}
