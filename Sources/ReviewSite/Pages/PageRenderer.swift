internal import FoundationEssentials
internal import HTTPTypes
internal import Hummingbird
internal import Mustache
internal import NIOCore

/// Renders pages as HTML, with the templates that are embedded in the program.
struct PageRenderer: Sendable {
    let files: StaticFiles
    private let library: MustacheLibrary

    /// - Throws: when a template is not valid Mustache, or names a static file that does not exist.
    init(files: StaticFiles) throws(TemplateError) {
        self.files = files
        EscapedHTML.register()
        var library = MustacheLibrary()
        for file in EmbeddedFiles.all where file.path.hasPrefix("Templates/") && file.path.hasSuffix(".mustache") {
            let name = String(file.path.dropFirst("Templates/".count).dropLast(".mustache".count))
            let text = try files.resolving(String(decoding: Data(base64Encoded: file.base64) ?? Data(), as: UTF8.self), named: name)
            do {
                try library.register(EscapedHTML.pragma + text, named: name)
            } catch {
                throw TemplateError("The template \(name) is not valid: \(error)")
            }
        }
        self.library = library
    }

    /// The whole page, layout included.
    /// - Throws: ``TemplateError`` when the release lacks the page's template.
    func html<Content: Page>(_ page: Content, in context: SiteContext) throws(TemplateError) -> String {
        guard library.getTemplate(named: Content.template) != nil else { throw TemplateError("There is no template \(Content.template).") }
        let frame = SiteFrame(page: page, context: context, files: files)
        // The page's template gets the page's values; all templates get `site`.
        let values = ["site": TemplateValues.make(frame), "page": TemplateValues.make(page)]
        guard let html = library.render(values, withTemplate: "layout") else {
            throw TemplateError("There is no template layout.")
        }
        return html
    }

    func response(_ page: some Page, status: HTTPResponse.Status = .ok, in context: SiteContext) throws(TemplateError) -> Response {
        Self.response(try html(page, in: context), status)
    }

    private static func response(_ html: String, _ status: HTTPResponse.Status) -> Response {
        Response(
            status: status, headers: [.contentType: "text/html; charset=utf-8"], body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }
}
