import SystemPackage

/// Where a setting's effective value came from, in the order in which they win.
enum SettingSource: Hashable, Sendable, CustomStringConvertible {
    case flag(String)
    case environment(String)
    case file(FilePath)
    case standard

    var description: String {
        switch self {
        case .flag(let name): "flag \(name)"
        case .environment(let name): "environment \(name)"
        case .file(let path): "file \(path)"
        case .standard: "default"
        }
    }
}

/// A setting's effective value with where it came from, so that `dailies doctor` can say both.
struct Setting<Value: Sendable>: Sendable {
    var value: Value
    var source: SettingSource
}

extension Setting: Equatable where Value: Equatable {}
