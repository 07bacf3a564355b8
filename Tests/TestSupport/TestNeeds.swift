public import Testing

/// What a suite needs beyond its own process. `Scripts/test quick` runs the suites that carry none of these tags; `Scripts/check tags`
/// refuses a suite that uses one of them and does not say so.
extension Tag {
    /// A PostgreSQL server.
    @Tag public static var database: Self
    /// Recordings that are made, decoded or encoded.
    @Tag public static var media: Self
    /// Chromium.
    @Tag public static var browser: Self
    /// Another server: of objects, a pooler, a standby.
    @Tag public static var server: Self
    /// Network namespaces, which only root may make.
    @Tag public static var namespace: Self
    /// `dailies` or `dailies-inspector`, as processes.
    @Tag public static var program: Self
    /// Any other program.
    @Tag public static var tool: Self
}
