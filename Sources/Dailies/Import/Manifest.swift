import FoundationEssentials
import SwiftCSV
import SystemPackage

/// A CSV file that lists recordings with their candidates and questions.
struct Manifest: Sendable {
    static let columns = ["role", "question", "candidate_name", "candidate_email", "file"]

    struct Row: Hashable, Sendable {
        /// The line in the file at which the row begins, counted from 1, the header included.
        var line: Int
        var role: String
        var question: String
        var candidateName: String
        var candidateEmail: String
        /// Absolute, or relative to the manifest's folder.
        var file: FilePath
    }

    /// A row that cannot be used, and why.
    struct Problem: Hashable, Sendable {
        var line: Int
        var message: String
    }

    var rows: [Row] = []
    var problems: [Problem] = []

    /// Reads the manifest's text.
    /// - Parameter folder: the folder to which file names are relative.
    /// - Throws: `Failure` when the text is not a manifest. A bad row is a ``Problem`` and not an error.
    init(text: String, name: String, folder: FilePath) throws(Failure) {
        let table: EnumeratedCSV
        do {
            table = try EnumeratedCSV(string: text, delimiter: .comma, loadColumns: false)
        } catch {
            throw Failure("\(name) is not a CSV file: a quoted field does not end, or the commas do not match.", .data)
        }
        let header = table.header.map { Self.trimmed($0).lowercased() }
        let missing = Self.columns.filter { !header.contains($0) }
        guard missing.isEmpty else {
            throw Failure(
                "\(name) lacks the column \(missing.joined(separator: ", ")). It needs: \(Self.columns.joined(separator: ",")).", .data)
        }
        let place = Dictionary(header.enumerated().map { ($0.element, $0.offset) }) { first, _ in first }
        var line = 2
        for fields in table.rows {
            let here = line
            // A quoted field may contain line breaks.
            line += 1 + fields.reduce(0) { $0 + $1.count { $0.isNewline } }
            let values = Self.columns.map { column in
                place[column].flatMap { fields.indices.contains($0) ? Self.trimmed(fields[$0]) : nil } ?? ""
            }
            if values.allSatisfy(\.isEmpty) { continue }
            let empty = zip(Self.columns, values).filter { $0.1.isEmpty }.map { $0.0 }
            guard empty.isEmpty else {
                problems.append(Problem(line: here, message: "\(empty.joined(separator: ", ")) is empty"))
                continue
            }
            rows.append(
                Row(
                    line: here, role: values[0], question: values[1], candidateName: values[2], candidateEmail: values[3],
                    file: folder.pushing(FilePath(values[4]))))
        }
    }

    private static func trimmed(_ text: String) -> String {
        String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
