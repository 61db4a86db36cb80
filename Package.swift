// swift-tools-version: 6.2
import PackageDescription

/// Warnings are errors, in every target of ours; dependencies are not touched by this.
let strict: [SwiftSetting] = [.treatAllWarnings(as: .error), .enableUpcomingFeature("MemberImportVisibility")]

/// A library target of ours: its folder carries its name, and it names what it imports.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
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
        .target(name: "CSystem", linkerSettings: [.linkedLibrary("crypt")]),

        // From the operating system up to the commands: a target imports only from above itself.
        module("Posix", ["CSystem"]),
        module("JSON"),
        module("Postgres", ["CPostgres", "Posix"]),
        module("Deflate", ["CZlib"]),
        module("HTTP", ["JSON"]),
        module("Formats", ["Deflate", "JSON"]),
        .target(
            name: "Catalog",
            dependencies: ["Formats", "HTTP", "JSON", "Postgres", .product(name: "Yams", package: "Yams")],
            exclude: ["README.md"], swiftSettings: strict),
        module("Configuration", ["Posix", .product(name: "Yams", package: "Yams")]),
        module("Jobs", ["JSON", "Posix", "Postgres", "Schema", .product(name: "Crypto", package: "swift-crypto")]),
        module(
            "Webhooks",
            [
                "CCurl", "HTTP", "JSON", "Jobs", "Posix", "Postgres", .product(name: "Crypto", package: "swift-crypto"),
            ]),
        module("Schedules", ["Catalog", "Formats", "HTTP", "JSON", "Jobs", "Posix", "Postgres"]),
        module("Storage", ["Formats", "HTTP", "Posix", .product(name: "Crypto", package: "swift-crypto")]),
        module(
            "Identity",
            [
                "CSystem", "HTTP", "JSON", "Posix",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ]),
        module(
            "Generation",
            [
                "CSystem", "Catalog", "Configuration", "Deflate", "Formats", "Jobs", "JSON", "Posix", "Postgres",
                "Storage",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .target(
            name: "API",
            dependencies: [
                "Catalog", "Configuration", "Formats", "Generation", "HTTP", "Identity", "Jobs", "JSON", "Posix",
                "Postgres", "Schedules", "Storage", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Yams", package: "Yams"),
            ],
            resources: [.embedInCode("OpenAPI/fragments")], swiftSettings: strict),
        module("FastCGI", ["CFastCGI", "CSystem", "HTTP", "Posix"]),
        // nginx's files are compiled in as well: `penstock nginx` prints them with an installation's paths.
        .target(
            name: "NginxFiles", path: "nginx", exclude: ["www"], sources: ["NginxFiles.swift"],
            resources: [
                "penstock.conf", "penstock-fastcgi.conf", "penstock-http.conf", "penstock-identity.conf",
                "penstock-transfers.conf", "penstock-unlogged.conf",
            ].map { .embedInCode($0) }, swiftSettings: strict),
        module("Nginx", ["API", "NginxFiles", "Posix"]),
        module(
            "Service",
            [
                "API", "Catalog", "Configuration", "CSystem", "FastCGI", "Generation", "HTTP", "Identity", "Jobs",
                "JSON", "Nginx",
                "Posix", "Postgres", "Schedules", "Storage", "Webhooks",
            ]),
        .executableTarget(
            name: "penstock",
            dependencies: [
                "API", "Catalog", "Configuration", "FastCGI", "Formats", "Generation", "HTTP", "Identity", "Jobs",
                "JSON", "Nginx",
                "Posix", "Postgres", "Schedules", "Service", "Storage", "Webhooks",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),

        // The SQL files are compiled in, so that a binary can never meet another version's functions.
        .target(
            name: "Schema", path: "sql", exclude: ["demo", "schema.sql"], sources: ["Schema.swift"],
            resources: [.embedInCode("migrations"), .embedInCode("functions")], swiftSettings: strict),

        tests("JSON"),
        tests("HTTP", ["JSON"]),
        tests("Posix"),
        tests("Configuration"),
        tests("Formats", ["CZlib", "Deflate", "JSON"]),
        tests("Catalog", ["Formats", "JSON", "Postgres"]),
        tests("Schedules", ["Catalog", "HTTP", "JSON"]),
        tests("Webhooks", ["Posix"]),
        tests("Storage", ["Formats", "HTTP", "Posix", .product(name: "Crypto", package: "swift-crypto")]),
        tests("Identity", ["HTTP", "JSON", "Posix"]),
        tests(
            "Generation",
            [
                "Catalog", "Deflate", "Formats", "JSON", "Jobs", "Postgres", "Storage", "Support", "penstock",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        tests("FastCGI", ["Posix"]),
        tests("Nginx", ["API", "NginxFiles"]),
        tests("Service", ["CPostgres", "Generation", "HTTP", "JSON", "Jobs", "Posix", "Postgres", "Webhooks"]),
        tests(
            "API",
            ["Catalog", "Formats", "HTTP", "Identity", "JSON", "Jobs", "Posix", "Storage", "Support", "penstock"]),

        // The built program behind real nginx over real PostgreSQL, started and stopped by the tests themselves.
        .target(
            name: "Support",
            dependencies: [
                "API", "Configuration", "HTTP", "JSON", "Posix", "Service",
            ], path: "Tests/Support", swiftSettings: strict),
        tests("Jobs", ["penstock", "JSON", "Posix", "Postgres", "Support"]),
        .testTarget(
            name: "SchemaTests", dependencies: ["penstock", "Schema", "Support", "Posix"], swiftSettings: strict),
        .testTarget(
            name: "Acceptance", dependencies: ["API", "Formats", "penstock", "Support", "HTTP", "JSON", "Posix"],
            path: "Tests/Acceptance",
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
