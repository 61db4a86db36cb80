// swift-tools-version: 6.2
import PackageDescription

/// Warnings are errors, in every target of ours; dependencies are not touched by this.
let strict: [SwiftSetting] = [.treatAllWarnings(as: .error), .enableUpcomingFeature("MemberImportVisibility")]

/// For modules whose loops see every byte of a file: they are optimized in debug builds too, since the tests make files
/// of millions of cells. It costs a few seconds of compiling.
let everyByte: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// A library target of ours: its folder carries its name, and it names what it imports.
func module(
    _ name: String, _ dependencies: [Target.Dependency] = [], _ settings: [SwiftSetting] = []
) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict + settings)
}

/// The unit tests of one module.
func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.target(name: name)] + dependencies, swiftSettings: strict)
}

let package = Package(
    name: "penstock",
    products: [.executable(name: "penstock", targets: ["penstock"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    targets: [
        // C libraries. Each holds a module map and the few lines of C that Swift cannot say itself.
        .systemLibrary(name: "CFastCGI", pkgConfig: "fcgi", providers: [.apt(["libfcgi-dev"])]),
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CLibdeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
        // No library: functions of vectors, which clang compiles into their callers.
        .systemLibrary(name: "CScan"),
        .target(name: "CSystem", linkerSettings: [.linkedLibrary("crypt")]),

        // From the operating system up to the commands: a target imports only from above itself.
        module("Coding", [], everyByte),
        module("Posix", ["CSystem", "Coding"]),
        module("Time", ["Coding"]),
        module("JSON", ["Coding"], everyByte),
        module("SQLText"),
        module("Postgres", ["CPostgres", "Coding", "Posix", "SQLText", "Time"]),
        module("Deflate", ["CLibdeflate", "CZlib"], everyByte),
        module("HTTP", ["Coding", "JSON"]),
        module("Mail", ["Coding", "Time"]),
        module("Formats", ["CScan", "Coding", "Deflate", "JSON", "Time"], everyByte),
        .target(
            name: "Catalog",
            dependencies: [
                "Coding", "Formats", "HTTP", "JSON", "Mail", "Postgres", "SQLText", "Time",
                .product(name: "Yams", package: "Yams"),
            ],
            exclude: ["README.md"], swiftSettings: strict),
        module("Configuration", ["Coding", "Mail", "Posix", .product(name: "Yams", package: "Yams")]),
        module("Migration", ["Postgres", "SQLText", "Schema"]),
        module("Jobs", ["Coding", "JSON", "Migration", "Posix", "Postgres", "SQLText", "Time"]),
        module(
            "Audit",
            [
                "Coding", "JSON", "Posix", "Postgres", "SQLText", "Time",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        module(
            "Webhooks",
            [
                "CCurl", "Coding", "JSON", "Jobs", "Mail", "Posix", "Postgres", "SQLText", "Time",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        module("Schedules", ["Catalog", "Formats", "JSON", "Jobs", "Posix", "Postgres", "SQLText", "Time"]),
        module(
            "ObjectStore",
            ["CCurl", "Coding", "Posix", "Time", .product(name: "Crypto", package: "swift-crypto")]),
        module(
            "Storage",
            [
                "Coding", "Configuration", "Formats", "HTTP", "ObjectStore", "Posix", "Time",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        module(
            "Identity",
            [
                "CSystem", "Coding", "HTTP", "JSON", "Posix", "Postgres", "SQLText", "Time",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ]),
        module(
            "Generation",
            [
                "Catalog", "Coding", "Configuration", "Deflate", "Formats", "JSON", "Jobs", "Posix", "Postgres",
                "SQLText", "Storage", "Time", .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .target(
            name: "API",
            dependencies: [
                "Audit", "Catalog", "Coding", "Configuration", "Formats", "Generation", "HTTP", "Identity", "JSON",
                "Jobs", "Posix", "Postgres", "Schedules", "Storage", "Time", "Webhooks",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Yams", package: "Yams"),
            ],
            resources: [.embedInCode("OpenAPI/fragments")], swiftSettings: strict),
        module("FastCGI", ["CFastCGI", "CSystem", "HTTP", "Posix"]),
        // nginx's files are compiled in as well: `penstock nginx` prints them with an installation's paths.
        .target(
            name: "NginxFiles", path: "nginx", exclude: ["www"], sources: ["NginxFiles.swift"],
            resources: [
                "penstock.conf", "penstock-fastcgi.conf", "penstock-http.conf", "penstock-identity.conf",
                "penstock-limits.conf", "penstock-objects.conf", "penstock-transfers.conf", "penstock-unlogged.conf",
            ].map { .embedInCode($0) }, swiftSettings: strict),
        module("Nginx", ["API", "NginxFiles", "Posix"]),
        module(
            "Service",
            [
                "API", "Audit", "CSystem", "Catalog", "Coding", "Configuration", "FastCGI", "Generation", "HTTP",
                "Identity", "JSON", "Jobs", "Mail", "Migration", "Nginx", "Posix", "Postgres", "SQLText", "Schedules",
                "Storage", "Time", "Webhooks",
            ]),
        .executableTarget(
            name: "penstock",
            dependencies: [
                "API", "Audit", "Catalog", "Coding", "Configuration", "FastCGI", "Formats", "Generation", "HTTP",
                "Identity", "JSON", "Jobs", "Mail", "Migration", "Nginx", "Posix", "Postgres", "SQLText", "Schedules",
                "Service", "Storage", "Time", "Webhooks",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),

        // The SQL files are compiled in, so that a binary can never meet another version's functions.
        .target(
            name: "Schema", path: "sql", exclude: ["demo", "schema.sql"], sources: ["Schema.swift"],
            resources: [.embedInCode("migrations"), .embedInCode("functions")], swiftSettings: strict),

        tests("Coding"),
        tests("Time"),
        tests("SQLText"),
        tests("JSON"),
        tests("HTTP", ["Coding", "JSON"]),
        tests("Posix"),
        tests("Mail", ["Time"]),
        tests("Configuration"),
        tests("Formats", ["Deflate", "FileReaders", "JSON"]),
        tests("Catalog", ["Formats", "JSON", "Postgres", "SQLText", "Time"]),
        tests("Schedules", ["Catalog", "JSON", "Jobs", "Posix", "Postgres", "Support", "Time", "penstock"]),
        tests("Webhooks", ["Posix"]),
        tests("Storage", ["Coding", "Formats", "Posix", .product(name: "Crypto", package: "swift-crypto")]),
        tests("ObjectStore"),
        tests("Identity", ["Coding", "HTTP", "JSON", "Posix", "Time"]),
        tests(
            "Generation",
            [
                "Catalog", "Coding", "Deflate", "Formats", "JSON", "Jobs", "Posix", "Postgres", "Storage", "Support",
                "Time", "penstock", .product(name: "Crypto", package: "swift-crypto"),
            ]),
        tests("FastCGI", ["Posix"]),
        tests("Nginx", ["API", "NginxFiles"]),
        tests(
            "Service",
            [
                "API", "Audit", "Coding", "Formats", "Generation", "JSON", "Jobs", "Posix", "Postgres",
                "Storage", "Support", "Time", "Webhooks", "penstock",
            ]),
        tests(
            "API",
            [
                "Catalog", "Formats", "HTTP", "Identity", "JSON", "Jobs", "Posix", "Storage", "Support", "Time",
                "penstock",
            ]),

        tests("Deflate", ["CZlib", "FileReaders", "Support", "penstock"]),
        tests("Postgres", ["CPostgres", "Posix", "SQLText", "Support", "penstock"]),

        // Readers of files that know nothing of their writers.
        .target(
            name: "FileReaders", dependencies: ["CZlib"], path: "Tests/FileReaders",
            swiftSettings: strict + everyByte),
        // Measures encoders alone, for Tests/Bench/bench.
        .executableTarget(
            name: "cells", dependencies: ["Formats"], path: "Tests/Bench/Cells", swiftSettings: strict),
        // Functions that take any bytes, for libFuzzer (`make fuzz`) and for the tests.
        .target(
            name: "FuzzTargets",
            dependencies: [
                "Catalog", "Coding", "Deflate", "FastCGI", "FileReaders", "Formats", "HTTP", "Identity", "JSON",
                "Posix", "Storage", "Time", .product(name: "Crypto", package: "swift-crypto"),
            ],
            path: "Tests/FuzzTargets", swiftSettings: strict + everyByte),
        .testTarget(
            name: "FuzzTests", dependencies: ["Coding", "FuzzTargets", "Support"], swiftSettings: strict),

        // The built program behind real nginx over real PostgreSQL, started and stopped by the tests themselves.
        .target(
            name: "Support",
            dependencies: ["API", "CPostgres", "Coding", "Configuration", "HTTP", "JSON", "Posix", "Service"],
            path: "Tests/Support", swiftSettings: strict),
        tests("Jobs", ["JSON", "Posix", "Postgres", "SQLText", "Support", "Time", "penstock"]),
        .testTarget(
            name: "SchemaTests",
            dependencies: ["penstock", "Jobs", "Migration", "Postgres", "Schema", "Support", "Posix"],
            swiftSettings: strict),
        .testTarget(
            name: "Acceptance",
            dependencies: [
                "API", "Coding", "FileReaders", "Formats", "HTTP", "JSON", "ObjectStore", "Posix", "Support", "Time",
                "penstock",
            ],
            path: "Tests/Acceptance",
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
