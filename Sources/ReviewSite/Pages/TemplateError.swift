/// A template or a static file of this release is wrong: a fault of ours, found when the site starts.
struct TemplateError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
