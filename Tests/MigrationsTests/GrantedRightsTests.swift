import Testing

@testable import Migrations

/// What `Grants` says of an account, read from its SQL.
@Suite struct GrantedRightsTests {
    private func rights(_ sql: String, of account: String = "a") -> Set<GrantedRight> {
        Grants(accounts: ["a", "b"], sql: sql).rights(
            of: account, tables: ["dailies.t", "dailies.u"], functions: ["dailies.f(integer,text)"])
    }

    @Test func `Each privilege on each object and column is one right`() {
        #expect(
            rights("GRANT SELECT, UPDATE (x, y) ON dailies.t,\n  dailies.u TO b, a; -- GRANT DELETE ON dailies.t TO a;") == [
                GrantedRight(.table, "dailies.t", "SELECT"), GrantedRight(.table, "dailies.u", "SELECT"),
                GrantedRight(.table, "dailies.t", "UPDATE", column: "x"), GrantedRight(.table, "dailies.t", "UPDATE", column: "y"),
                GrantedRight(.table, "dailies.u", "UPDATE", column: "x"), GrantedRight(.table, "dailies.u", "UPDATE", column: "y"),
            ])
        #expect(rights("GRANT SELECT ON dailies.t TO b").isEmpty)
        #expect(rights("GRANT SELECT ON SEQUENCE dailies.s TO PUBLIC") == [GrantedRight(.sequence, "dailies.s", "SELECT")])
        #expect(rights("GRANT USAGE ON SCHEMA house TO a") == [GrantedRight(.schema, "house", "USAGE")])
        #expect(
            rights("GRANT EXECUTE ON FUNCTION dailies.f, dailies.g(bigint, text) TO a") == [
                GrantedRight(.function, "dailies.f", "EXECUTE"), GrantedRight(.function, "dailies.g(bigint, text)", "EXECUTE"),
            ])
    }

    @Test func `What a later statement takes away is gone`() {
        #expect(
            rights("GRANT SELECT, DELETE ON ALL TABLES IN SCHEMA dailies TO a; REVOKE DELETE ON dailies.u FROM a") == [
                GrantedRight(.table, "dailies.t", "SELECT"), GrantedRight(.table, "dailies.t", "DELETE"),
                GrantedRight(.table, "dailies.u", "SELECT"),
            ])
        #expect(rights("GRANT SELECT ON dailies.t TO a; REVOKE ALL ON ALL TABLES IN SCHEMA dailies FROM a, b").isEmpty)
        #expect(
            rights("REVOKE ALL ON ALL FUNCTIONS IN SCHEMA dailies FROM PUBLIC, a; GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA dailies TO a")
                == [GrantedRight(.function, "dailies.f(integer,text)", "EXECUTE")])
    }

    @Test(arguments: Grants.all.accounts)
    func `Every account of the release has rights, and no statement is left unread`(account: String) {
        let rights = Grants.all.rights(of: account, tables: ["dailies.t"], functions: ["dailies.f()"])
        #expect(rights.count > 5)
        #expect(
            rights.allSatisfy { ($0.kind == .schema || $0.object.hasPrefix("dailies.")) && $0.privilege.wholeMatch(of: /[A-Z]+/) != nil })
    }
}
