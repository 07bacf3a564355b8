/// A template or static file of this release is wrong. This is a fault of ours, and found when the site starts.
struct TemplateError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
