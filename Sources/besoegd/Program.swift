import ArgumentParser
import Dispatch
import Glibc

/// Where the program begins.
@main
enum Program {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    // Workers and the front are processes of one thread, so that what it gives up is given up by the
    // process: they run before anything starts others.
    switch arguments.first {
    case "relay": RelayCommand.main(Array(arguments.dropFirst()))
    case "front": FrontCommand.main(Array(arguments.dropFirst()))
    default:
      Task {
        await Besoegd.main()
        exit(EXIT_SUCCESS)
      }
      dispatchMain()
    }
  }
}
