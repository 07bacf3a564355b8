import ForeignText
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
        let table: CSVRows
        do throws(CSVRows.Malformed) {
            table = try CSVRows(text.rest(after: "\u{FEFF}").map { String($0) } ?? text)
        } catch {
            throw Failure(
                """
                \(name) is not a CSV file: in the row that begins at line \(error.line), a quotation mark does not end, or something stands \
                beside it. Inside of a quoted field it is doubled.
                """, .data)
        }
        let header = table.rows.first?.fields.map { $0.trimmed.inLowerCase } ?? []
        let missing = Self.columns.filter { !header.contains($0) }
        guard missing.isEmpty else {
            throw Failure(
                "\(name) lacks the column \(missing.joined(separator: ", ")). It needs: \(Self.columns.joined(separator: ",")).", .data)
        }
        let place = Dictionary(header.enumerated().map { ($0.element, $0.offset) }) { first, _ in first }
        for row in table.rows.dropFirst() {
            let here = row.line
            let values = Self.columns.map { column in
                place[column].flatMap { row.fields.indices.contains($0) ? String(row.fields[$0].trimmed) : nil } ?? ""
            }
            let spoiled = zip(Self.columns, values).filter { $0.1.holdsNUL }.map { $0.0 }
            guard spoiled.isEmpty else {
                problems.append(Problem(line: here, message: "\(spoiled.joined(separator: ", ")) holds the character NUL"))
                continue
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
}
