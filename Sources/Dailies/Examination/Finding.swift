/// The result of one check: fine, a note, or a problem with its remedy.
struct Finding: Hashable, Sendable {
    enum Verdict: String, Hashable, Sendable {
        case fine = "ok"
        case note
        case problem
    }

    var verdict: Verdict
    var subject: String
    var text: String
    var remedy: String?

    var isProblem: Bool { verdict == .problem }

    static func fine(_ subject: String, _ text: String) -> Finding { Finding(verdict: .fine, subject: subject, text: text) }
    static func note(_ subject: String, _ text: String, remedy: String? = nil) -> Finding {
        Finding(verdict: .note, subject: subject, text: text, remedy: remedy)
    }
    static func problem(_ subject: String, _ text: String, remedy: String? = nil) -> Finding {
        Finding(verdict: .problem, subject: subject, text: text, remedy: remedy)
    }

    func rendered() -> String {
        let mark = verdict.rawValue + String(repeating: " ", count: 8 - verdict.rawValue.count)
        return MessageText.harmless("\(mark)\(subject): \(text)\n" + (remedy.map { "        \($0)\n" } ?? ""))
    }
}
