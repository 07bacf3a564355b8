/// Converts a page's values for the templates: into dictionaries, lists and plain values.
///
/// Mustache can read structures itself, but uses reflection again for each name in a template, and also on the structures around. Here each
/// value is reflected once.
enum TemplateValues {
    /// - Parameter value: a structure, which may hold structures, lists, optionals, text, numbers and Booleans. A `nil` is left out, so
    ///   that a template looks for the name in the structures around, as Mustache does.
    static func make(_ value: Any) -> Any {
        switch value {
        case is String, is Int, is Int64, is Bool: return value
        case let list as [Any]: return list.map(make)
        default: break
        }
        let mirror = Mirror(reflecting: value)
        guard mirror.displayStyle == .struct else { return value }
        var values = [String: Any](minimumCapacity: mirror.children.count)
        for case (let name?, let child) in mirror.children {
            guard let present = unwrapped(child) else { continue }
            values[name] = make(present)
        }
        return values
    }

    private static func unwrapped(_ value: Any) -> Any? {
        let mirror = Mirror(reflecting: value)
        guard mirror.displayStyle == .optional else { return value }
        return mirror.children.first?.value
    }
}
