import Postgres

/// E-mail addresses of before each had one spelling, which a migration could not decide about.
extension Examination {
    func addresses(_ connection: PostgresConnection) async throws -> [Finding] {
        do {
            let reviewers = try await connection.query(
                PostgresQuery(
                    named: "doctor.renamed_reviewers",
                    """
                    SELECT r.email FROM dailies.duplicate_addresses d JOIN dailies.reviewers r ON r.id = d.reviewer_id
                    WHERE r.disabled_at IS NULL AND r.email = 'account-' || r.id || '@renamed.invalid' ORDER BY r.id
                    """), as: String.self)
            let candidates = try await connection.query(
                PostgresQuery(
                    named: "doctor.duplicate_candidates",
                    """
                    SELECT c.id FROM dailies.duplicate_addresses d JOIN dailies.candidates c ON c.id = d.candidate_id
                    WHERE c.email IS DISTINCT FROM dailies.email_address(c.email) ORDER BY c.id
                    """), as: Int64.self)
            return Self.addresses(renamed: reviewers, candidates: candidates)
        } catch  where error.sqlState == .insufficientPrivilege {
            // An account that may not read addresses.
            return []
        }
    }

    /// - Parameters:
    ///   - reviewers: the addresses that enabled accounts got in place of their own.
    ///   - candidates: ids of candidates whose address is stored as it was given.
    static func addresses(renamed reviewers: [String], candidates: [Int64]) -> [Finding] {
        var found: [Finding] = []
        if !reviewers.isEmpty {
            found.append(
                .note(
                    "addresses",
                    "the address of \(reviewers.joined(separator: ", ")) was another account's in another spelling, or no address",
                    remedy: "Sign the person in by `dailies reviewer link` with the address shown here, or end the account by "
                        + "`dailies reviewer disable`. Its ratings stay."))
        }
        if !candidates.isEmpty {
            found.append(
                .note(
                    "addresses",
                    "candidates \(candidates.map(String.init).joined(separator: ", ")) have the address of another candidate in another "
                        + "spelling, or no address. Their answers stay, and new ones go to the other",
                    remedy: "Correct the address of each in dailies.candidates; where it is one person, tell the hiring team of both."))
        }
        return found
    }
}
