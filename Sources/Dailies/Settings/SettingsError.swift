/// A setting that cannot be used. The description says which, why, and what to do. It never repeats the value: a mistyped one may hold a
/// secret, such as keys in a store's address, or a connection string in the wrong variable.
struct SettingsError: Error, CustomStringConvertible {
    var description: String

    init(_ name: String, from source: SettingSource, _ problem: String) {
        description = "The setting \(name) (\(source)) \(problem)"
    }

    init(site problem: String) {
        description = "The settings of the review site cannot be used: \(problem)."
    }

    init(storage location: String, _ problem: String) {
        description = "The storage \(location) \(problem)"
    }

    init(file: String, _ problem: String) {
        description = "The settings file \(file) cannot be used: \(problem)"
    }
}
