/// A page's values as templates look them up: dictionaries by name, lists, and what is written as it is.
///
/// Mustache can read a structure itself, but reflects it anew for each name that a template mentions, and for a name of the frame each
/// structure around it. Here each value is reflected once.
enum TemplateValues {
    /// - Parameter value: structures of properties, nested in one another, in lists and in optionals, down to text, numbers and truth
    ///   values. A `nil` is left out, so that a template looks for the name further outside, as Mustache itself has it.
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
