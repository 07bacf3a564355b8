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
        if questions.isEmpty { found.append("questions: there are none") }
        var seen: Set<String> = []
        for (index, question) in questions.enumerated() {
            let place = "question \(index + 1)"
            if !Self.isSlug(question.key) || question.key.first?.isNumber == true {
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
            if !(1...20).contains(question.keyPoints.count) { found.append("\(place), key_points: needs 1 to 20 of them") }
        }
        return found
    }

    private static func isSlug(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return text.utf8.count <= 80
            && parts.allSatisfy { part in
                !part.isEmpty
                    && part.utf8.allSatisfy {
                        ("a"..."z").contains(Character(Unicode.Scalar($0))) || ("0"..."9").contains(Character(Unicode.Scalar($0)))
                    }
            }
    }
}
