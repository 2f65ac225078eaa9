// swift-tools-version: 6.2
import PackageDescription

/// As in the product's own package.
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

/// A package of its own, so that the malloc interposition below never gets near the product.
let package = Package(
  name: "besoeg-benchmarks",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "forwarding", targets: ["ForwardingBenchmark"]),
    .executable(name: "load", targets: ["LoadBenchmark"]),
    .executable(name: "service", targets: ["ServiceBenchmark"]),
  ],
  dependencies: [
    .package(name: "besoeg", path: ".."),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    // Counts the calls of malloc and its like on one thread. glibc only.
    .target(name: "CAllocationCounter"),
    .executableTarget(
      name: "ForwardingBenchmark",
      dependencies: [
        "CAllocationCounter",
        .product(name: "Wire", package: "besoeg"),
        .product(name: "Transport", package: "besoeg"),
        .product(name: "Congestion", package: "besoeg"),
        .product(name: "Relay", package: "besoeg"),
      ],
      swiftSettings: settings),
    // Sockets, preset keys, the floor itself, and processor sets: what Swift cannot say.
    .target(name: "CLoad", linkerSettings: [.linkedLibrary("crypto")]),
    .executableTarget(
      name: "LoadBenchmark",
      dependencies: [
        "CLoad",
        .product(name: "Wire", package: "besoeg"),
        .product(name: "Transport", package: "besoeg"),
        .product(name: "Congestion", package: "besoeg"),
        .product(name: "Relay", package: "besoeg"),
      ],
      swiftSettings: settings),
    // What booking costs with a million visits in the store, beside bare SQLite.
    .executableTarget(
      name: "ServiceBenchmark",
      dependencies: [
        .product(name: "Store", package: "besoeg"),
        .product(name: "Visits", package: "besoeg"),
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ],
      swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
