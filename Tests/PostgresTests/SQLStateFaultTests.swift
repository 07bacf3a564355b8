import Foundation
import Testing

@testable import Postgres

/// The one table that says whose fault an error of the server is.
struct SQLStateFaultTests {
    /// The classes of appendix A, of PostgreSQL 12 to 18.
    static let classes = """
        00 01 02 03 08 09 0A 0B 0F 0L 0P 0Z 10 20 21 22 23 24 25 26 27 28 2B 2D 2F 34 38 39 3B 3D 3F 40 42 44 53 54 55 57 58 72 F0 HV P0 XX
        """.split(separator: " ").map(String.init)

    @Test func `each class of PostgreSQL's appendix A is in the table, and nothing else but this project's own`() {
        #expect(Set(SQLState.faultsByClass.keys) == Set(Self.classes).union(["DA", "DJ", "DR"]))
    }

    @Test func `each class that the installed server knows is in the table`() throws {
        let paths = (12...18).map { "/usr/share/postgresql/\($0)/errcodes.txt" }
        let text = try #require(paths.lazy.compactMap { try? String(contentsOfFile: $0, encoding: .utf8) }.first)
        let heading = "Section: Class "
        let classes = text.split(separator: "\n").filter { $0.hasPrefix(heading) }.map { String($0.dropFirst(heading.count).prefix(2)) }
        #expect(classes.count > 40)
        for each in classes { #expect(SQLState.faultsByClass[each] != nil, "class \(each)") }
    }

    @Test func `codes that differ from their class really do`() {
        for (code, fault) in SQLState.faultsByCode {
            #expect(code.count == 5)
            #expect(SQLState.faultsByClass[String(code.prefix(2))] != fault, "\(code)")
        }
    }

    @Test(
        arguments: [
            ("42601", .ours), ("42501", .installation), ("42883", .installation), ("42P01", .installation), ("42703", .installation),
            ("53100", .installation), ("53200", .installation), ("57014", .installation), ("55P03", .installation),
            ("25006", .installation),
            ("25P03", .installation), ("28P01", .installation), ("3D000", .installation), ("58030", .installation),
            ("XX001", .installation),
            ("08006", .installation), ("40001", .conflict), ("40P01", .conflict), ("40003", .installation), ("22P02", .data),
            ("23505", .data),
            ("XX000", .ours), ("25P02", .ours), ("0A000", .ours), ("P0001", .ours), ("DA002", .data), ("ZZ999", .ours), ("", .ours),
        ] as [(String, SQLState.Fault)])
    func `the fault of an error follows from its code`(code: String, fault: SQLState.Fault) {
        #expect(SQLState(rawValue: code).fault == fault)
    }
}
