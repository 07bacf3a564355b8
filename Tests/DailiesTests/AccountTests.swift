import Postgres
import TestSupport
import Testing

/// The hiring team's accounts, from the command line to the API's door.
@Suite("Accounts at the command line", .tags(.database, .program))
struct AccountTests {
    @Test("are made, get roles and tokens, and lose them again; all of it is told by lists, and no secret is")
    func whole() async throws {
        try await Product.with { product in
            try await product.loadRole()
            let added = try await product.run("reviewer", "add", "rosa@team.example", "--name", "Rosa")
            #expect(added.code == 0 && added.output.contains("/sign-in/"))
            #expect(try await product.run("reviewer", "list").output.contains(/rosa@team\.example\s+Rosa\s+reviewer\s+none/))
            #expect(try await product.run("reviewer", "assign", "rosa@team.example", "deep-learning-engineer").code == 0)
            #expect(
                try await product.run("reviewer", "list").output.contains(/rosa@team\.example\s+Rosa\s+reviewer\s+deep-learning-engineer/))

            for spelling in ["rosa@team.example.", " ROSA@team.example"] {
                let again = try await product.run("reviewer", "add", spelling, "--name", "Rosa")
                #expect(again.code == 65 && again.error.contains("already"), "\(again.error)")
                #expect(try await product.run("reviewer", "link", spelling).code == 0)
            }
            for hidden in ["ro\u{200B}sa@team.example", "rosa\u{A0}@team.example", "rosa"] {
                for command in [
                    ["reviewer", "add", hidden, "--name", "Rosa"], ["reviewer", "link", hidden], ["reviewer", "disable", hidden],
                ] {
                    let refused = try await product.run(command)
                    #expect(refused.code == 65 && refused.error.contains("is not an e-mail address"), "\(refused.error)")
                }
            }

            let unknown = try await product.run("reviewer", "assign", "rosa@team.example", "baker")
            #expect(unknown.code == 65 && unknown.error.contains("There is no role \"baker\""))
            #expect(try await product.run("reviewer", "assign", "none@team.example", "deep-learning-engineer").code == 65)

            let token = try await product.run("token", "add", "rosa@team.example", "--name", "a report")
            #expect(token.code == 0 && token.output.contains(/^[A-Za-z0-9_-]{43}\n$/))
            let listed = try await product.run("token", "list").output
            #expect(listed.contains(/1\s+rosa@team\.example\s+a report\s+read/) && !listed.contains(token.output.dropLast()))
            #expect(try await product.run("token", "revoke", "1").code == 0)
            #expect(try await product.run("token", "list").output.contains("revoked"))

            #expect(try await product.run("reviewer", "unassign", "rosa@team.example", "deep-learning-engineer").code == 0)
            #expect(try await product.run("reviewer", "list").output.contains(/rosa@team\.example\s+Rosa\s+reviewer\s+none/))
            let trail: [String] = try await product.pool.query(
                "SELECT action FROM dailies.audit_events WHERE reviewer_id IS NULL ORDER BY id"
            ).map { row in try row.decode(at: 0) }
            #expect(trail == ["member.added", "member.removed"], "by somebody at the command line")
        }
    }
}
