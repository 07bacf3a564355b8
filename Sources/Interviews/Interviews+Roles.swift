public import Postgres

extension Interviews {
    /// Makes the database's role equal to the definition, in one transaction. Loading the same definition again changes
    /// nothing.
    /// - Throws: `InterviewsError.invalidRole` with every problem of the definition.
    public func load(_ definition: RoleDefinition) async throws -> RoleChanges {
        let problems = definition.problems()
        guard problems.isEmpty else {
            throw InterviewsError(
                code: .invalidRole, description: "The role cannot be loaded:\n" + problems.map { "  - \($0)" }.joined(separator: "\n"))
        }
        return try await pool.transaction { connection in
            var changes = RoleChanges()
            let role = try await self.role(definition, changes: &changes, in: connection)
            for (index, question) in definition.questions.enumerated() {
                try await self.load(question, position: index + 1, role: role, changes: &changes, in: connection)
            }
            changes.retired = try await connection.query(
                PostgresQuery(
                    named: "questions.retire",
                    """
                    UPDATE dailies.questions SET position = NULL
                    WHERE role_id = \(role) AND position IS NOT NULL AND key <> ALL (\(definition.questions.map(\.key)))
                    RETURNING key
                    """)
            ).map { row throws(PostgresError) in try row.decode("key") }
            return changes
        }
    }

    private func role(_ definition: RoleDefinition, changes: inout RoleChanges, in connection: PostgresConnection) async throws -> Int64 {
        // If two people load the role at the same time, the second waits: the row is locked until the transaction ends.
        let row = try await connection.query(
            PostgresQuery(
                named: "roles.upsert",
                """
                INSERT INTO dailies.roles (slug, title) VALUES (\(definition.role), \(definition.title))
                ON CONFLICT (slug) DO UPDATE SET title = excluded.title
                RETURNING id, xmax = 0 AS is_new
                """)
        ).one()
        changes.isNewRole = try row.decode("is_new")
        return try row.decode("id")
    }

    private func load(
        _ question: RoleDefinition.Question, position: Int, role: Int64, changes: inout RoleChanges, in connection: PostgresConnection
    ) async throws {
        let id: Int64 = try await connection.query(
            PostgresQuery(
                named: "questions.upsert",
                """
                INSERT INTO dailies.questions (role_id, key, position) VALUES (\(role), \(question.key), \(position))
                ON CONFLICT (role_id, key) DO UPDATE SET position = excluded.position
                RETURNING id
                """)
        ).one().decode("id")
        switch try await addVersion(question, of: id, in: connection) {
        case nil: changes.unchanged.append(question.key)
        case 1: changes.added.append(question.key)
        default: changes.reworded.append(question.key)
        }
    }

    /// Adds a version to a question if the wording differs from the newest version.
    /// - Returns: the new version; `nil` when the wording is the newest already.
    public func addVersion(_ question: RoleDefinition.Question, of id: Int64, in connection: PostgresConnection) async throws -> Int? {
        let versions = try await connection.query(
            PostgresQuery(
                named: "question_versions.add",
                """
                INSERT INTO dailies.question_versions (question_id, version, prompt, key_points, anchor_1, anchor_3, anchor_5)
                SELECT \(id), coalesce(max(version), 0) + 1, \(question.prompt), \(question.keyPoints),
                       \(question.anchors.one), \(question.anchors.three), \(question.anchors.five)
                FROM dailies.question_versions WHERE question_id = \(id)
                HAVING NOT EXISTS (
                    SELECT FROM dailies.question_versions v
                    WHERE v.question_id = \(id)
                      AND v.version = (SELECT max(version) FROM dailies.question_versions WHERE question_id = \(id))
                      AND (v.prompt, v.key_points, v.anchor_1, v.anchor_3, v.anchor_5)
                        = (\(question.prompt), \(question.keyPoints), \(question.anchors.one), \(question.anchors.three), \(question.anchors.five)))
                RETURNING version
                """))
        return try versions.first?.decode("version")
    }
}
