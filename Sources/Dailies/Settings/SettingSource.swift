import SystemPackage

/// Where a setting's effective value comes from; earlier cases win over later ones.
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

/// A setting's effective value and its source. `dailies doctor` shows both.
struct Setting<Value: Sendable>: Sendable {
    var value: Value
    var source: SettingSource
}

extension Setting: Equatable where Value: Equatable {}
