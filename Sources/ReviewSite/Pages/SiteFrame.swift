import ForeignText

/// The values for the layout. Every page has them under the name `site`.
struct SiteFrame: Sendable {
    struct Person: Sendable {
        var name: String
        var email: String
    }

    struct Link: Sendable {
        var label: String
        var href: String
        var isCurrent: Bool
    }

    var title: String
    var layout: String
    var template: String
    /// URLs with the fingerprint.
    var scripts: [String]
    /// `nil` for a visitor who is not signed in.
    var reviewer: Person?
    var isAdmin: Bool
    /// The token that forms and scripts send back; empty for a visitor who is not signed in.
    var csrf: String
    var path: String
    var navigation: [Link]
}

extension SiteFrame {
    init(page: some Page, context: SiteContext, files: StaticFiles) {
        let session = context.session
        let isAdmin = session?.reviewer.isAdmin ?? false
        self.init(
            title: page.title, layout: page.layout, template: type(of: page).template,
            scripts: page.scripts.map { "/static/\(files.fingerprint)/\($0)" },
            reviewer: session.map { Person(name: $0.reviewer.name, email: $0.reviewer.email) }, isAdmin: isAdmin,
            csrf: session?.csrfToken ?? "", path: context.path,
            navigation: session == nil ? [] : Self.navigation(isAdmin: isAdmin, path: context.path))
    }

    /// Pages of a role also get links to the role's other pages. Those pages check whether the role exists and the reviewer reaches it.
    private static func navigation(isAdmin: Bool, path: String) -> [Link] {
        let parts = path.parts(at: "/")
        var links = [Link(label: "Roles", href: "/", isCurrent: path == "/")]
        if parts.count > 1, parts[0] == "roles" {
            let role = "/roles/\(parts[1])"
            links.append(Link(label: "Wall", href: role, isCurrent: path == role))
            links.append(
                Link(
                    label: "Results", href: "\(role)/results", isCurrent: path == "\(role)/results" || path.begins(with: "\(role)/results/")
                ))
            if isAdmin { links.append(Link(label: "Settings", href: "\(role)/settings", isCurrent: path == "\(role)/settings")) }
        }
        if isAdmin { links.append(Link(label: "Health", href: "/health", isCurrent: path == "/health")) }
        return links
    }
}
