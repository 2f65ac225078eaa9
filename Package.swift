// swift-tools-version: 6.2
import PackageDescription

/// Settings of every target of ours. `InternalImportsByDefault` keeps a module's C and third-party
/// types out of its public surface; `MemberImportVisibility` makes each file name what it uses.
let common: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

/// Parsers of untrusted bytes also mark every unsafe expression (SE-0458).
let parsing: [SwiftSetting] = common + [.strictMemorySafety()]

let package = Package(
  name: "besoeg",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Wire", targets: ["Wire"]),
    .library(name: "Transport", targets: ["Transport"]),
    .library(name: "Congestion", targets: ["Congestion"]),
    .library(name: "Forwarding", targets: ["Forwarding"]),
    .library(name: "Relay", targets: ["Relay"]),
    .library(name: "Visits", targets: ["Visits"]),
    .library(name: "Store", targets: ["Store"]),
    .executable(name: "besoegd", targets: ["besoegd"]),
    .executable(name: "besoeg", targets: ["besoeg"]),
    .executable(name: "besoeg-kiosk", targets: ["besoeg-kiosk"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
  ],
  targets: [
    // One tiny system-library target per C library.
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CSRTP", pkgConfig: "libsrtp2", providers: [.apt(["libsrtp2-dev"])]),
    .systemLibrary(name: "COpus", pkgConfig: "opus", providers: [.apt(["libopus-dev"])]),
    .systemLibrary(name: "CVPX", pkgConfig: "vpx", providers: [.apt(["libvpx-dev"])]),
    // The Linux calls that Swift's Glibc overlay cannot express: recvmmsg, sendmmsg, cmsg, epoll.
    .systemLibrary(name: "CLinux"),

    // The media path. Arrows point down only.
    .target(name: "Wire", swiftSettings: parsing),
    .target(
      name: "Transport", dependencies: ["Wire", "COpenSSL", "CSRTP"], swiftSettings: common),
    .target(name: "Congestion", dependencies: ["Wire"], swiftSettings: common),
    .target(name: "Forwarding", dependencies: ["Wire", "Congestion"], swiftSettings: common),
    .target(
      name: "Relay", dependencies: ["Wire", "Transport", "Congestion", "Forwarding", "CLinux"],
      swiftSettings: common),

    // Rules and figures; nothing of ours below them.
    .target(name: "Visits", swiftSettings: common),
    .target(name: "CallQuality", swiftSettings: common),
    .target(
      name: "Store",
      dependencies: ["Visits", "CallQuality", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: common),
    .target(
      name: "Service",
      dependencies: [
        "Visits", "CallQuality", "Store", "Relay",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "JWTKit", package: "jwt-kit"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "Mustache", package: "swift-mustache"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      resources: [.copy("Pages")],
      swiftSettings: common),

    // The native client.
    .target(
      name: "MediaEngine", dependencies: ["Wire", "Congestion", "COpus", "CVPX"],
      swiftSettings: common),
    .target(
      name: "VisitClient",
      dependencies: [
        "Wire", "Transport", "MediaEngine", "CLinux",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ],
      resources: [.copy("Texts")],
      swiftSettings: common),

    // Thin mains.
    .executableTarget(
      name: "besoegd",
      dependencies: [
        "Service", "Store", "Relay", "Transport", "Visits", "VisitClient", "MediaEngine", "Wire",
        "CLinux",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Configuration", package: "swift-configuration"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      swiftSettings: common),
    .executableTarget(
      name: "besoeg",
      dependencies: [
        "VisitClient", "MediaEngine",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: common),
    .executableTarget(
      name: "besoeg-kiosk",
      dependencies: [
        "VisitClient", "MediaEngine",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: common),

    // One folder of tests per module.
    .testTarget(
      name: "WireTests", dependencies: ["Wire"], path: "Tests/Wire", swiftSettings: common),
    .testTarget(
      name: "TransportTests", dependencies: ["Transport", "Wire"], path: "Tests/Transport",
      swiftSettings: common),
    .testTarget(
      name: "CongestionTests", dependencies: ["Congestion", "Wire"], path: "Tests/Congestion",
      swiftSettings: common),
    .testTarget(
      name: "ForwardingTests", dependencies: ["Forwarding", "Congestion", "Wire"],
      path: "Tests/Forwarding", swiftSettings: common),
    .testTarget(
      name: "RelayTests", dependencies: ["Relay", "Transport", "Wire", "CLinux"],
      path: "Tests/Relay", swiftSettings: common),
    .testTarget(
      name: "VisitsTests", dependencies: ["Visits"], path: "Tests/Visits", swiftSettings: common),
    .testTarget(
      name: "CallQualityTests", dependencies: ["CallQuality"], path: "Tests/CallQuality",
      swiftSettings: common),
    .testTarget(
      name: "StoreTests",
      dependencies: [
        "Store", "Visits", "CallQuality", .product(name: "GRDB", package: "GRDB.swift"),
      ],
      path: "Tests/Store", swiftSettings: common),
    .testTarget(
      name: "ServiceTests",
      dependencies: [
        "Service", "Store", "Visits", "CallQuality", "Relay",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdTesting", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
      ],
      path: "Tests/Service", swiftSettings: common),
    // Codecs that cost next to nothing, for calls of hours in virtual time.
    .target(
      name: "ModelCodecs", dependencies: ["MediaEngine", "Wire"], path: "Tests/MediaEngine/Models",
      swiftSettings: common),
    .testTarget(
      name: "MediaEngineTests", dependencies: ["MediaEngine", "ModelCodecs", "Congestion", "Wire"],
      path: "Tests/MediaEngine", exclude: ["Models"], swiftSettings: common),
    .testTarget(
      name: "VisitClientTests",
      dependencies: ["VisitClient", "MediaEngine", "Transport", "Wire", "CLinux"],
      path: "Tests/VisitClient", swiftSettings: common),
    // Whole visits over bad networks in virtual time; the same networks between real programs
    // (`impair`); and the table of what a call survives (`quality`).
    .target(
      name: "NetworkSimulation", dependencies: ["Wire"], path: "Tests/Simulation/Network",
      swiftSettings: common),
    .target(
      name: "VisitSimulation",
      dependencies: [
        "NetworkSimulation", "ModelCodecs", "MediaEngine", "Relay", "Transport", "Wire", "COpenSSL",
      ],
      path: "Tests/Simulation/Visit", swiftSettings: common),
    .testTarget(
      name: "SimulationTests",
      dependencies: [
        "VisitSimulation", "NetworkSimulation", "MediaEngine", "Relay", "Transport", "Wire",
      ],
      path: "Tests/Simulation", exclude: ["Network", "Visit"], swiftSettings: common),
    .executableTarget(
      name: "quality",
      dependencies: [
        "VisitSimulation", "NetworkSimulation", "Wire",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tests/Quality", swiftSettings: common),
    .executableTarget(
      name: "impair",
      dependencies: [
        "NetworkSimulation", "Wire", "CLinux",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tests/Impairment", swiftSettings: common),
  ],
  swiftLanguageModes: [.v6]
)

// `make sanitize` builds the media path alone: what is above the relay stands on libraries that take an
// hour to build under a sanitizer. Under ThreadSanitizer the compiler (6.3.1) makes invalid code of
// Forwarding, which is left out: it has no thread, no lock and no clock of its own.
if let sanitizer = Context.environment["BESOEG_SANITIZE"] {
  let libraries = ["COpenSSL", "CSRTP", "CLinux"]
  let modules = ["Wire", "Transport", "Congestion", "Forwarding", "Relay"]
  let kept = libraries + modules + modules.map { $0 + "Tests" }
  package.products = []
  package.dependencies = []
  package.targets.removeAll { !kept.contains($0.name) }
  for target in package.targets where !libraries.contains(target.name) {
    target.linkerSettings = [.unsafeFlags(["-sanitize=\(sanitizer)"])]
    if sanitizer == "thread", target.name.hasPrefix("Forwarding") { continue }
    target.swiftSettings = common + [.unsafeFlags(["-sanitize=\(sanitizer)"])]
  }
}
