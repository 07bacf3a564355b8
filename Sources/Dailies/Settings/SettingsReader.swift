import Configuration
import ForeignText
import FoundationEssentials
import SystemPackage

/// Reads settings from flags, then from the environment (`DAILIES_…`), then from the settings file.
///
/// It uses swift-configuration's providers one by one, because people need to see which source a value comes from.
struct SettingsReader: Sendable {
    private let providers: [(provider: any ConfigProvider, source: @Sendable (String) -> SettingSource)]

    /// - Parameters:
    ///   - flags: values from the command line, by the setting's name.
    ///   - environment: the process's variables.
    ///   - file: a YAML file that must exist; `nil` reads `/etc/dailies/dailies.yaml` when that exists.
    init(flags: [String: String], environment: [String: String], file: FilePath?) async throws(SettingsError) {
        let path = file ?? FilePath("/etc/dailies/dailies.yaml")
        let yaml: FileProvider<YAMLSnapshot>
        do {
            yaml = try await FileProvider<YAMLSnapshot>(filePath: path, allowMissing: file == nil)
        } catch {
            throw SettingsError(
                file: path.string, "it is missing, unreadable or not YAML of `name: value` lines. Correct it, or leave --config out.")
        }
        let given = Dictionary(
            uniqueKeysWithValues: flags.map { (AbsoluteConfigKey([$0.key]), ConfigValue(.string($0.value), isSecret: false)) })
        providers = [
            (InMemoryProvider(name: "flags", values: given), { @Sendable in .flag("--\($0)") }),
            (
                EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "dailies"),
                { @Sendable in .environment(Self.variable($0)) }
            ),
            (yaml, { @Sendable _ in .file(path) }),
        ]
    }

    /// The variable of the environment that holds a setting.
    private static func variable(_ name: String) -> String { "DAILIES_" + name.with("_", for: "-").inUpperCase }

    /// A text. An empty text counts as not set.
    func text(_ name: String) throws(SettingsError) -> Setting<String>? {
        for (provider, source) in providers {
            guard let value = try lookUp(name, .string, in: provider, source(name)) else { continue }
            guard case .string(let text) = value.content, !text.isEmpty else { continue }
            guard !text.holdsNUL else { throw SettingsError(name, from: source(name), "holds the character NUL, which no setting needs.") }
            return Setting(value: text, source: source(name))
        }
        return nil
    }

    /// A whole number within `range`.
    func number(_ name: String, in range: ClosedRange<Int>, default standard: Int) throws(SettingsError) -> Setting<Int> {
        for (provider, source) in providers {
            // The command line's provider holds text only.
            guard let value = try lookUp(name, provider is InMemoryProvider ? .string : .int, in: provider, source(name)) else { continue }
            let number: Int? =
                switch value.content {
                case .int(let number): number
                case .string(let text): Int(text)
                default: nil
                }
            guard let number, range.contains(number) else {
                throw SettingsError(name, from: source(name), "needs a whole number from \(range.lowerBound) to \(range.upperBound).")
            }
            return Setting(value: number, source: source(name))
        }
        return Setting(value: standard, source: .standard)
    }

    /// A host and a port, as `127.0.0.1:9464` or `[::1]:9464`.
    func address(_ name: String) throws(SettingsError) -> Setting<Settings.Address>? {
        guard let text = try text(name) else { return nil }
        guard let (place, number) = text.value.cut(atLast: ":"), let port = UInt16(number) else {
            throw SettingsError(name, from: text.source, "needs a host and a port, such as 127.0.0.1:9464.")
        }
        let host = place.rest(after: "[")?.rest(before: "]") ?? place
        guard host.utf8.allSatisfy({ Self.isOfHost($0) }) else {
            throw SettingsError(name, from: text.source, "names no host before its port, such as 127.0.0.1:9464.")
        }
        guard !host.isEmpty else { throw SettingsError(name, from: text.source, "names no host before its port; 0.0.0.0 stands for all.") }
        return Setting(value: Settings.Address(host: String(host), port: Int(port)), source: text.source)
    }

    private static func isOfHost(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// A file or folder, absolute or from the working folder.
    /// - Throws: for a URL. It may hold a secret, and as a folder's name it would be shown, and made.
    func path(_ name: String) throws(SettingsError) -> Setting<FilePath>? {
        guard let text = try text(name) else { return nil }
        let path = try Self.path(text.value, name, text.source)
        let folder = FilePath(FileManager.default.currentDirectoryPath)
        return Setting(value: folder.pushing(path).lexicallyNormalized(), source: text.source)
    }

    static func path(_ text: String, _ name: String, _ source: SettingSource) throws(SettingsError) -> FilePath {
        guard !text.utf8.contains(Array("://".utf8)), !text.utf8.contains(0) else {
            throw SettingsError(name, from: source, "is a path on this machine, and no URL.")
        }
        return FilePath(text)
    }

    /// One of a closed list of words.
    func choice<Choice: RawRepresentable & CaseIterable & Sendable>(
        _ name: String, default standard: Choice
    ) throws(SettingsError) -> Setting<Choice> where Choice.RawValue == String {
        guard let text = try text(name) else { return Setting(value: standard, source: .standard) }
        guard let choice = Choice(rawValue: text.value) else {
            let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw SettingsError(name, from: text.source, "is one of: \(words).")
        }
        return Setting(value: choice, source: text.source)
    }

    private func lookUp(
        _ name: String, _ type: ConfigType, in provider: any ConfigProvider, _ source: SettingSource
    ) throws(SettingsError) -> ConfigValue? {
        do {
            return try provider.value(forKey: AbsoluteConfigKey([name]), type: type).value
        } catch {
            throw SettingsError(name, from: source, "is not a \(type == .int ? "whole number" : "text").")
        }
    }
}
