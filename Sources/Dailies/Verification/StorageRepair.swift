import Interviews

/// Has made again what `dailies storage verify` found missing or damaged, as far as it can be made again. Nothing is removed.
struct StorageRepair {
    /// What was asked for.
    struct Asked {
        /// The answers that are inspected again.
        var inspections: [Int64] = []
        /// The answers that get their rendition again.
        var renditions: [Int64] = []
    }

    let interviews: Interviews

    /// The most that is asked for in one transaction.
    private static let most = 10_000

    /// A published artifact takes the place of the one that is there, so a damaged one is replaced when the same is made again.
    func run(_ found: VerifiedFiles) async throws -> Asked {
        var asked = Asked()
        for ids in Self.portions(of: found.toInspect) {
            let results = try await interviews.reinspect(
                responses: ids, reason: "`dailies storage verify` found artifacts missing or damaged")
            asked.inspections += results.filter { $0.became == .asked || $0.became == .underWay }.map(\.id)
        }
        for ids in Self.portions(of: found.toRender) { asked.renditions += try await interviews.renderAgain(responses: ids) }
        return asked
    }

    private static func portions(of ids: [Int64]) -> [[Int64]] {
        stride(from: 0, to: ids.count, by: most).map { Array(ids[$0..<min($0 + most, ids.count)]) }
    }
}
