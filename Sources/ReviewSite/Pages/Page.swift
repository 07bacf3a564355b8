/// A page: the values for its template.
///
/// To add a page:
/// 1. `Templates/wall.mustache` has what goes into `<main>`, and its values are the stored properties of the page's type, by name:
///    `{{role.title}}`, `{{#rows}}…{{/rows}}`. Text is escaped. Of the request itself there is `{{site.csrf}}`, `{{site.reviewer.name}}`,
///    `{{site.isAdmin}}`, `{{site.path}}` (see ``SiteFrame``). Static files are named without their fingerprint, `/static/wall.css`.
/// 2. A type: `struct WallPage: Page { static let template = "wall"; var title: String; var rows: [Row] }`.
/// 3. A route in a ``RouteGroup``: `signedIn.get("roles/:role") { _, context in renderer.response(try await page(…), in: context) }`.
///
/// Every form that posts holds `{{> csrf}}`; a script sends the header `X-CSRF-Token` with the content of `<meta name="csrf-token">`.
protocol Page: Sendable {
    /// The template's name: the file's without its ending.
    static var template: String { get }
    /// For `<title>`; the site's name follows it.
    var title: String { get }
    /// The body's class, for styles of this page alone.
    var layout: String { get }
    /// Static scripts that this page needs, as ES modules, such as `player/player.js`.
    var scripts: [String] { get }
}

extension Page {
    var layout: String { Self.template }
    var scripts: [String] { [] }
}
