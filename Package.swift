// swift-tools-version: 6.3
import PackageDescription

/// Every Swift target is checked the same way: Swift 6 mode, no warning, no import that leaks by accident.
/// `NonisolatedNonsendingByDefault` lets a non-Sendable database connection be used from whichever actor borrowed it.
let everywhere: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// Targets that touch C memory also have to mark every unsafe expression.
let besideC = everywhere + [.strictMemorySafety()]

let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "dailies",
    products: [
        .executable(name: "dailies", targets: ["Dailies"]),
        .executable(name: "dailies-inspector", targets: ["Inspector"]),
        .executable(name: "dailies-queue-peer", targets: ["QueuePeer"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["YAML"]),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        // C libraries, each with one importer.
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(
            name: "CFFmpeg", pkgConfig: "libavformat libavcodec libavutil libswscale libswresample",
            providers: [.apt(["libavformat-dev", "libavcodec-dev", "libavutil-dev", "libswscale-dev", "libswresample-dev"])]),
        .systemLibrary(name: "CSeccomp", pkgConfig: "libseccomp", providers: [.apt(["libseccomp-dev"])]),
        .target(name: "CSandbox", dependencies: ["CSeccomp"]),
        .target(name: "CInspectorChannel"),

        // Text from outside, read by its bytes.
        .target(name: "ForeignText", swiftSettings: everywhere),
        // How JSON says that a value is not known.
        .target(name: "NullableJSON", swiftSettings: everywhere),

        // The database.
        .target(name: "Postgres", dependencies: ["CLibpq", "ForeignText", logging, system], swiftSettings: besideC),
        .target(
            name: "Migrations", dependencies: ["Postgres", crypto, logging],
            resources: [.embedInCode("SQL"), .embedInCode("Definitions")], swiftSettings: everywhere),
        .target(name: "JobQueue", dependencies: ["NullableJSON", "Postgres", logging, serviceLifecycle], swiftSettings: everywhere),
        .target(name: "LocalPostgres", dependencies: ["ForeignText", logging, subprocess, system], swiftSettings: everywhere),

        // One recording: what is known of it, and how it is found out.
        .target(name: "Recordings", dependencies: ["ForeignText", "NullableJSON", system], swiftSettings: everywhere),
        .target(name: "FFmpeg", dependencies: ["CFFmpeg", "ForeignText", system], swiftSettings: besideC),
        .target(name: "Inspection", dependencies: ["FFmpeg", "ForeignText", "Recordings", system], swiftSettings: besideC),
        .target(name: "InspectorChannel", dependencies: ["CInspectorChannel", "Recordings", system], swiftSettings: besideC),
        .executableTarget(
            name: "Inspector", dependencies: ["Inspection", "InspectorChannel", "Recordings", "CSandbox", system],
            swiftSettings: besideC),
        .target(
            name: "Inspectors", dependencies: ["ForeignText", "InspectorChannel", "Recordings", logging, system],
            swiftSettings: besideC),
        .target(
            name: "Storage", dependencies: ["ForeignText", asyncHTTPClient, crypto, logging, nioCore, nioHTTP1, nioPosix, system],
            swiftSettings: everywhere),

        // The product.
        .target(name: "Interviews", dependencies: ["ForeignText", "NullableJSON", "Postgres", "Recordings"], swiftSettings: everywhere),
        .target(
            name: "Reviews", dependencies: ["ForeignText", "Interviews", "JobQueue", "Postgres", "Recordings"], swiftSettings: everywhere),
        .target(
            name: "Worker",
            dependencies: ["JobQueue", "Interviews", "Storage", "Recordings", "Inspectors", "Postgres", logging, serviceLifecycle, system],
            swiftSettings: everywhere),
        .target(
            name: "Health", dependencies: ["ForeignText", httpTypes, hummingbird, logging, nioCore, serviceLifecycle],
            swiftSettings: everywhere),
        .target(
            name: "ReviewSite",
            dependencies: [
                "ForeignText", "Interviews", "JobQueue", "NullableJSON", "Reviews", "Storage", "Recordings", "Postgres", crypto,
                cryptoExtras, httpTypes,
                hummingbird,
                logging,
                mustache, nioCore,
                nioHTTP1, serviceLifecycle, system,
            ],
            exclude: ["Static", "Templates"], swiftSettings: everywhere, plugins: ["EmbedFiles"]),
        // The site's templates, styles and scripts as code.
        .executableTarget(name: "FileEmbedder", swiftSettings: everywhere),
        .plugin(name: "EmbedFiles", capability: .buildTool(), dependencies: ["FileEmbedder"], path: "Sources/EmbedFiles"),
        .executableTarget(
            name: "Dailies",
            dependencies: [
                "ForeignText", "Postgres", "Migrations", "JobQueue", "LocalPostgres", "Recordings", "Inspectors", "Storage", "Interviews",
                "Worker",
                "Health", "Reviews", "ReviewSite", argumentParser, configuration, crypto, logging, serviceLifecycle, system,
                unixSignals,
                yams,
            ],
            swiftSettings: everywhere),

        // The queue alone, as a contender of `Scripts/bench queue`.
        .executableTarget(
            name: "QueuePeer", dependencies: ["JobQueue", "Migrations", "Postgres", logging, serviceLifecycle],
            path: "Scripts/bench.d/QueuePeer", swiftSettings: everywhere),

        // Tests: real PostgreSQL, real recordings.
        .target(
            name: "TestSupport", dependencies: ["Postgres", "Migrations", "LocalPostgres", logging, subprocess, system],
            path: "Tests/TestSupport", exclude: ["browser.py", "object-store.py"], swiftSettings: everywhere),
        .testTarget(name: "ForeignTextTests", dependencies: ["ForeignText", "TestSupport"], swiftSettings: everywhere),
        .testTarget(name: "PostgresTests", dependencies: ["Postgres", "TestSupport"], swiftSettings: everywhere),
        .testTarget(name: "MigrationsTests", dependencies: ["Migrations", "Postgres", "TestSupport"], swiftSettings: everywhere),
        .testTarget(
            name: "JobQueueTests", dependencies: [serviceLifecycle, logging, "JobQueue", "Postgres", "TestSupport"],
            swiftSettings: everywhere),
        .testTarget(
            name: "LocalPostgresTests", dependencies: ["LocalPostgres", "TestSupport", logging, subprocess, system],
            swiftSettings: everywhere),
        .testTarget(name: "RecordingsTests", dependencies: ["Recordings"], swiftSettings: everywhere),
        .testTarget(
            name: "InspectionTests", dependencies: ["Inspection", "FFmpeg", "Recordings", "TestSupport", subprocess, system],
            swiftSettings: everywhere),
        .testTarget(
            name: "InspectorsTests",
            dependencies: ["Inspectors", "InspectorChannel", "Recordings", "TestSupport", "Inspector", subprocess, system],
            exclude: ["Report/impostor.py"], swiftSettings: everywhere),
        .testTarget(
            name: "StorageTests",
            dependencies: ["Storage", "TestSupport", asyncHTTPClient, crypto, logging, nioCore, nioHTTP1, subprocess, system],
            swiftSettings: everywhere),
        .testTarget(
            name: "InterviewsTests", dependencies: ["Interviews", "Postgres", "Recordings", "TestSupport"], swiftSettings: everywhere),
        .testTarget(
            name: "ReviewsTests", dependencies: ["Reviews", "Interviews", "JobQueue", "Postgres", "Recordings", "TestSupport"],
            swiftSettings: everywhere),
        .testTarget(
            name: "ReviewSiteTests",
            dependencies: [
                "ReviewSite", "Interviews", "JobQueue", "Postgres", "Recordings", "Reviews", "Storage", "TestSupport", httpTypes,
                hummingbird, logging, nioCore, nioHTTP1, nioPosix, serviceLifecycle, subprocess, system,
            ], exclude: ["schemathesis"], swiftSettings: everywhere),
        .testTarget(
            name: "PlaybackTests", dependencies: ["Dailies", "Inspector", "Recordings", "TestSupport", subprocess, system],
            swiftSettings: everywhere),
        .testTarget(
            name: "SiteBrowserTests", dependencies: ["Dailies", "Inspector", "TestSupport", subprocess, system],
            exclude: ["browser.py", "house.py", "reviewing.py", "stored.py"], swiftSettings: everywhere),
        .testTarget(
            name: "DailiesTests",
            dependencies: [
                "Dailies", "Health", "Inspector", "Inspectors", "JobQueue", "LocalPostgres", "Migrations", "Postgres", "Recordings",
                "Reviews", "Storage", "TestSupport", "Worker", argumentParser, subprocess, system, yams,
            ], exclude: ["clock-set-back.c", "database-clock.c", "restricted.py", "terminal.py", "without.c"], swiftSettings: everywhere),
    ]
)

// `Scripts/fuzz` alone builds this one, because it links only with libFuzzer.
if Context.environment["DAILIES_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "InspectionFuzzer", dependencies: ["Inspection", "Recordings", system], path: "Scripts/fuzz.d/InspectionFuzzer",
            swiftSettings: [.swiftLanguageMode(.v6)]))
}
