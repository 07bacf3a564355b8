import Synchronization

/// What keeps a worker from working as it should, in words for people. The worker logs each trouble when it comes and when it goes, and
/// writes all of them to its row in the database, where `dailies status` reads them.
final class WorkerTroubles: Sendable {
    enum Topic: Int, CaseIterable, Sendable {
        /// Something is missing that every job needs.
        case obstacle
        /// Most attempts end alike.
        case attempts
        /// Results wait to be written.
        case results
        /// The machine kills inspectors.
        case shortage
    }

    private let sentences = Mutex<[Topic: String]>([:])

    /// - Returns: whether this is a change from having none to having one, or back.
    @discardableResult
    func set(_ topic: Topic, _ sentence: String?) -> Bool {
        sentences.withLock { sentences in
            defer { sentences[topic] = sentence }
            return (sentences[topic] == nil) != (sentence == nil)
        }
    }

    func sentence(_ topic: Topic) -> String? { sentences.withLock { $0[topic] } }

    /// All of them; `nil` for none.
    func all(but left: Topic? = nil) -> String? {
        let sentences = sentences.withLock { $0 }
        let texts = Topic.allCases.filter { $0 != left }.compactMap { sentences[$0] }
        return texts.isEmpty ? nil : texts.joined(separator: " ")
    }
}
