import ForeignText

extension RoleDefinition {
    /// Every problem of this definition, as sentences that name the place; empty when it is valid.
    ///
    /// The schema has the same rules as constraints and counts characters as Unicode scalars. They are checked here first, so that the
    /// author sees all problems at once.
    public func problems() -> [String] {
        var found: [String] = []
        if !Self.isSlug(role) {
            found.append("role: \"\(role)\" is not a name of lower-case letters, digits and single hyphens, such as deep-learning-engineer")
        }
        if !(1...200).contains(title.unicodeScalars.count) { found.append("title: needs 1 to 200 characters") }
        if title.holdsNUL { found.append("title: holds the character NUL") }
        if questions.isEmpty { found.append("questions: there are none") }
        var seen: Set<String> = []
        for (index, question) in questions.enumerated() {
            let place = "question \(index + 1)"
            if !Self.isSlug(question.key) || question.key.plainMatch(of: /[0-9].*/) != nil {
                found.append(
                    "\(place), key: \"\(question.key)\" is not a name of lower-case letters, digits and hyphens that begins with a letter")
            }
            if !seen.insert(question.key).inserted { found.append("\(place), key: \"\(question.key)\" is used twice") }
            for (name, text) in [
                ("prompt", question.prompt), ("anchor 1", question.anchors.one), ("anchor 3", question.anchors.three),
                ("anchor 5", question.anchors.five),
            ] where !(1...2000).contains(text.unicodeScalars.count) {
                found.append("\(place), \(name): needs 1 to 2000 characters")
            }
            for text in [question.prompt, question.anchors.one, question.anchors.three, question.anchors.five] + question.keyPoints
            where text.holdsNUL {
                found.append("\(place): a text holds the character NUL")
            }
            if !(1...20).contains(question.keyPoints.count) { found.append("\(place), key_points: needs 1 to 20 of them") }
        }
        return found
    }

    private static func isSlug(_ text: String) -> Bool {
        text.utf8.count <= 80 && text.plainMatch(of: /[a-z0-9]+(?:-[a-z0-9]+)*/) != nil
    }
}
