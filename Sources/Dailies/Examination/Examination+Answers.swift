import Interviews
import Postgres

/// Rows that belong together and are not, as far as that is found quickly. `dailies reconcile` finds all of it.
extension Examination {
    /// Of more responses than this only the newest are looked at.
    private static let mostResponses = 1_000_000
    private static let mostFound = 1000

    func answers(_ interviews: Interviews) async throws -> [Finding] {
        do {
            let start = try await interviews.idBefore(newest: Self.mostResponses)
            let answers = try await interviews.answersWithoutJob(after: start, limit: Self.mostFound)
            let jobs = try await interviews.jobsWithoutAnswer(limit: Self.mostFound)
            return Self.answers(
                withoutJob: answers.map(\.responseID), jobsWithoutAnswer: jobs, looksAtAll: start == nil)
        } catch let error as PostgresError where error.sqlState == .insufficientPrivilege {
            return [
                .note(
                    "answers", "this account may not look for answers without a job",
                    remedy: "Run doctor as dailies_operator or dailies_worker.")
            ]
        }
    }

    /// - Parameter looksAtAll: otherwise only at the newest responses.
    static func answers(withoutJob answers: [Int64], jobsWithoutAnswer jobs: [Int64], looksAtAll: Bool) -> [Finding] {
        var found: [Finding] = []
        if !answers.isEmpty {
            found.append(
                .problem(
                    "answers",
                    "\(count(answers)) wait without a job: \(list(answers)). They were inserted with triggers off or by replication",
                    remedy: "A worker gives jobs to most of them within a minute; `dailies reconcile --fix` does it now, and for all."))
        }
        if !jobs.isEmpty {
            found.append(
                .note(
                    "answers", "\(count(jobs)) jobs are about answers that were deleted: \(list(jobs))",
                    remedy: "Workers cancel them when their turn comes; `dailies reconcile --fix` does it now."))
        }
        guard found.isEmpty else { return found }
        return [.fine("answers", "each has its job or its review record\(looksAtAll ? "" : ", of the newest million")")]
    }

    private static func count(_ ids: [Int64]) -> String { ids.count < mostFound ? "\(ids.count)" : "\(mostFound) or more" }

    private static func list(_ ids: [Int64]) -> String {
        ids.prefix(5).map(String.init).joined(separator: ", ") + (ids.count > 5 ? ", …" : "")
    }
}
