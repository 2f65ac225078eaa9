// swift-tools-version: 6.2
import PackageDescription

// The media path alone, for the sanitizers: `run` beside this file puts it next to links to Sources and
// Tests. What is above the relay stands on libraries that would take an hour to build this way.

let common: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
  name: "sanitize",
  platforms: [.macOS(.v15)],
  targets: [
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl"),
    .systemLibrary(name: "CSRTP", pkgConfig: "libsrtp2"),
    .systemLibrary(name: "CLinux"),
    .target(name: "Wire", swiftSettings: common + [.strictMemorySafety()]),
    .target(
      name: "Transport", dependencies: ["Wire", "COpenSSL", "CSRTP"], swiftSettings: common),
    .target(name: "Congestion", dependencies: ["Wire"], swiftSettings: common),
    .target(name: "Forwarding", dependencies: ["Wire", "Congestion"], swiftSettings: common),
    .target(
      name: "Relay", dependencies: ["Wire", "Transport", "Congestion", "Forwarding", "CLinux"],
      swiftSettings: common),
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
  ],
  swiftLanguageModes: [.v6]
)
