import Foundation
import Testing

/// What `dailies jobs show --json` tells of a job.
struct JobStory: Decodable {
    struct Job: Decodable {
        var status: String
        var attempt: Int
        var failures: Int
        var crashes: Int
    }

    struct Event: Decodable {
        var attempt: Int
        var worker: String?
        var from: Date?
        var to: Date?
        var outcome: String
        var error: String?
    }

    var job: Job
    var timeline: [Event]
}

extension Product {
    func story(of job: Int64) async throws -> JobStory {
        let shown = try await run("jobs", "show", "\(job)", "--json")
        try #require(shown.code == 0, "\(shown.error)")
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return try decoder.decode(JobStory.self, from: Data(shown.output.utf8))
    }
}
